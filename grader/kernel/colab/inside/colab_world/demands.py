"""A notebook that goes on only with a GPU goes on without one.

Why: every request for a GPU is answered by the CPU (`device.py`), so what such a line guards
runs. At a cell's top level it would cost itself alone, in a function all that calls it.
"""

from __future__ import annotations

import ast

from .notes import note

ASKED = frozenset({"is_available", "device_count"})
ENDS = frozenset({"exit", "quit", "_exit"})


class Demands(ast.NodeTransformer):
    """Takes assertions of a GPU away, and what raises or ends where there is none."""

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        """Take `assert torch.cuda.is_available()` away."""
        return _without(node) if _asks(node.test) else self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        """Take the branch away that raises for want of a GPU; keep the other."""
        self.generic_visit(node)
        if _asks(node.test) and _gives_up(node.body):
            return node.orelse or _without(node)
        if _asks(node.test) and node.orelse and _gives_up(node.orelse):
            note("no GPU", f"line {node.lineno}: taken as if there were one")
            return node.body
        return node


def _without(node: ast.stmt) -> ast.stmt:
    note("no GPU", f"line {node.lineno}: {ast.unparse(node).splitlines()[0][:60]} is not asked")
    return ast.copy_location(ast.Pass(), node)


def _asks(test: ast.expr) -> bool:
    """Tell whether a condition asks torch for a GPU.

    >>> _asks(ast.parse("not torch.cuda.is_available()", mode="eval").body)
    True
    """
    return any(
        isinstance(node, ast.Attribute) and node.attr in ASKED and "cuda" in ast.unparse(node.value)
        for node in ast.walk(test)
    )


def _gives_up(body: list[ast.stmt]) -> bool:
    last = body[-1]
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        function = last.value.func
        named = function.attr if isinstance(function, ast.Attribute) else None
        return (function.id if isinstance(function, ast.Name) else named) in ENDS
    return isinstance(last, ast.Raise)
