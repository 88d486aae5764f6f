"""Python 2's statements, methods and division.

Why: the notebooks of 2020 were run by Python 2.7; one `print x` or `except E, e` loses a cell.
"""

from __future__ import annotations

import ast
import functools
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .notes import note

MOST = 500  # statements of one cell that are made Python 3's
METHOD, DIVIDE = "__colab_method__", "__colab_divide__"
TODAY = {
    "has_key": "__contains__", "iteritems": "items", "iterkeys": "keys", "itervalues": "values",
    "next": "__next__", "tostring": "tobytes", "viewitems": "items", "viewkeys": "keys",
    "viewvalues": "values",
}  # fmt: skip
CALLED = "Missing parentheses in call to '"  # print or exec
EXCEPT = re.compile(r"\A([ \t]*except\s.{1,200}),[ \t]*(\w{1,100})[ \t]*:")
ASYNC = re.compile(r"\basync[ \t]{0,20}=(?!=)")
RAISE = re.compile(r"\A([ \t]*raise[ \t]+[\w.]{1,100})[ \t]*,[ \t]*(\S.{0,500})\Z")

Repair = Callable[[list[str], SyntaxError], "list[str] | None"]


def called(lines: list[str], error: SyntaxError) -> list[str] | None:
    """Make a call of the statement `print x` or `exec x`."""
    places = (error.lineno, error.offset, error.end_lineno, error.end_offset)
    if CALLED not in error.msg or not all(places):
        return None
    first, start = (error.lineno or 1) - 1, (error.offset or 1) - 1
    last, end = (error.end_lineno or 1) - 1, (error.end_offset or 1) - 1
    word = error.msg.partition(CALLED)[2].partition("'")[0]
    note("prints", f"line {first + 1}: {word} statement")
    lines = list(lines)
    lines[last] = lines[last][:end] + ")" + lines[last][end:]
    after = start + len(word)
    lines[first] = lines[first][:after] + "(" + lines[first][after:].lstrip(" \t")
    return lines


def caught(lines: list[str], error: SyntaxError) -> list[str] | None:
    """Make `except E as e:` of `except E, e:`."""
    return _rewritten(lines, error, EXCEPT, r"\1 as \2:")


def raised(lines: list[str], error: SyntaxError) -> list[str] | None:
    """Make `raise E(x)` of `raise E, x`."""
    return _rewritten(lines, error, RAISE, r"\1(\2)")


def awaited(lines: list[str], error: SyntaxError) -> list[str] | None:
    """Make `x.cuda(non_blocking=True)` of `x.cuda(async=True)`, as Python 3.6 could read it."""
    return _rewritten(lines, error, ASYNC, "non_blocking=")


def _rewritten(
    lines: list[str], error: SyntaxError, old: re.Pattern[str], new: str
) -> list[str] | None:
    place = (error.lineno or 0) - 1
    text = lines[place].rstrip("\n") if 0 <= place < len(lines) else ""
    if not old.search(text):
        return None
    note("python 2", f"line {place + 1}: {text.strip()[:60]}")
    return [*lines[:place], old.sub(new, text, count=1) + "\n", *lines[place + 1 :]]


REPAIRS: tuple[Repair, ...] = (called, caught, raised, awaited)


class Python2(ast.NodeTransformer):
    """Makes a cell of Python 2 one of Python 3: its text first, then its tree.

    Whole numbers are divided as Python 2 does in cells that no Python 3 can read, and in no other.
    """

    def __init__(self) -> None:
        self.old = False
        self.divides = True

    def lines(self, lines: list[str]) -> list[str]:
        r"""Return the cell's lines with Python 2's statements rewritten; they stay in place.

        >>> Python2().lines(["for i in x:\n", "    print 'i', i  # each\n"])
        ['for i in x:\n', "    print('i', i)  # each\n"]
        """
        self.old = False
        for _ in range(MOST):
            error = _complaint("".join(lines))
            found = ((repair, repair(lines, error)) for repair in REPAIRS if error)
            repair, better = next((pair for pair in found if pair[1]), (None, None))
            if better is None:
                break
            lines, self.old = better, self.old or repair is not awaited
        return lines

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        """Divide as Python 3 from `from __future__ import division` on."""
        if node.module == "__future__" and any(name.name == "division" for name in node.names):
            self.divides = False
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Look `x.iteritems()`, `x.next()` and their like up under both names."""
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        plain = len(node.args) == (name == "has_key") and not node.keywords
        if (name in TODAY and plain) or name == "ptp":
            owner = node.func.value  # type: ignore[attr-defined]
            node.func = _call(METHOD, node.func, [owner, ast.Constant(name)])
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Divide whole numbers as Python 2 does, in its cells."""
        self.generic_visit(node)
        if self.old and self.divides and isinstance(node.op, ast.Div):
            return _call(DIVIDE, node, [node.left, node.right])
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """Print to a file where `print >>file, x` does."""
        self.generic_visit(node)
        match node.value:
            case ast.Tuple(elts=[ast.BinOp(ast.Name("print") as name, ast.RShift(), file), *shown]):
                call = ast.Call(name, shown, [ast.keyword("file", file)])
                node.value = ast.fix_missing_locations(ast.copy_location(call, node.value))
        return node


def _call(helper: str, at: ast.expr, arguments: list[ast.expr]) -> ast.Call:
    call = ast.Call(ast.Name(helper, ast.Load()), arguments, [])
    return ast.fix_missing_locations(ast.copy_location(call, at))


def _complaint(source: str) -> SyntaxError | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source)
        except SyntaxError as error:
            return error
        except (ValueError, RecursionError, MemoryError):
            pass  # such as a null character: running the cell says so better
    return None


def method(owner: Any, name: str) -> Any:
    """Return a method by its old name, or by today's where there is none of the old.

    >>> sorted(method({1: 2}, "iteritems")()), method(iter([3]), "next")()
    ([(1, 2)], 3)
    """
    today = TODAY.get(name, name)
    if not hasattr(owner, name) and hasattr(owner, today):
        return getattr(owner, today)
    if name == "ptp" and isinstance(owner, np.ndarray):  # a method no more
        return functools.partial(np.ptp, owner)
    return getattr(owner, name)


def divide(left: Any, right: Any) -> Any:
    """Divide as Python 2: whole numbers give a whole number, rounded down.

    >>> divide(7, 2), divide(7.0, 2)
    (3, 3.5)
    """
    whole = isinstance(left, int) and isinstance(right, int)
    return left // right if whole else left / right
