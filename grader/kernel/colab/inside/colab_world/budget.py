"""The training budget: literal numbers of epochs, and loops over epochs, are cut short.

Why: a notebook trains several networks for 25 epochs at its top level, hours on a CPU. Nothing
but the number of epochs is touched, so one epoch is the whole of the data that is there.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from .notes import note

NAMES = frozenset(
    {
        "epochs", "num_epochs", "n_epochs", "max_epochs", "total_epochs", "nb_epochs",
        "num_epoch", "n_epoch", "max_epoch", "nepochs", "numepochs",
    }
)  # fmt: skip
HELPER = "__colab_epochs__"
OPERATIONS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}


def constant(node: ast.expr) -> int | None:
    """Return the integer that `node` spells out, else None.

    >>> [constant(ast.parse(text, mode="eval").body) for text in ("25", "5 * 5", "n", "True")]
    [25, 25, None, None]
    """
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        left, right = constant(node.left), constant(node.right)
        if left is None or right is None or (right == 0 and isinstance(node.op, ast.FloorDiv)):
            return None
        return OPERATIONS[type(node.op)](left, right)
    return None


def name_of(node: ast.AST) -> str | None:
    """Return what a target is called: `x`, `args.x` and `args["x"]` are all called x."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        node = node.slice
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def counts_epochs(node: ast.AST) -> bool:
    """Tell whether `node` is a name for a number of epochs."""
    name = name_of(node)
    return name is not None and name.casefold().strip("_") in NAMES


def is_epoch(node: ast.AST) -> bool:
    """Tell whether `node`, a loop's variable, is a name for the running epoch."""
    name = name_of(node) if isinstance(node, ast.Name) else None
    return name is not None and (name.strip("_").casefold().startswith("epoch") or name == "ep")


class Budget(ast.NodeTransformer):
    """Cuts numbers of epochs to `most`, in one cell at a time."""

    def __init__(self, most: int) -> None:
        self.most = most

    def helper(self, value: Any) -> Any:
        """Cut a range, or a number, of epochs at run time."""
        if isinstance(value, range) and len(value) > self.most:
            note("budget", f"{len(value)} epochs -> {self.most}")
            return value[: self.most]
        if type(value) is int and value > self.most:
            note("budget", f"{value} epochs -> {self.most}")
            return self.most
        return value

    def cut(self, name: str | None, value: ast.expr) -> ast.expr:
        """Return `value`, or the budget in its place when it spells out more."""
        number = constant(value)
        if number is None or number <= self.most:
            return value
        note("budget", f"{name} {number} -> {self.most}")
        return ast.copy_location(ast.Constant(self.most), value)

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        """Cut `{"epochs": 25}`."""
        self.generic_visit(node)
        for i, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
            if isinstance(key, ast.Constant) and counts_epochs(key):
                node.values[i] = self.cut(name_of(key), value)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Cut `epochs = 25`, `args.epochs = 25`, `args["epochs"] = 25`, `epochs, rate = 25, 1`."""
        self.generic_visit(node)
        for target in node.targets:
            if counts_epochs(target):
                node.value = self.cut(name_of(target), node.value)
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                self._cut_pairs(target.elts, node.value.elts)
        return node

    def _cut_pairs(self, targets: list[ast.expr], values: list[ast.expr]) -> None:
        for i, (target, value) in enumerate(zip(targets, values, strict=False)):
            if counts_epochs(target):
                values[i] = self.cut(name_of(target), value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Cut `epochs: int = 25`."""
        self.generic_visit(node)
        if node.value is not None and counts_epochs(node.target):
            node.value = self.cut(name_of(node.target), node.value)
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        """Cut `train(epochs=25)`."""
        self.generic_visit(node)
        if node.arg is not None and counts_epochs(ast.Name(node.arg)):
            node.value = self.cut(node.arg, node.value)
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        """Cut `def train(epochs=25)`."""
        self.generic_visit(node)
        positional = [*node.posonlyargs, *node.args]
        skipped = len(positional) - len(node.defaults)
        for i, argument in enumerate(positional[skipped:]):
            if counts_epochs(ast.Name(argument.arg)):
                node.defaults[i] = self.cut(argument.arg, node.defaults[i])
        for i, argument in enumerate(node.kwonlyargs):
            default = node.kw_defaults[i]
            if default is not None and counts_epochs(ast.Name(argument.arg)):
                node.kw_defaults[i] = self.cut(argument.arg, default)
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        """Cut `for epoch in range(25)` and `for i in range(args.epochs)`, when they run."""
        self.generic_visit(node)
        if is_epoch(node.target) or any(counts_epochs(inner) for inner in ast.walk(node.iter)):
            node.iter = Ranges().visit(node.iter)
        return node


class Ranges(ast.NodeTransformer):
    """Passes the ranges of a loop through the budget's helper."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Wrap `range(...)` and the number that `trange(...)` is given."""
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name in ("range", "xrange"):
            return _helped(node)
        if name == "trange" and len(node.args) == 1:
            node.args[0] = _helped(node.args[0])
            return node
        return self.generic_visit(node)


def _helped(node: ast.expr) -> ast.Call:
    call = ast.Call(ast.Name(HELPER, ast.Load()), [node], [])
    return ast.fix_missing_locations(ast.copy_location(call, node))
