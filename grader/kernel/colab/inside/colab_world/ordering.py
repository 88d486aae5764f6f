"""Python 2's rule that None sorts below everything, for variables that start as None.

Why: the starter's loop keeps `best_iou = None` and asks `val_iou > best_iou`, which raises on
Python 3 at the end of the first epoch. That is the starter's fault and not the student's.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from .notes import note

HELPER = "__colab_order__"
SIGNS: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def order(left: Any, sign: str, right: Any) -> Any:
    """Compare as Python 2 did when one side is None, and as ever when none is.

    >>> order(0.5, ">", None), order(None, ">=", None), order(1, "<", 2)
    (True, True, True)
    """
    if left is None or right is None:
        left, right = left is not None, right is not None
    return OPERATIONS[sign](left, right)


class Ordering(ast.NodeTransformer):
    """Routes single comparisons of a name that is somewhere assigned None through `order`.

    The names of a cell are those assigned None anywhere in it, and those that an earlier cell
    assigned None at its top level.
    """

    def __init__(self) -> None:
        self.earlier: set[str] = set()
        self.here: set[str] = set()

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """Collect the cell's names, then rewrite its comparisons."""
        self.here = self.earlier | {
            name for inner in ast.walk(node) for name in start_as_none(inner)
        }
        self.earlier |= {name for statement in node.body for name in start_as_none(statement)}
        return self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Rewrite `a > b` where a or b is such a name; chains stay as they are."""
        self.generic_visit(node)
        sides = [node.left, *node.comparators]
        if len(sides) != 2 or type(node.ops[0]) not in SIGNS:
            return node
        if not self.here.intersection(_spelled(side) for side in sides):
            return node
        sign = SIGNS[type(node.ops[0])]
        note("ordering", f"line {node.lineno}: {ast.unparse(node)}")
        call = ast.Call(ast.Name(HELPER, ast.Load()), [sides[0], ast.Constant(sign), sides[1]], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))


def _spelled(node: ast.AST) -> str:
    plain = isinstance(node, (ast.Name, ast.Attribute, ast.Subscript))
    return ast.unparse(node) if plain else ""


def _is_none(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def start_as_none(node: ast.AST) -> set[str]:
    """Return the names that this one statement, or list of parameters, makes None.

    >>> sorted(start_as_none(ast.parse("a = self.b = None").body[0]))
    ['a', 'self.b']
    >>> start_as_none(ast.parse("a, b = None, 1").body[0])
    {'a'}
    """
    if isinstance(node, ast.arguments):
        positional = [*node.posonlyargs, *node.args]
        pairs = [*zip(reversed(positional), reversed(node.defaults), strict=False)]
        return {argument.arg for argument, default in pairs if _is_none(default)}
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    else:
        return set()
    return {name for target in targets for name in _pairs(target, node.value)}


def _pairs(target: ast.expr, value: ast.expr | None) -> set[str]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts, strict=False)
        return {_spelled(t) for t, v in pairs if _is_none(v)} - {""}
    return {_spelled(target)} - {""} if _is_none(value) else set()
