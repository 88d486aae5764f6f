"""`plt.grid('off')` turns the grid off.

Why: it did in 2020; today the text counts as true, and the grid covers the pictures.
"""

from __future__ import annotations

import ast

from .notes import note

WORDS = {"on": True, "off": False}


class Grids(ast.NodeTransformer):
    """Turns the words 'on' and 'off' in calls of `.grid` into what they mean."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Rewrite `x.grid('off')` and `x.grid(b='off')`."""
        self.generic_visit(node)
        if not (isinstance(node.func, ast.Attribute) and node.func.attr == "grid"):
            return node
        node.args = [_meant(value) for value in node.args]
        for keyword in node.keywords:
            if keyword.arg == "b":  # its name until 2021
                keyword.arg = "visible"
            if keyword.arg == "visible":
                keyword.value = _meant(keyword.value)
        return node


def _meant(value: ast.expr) -> ast.expr:
    if not (isinstance(value, ast.Constant) and value.value in WORDS):
        return value
    note("grids", f"line {value.lineno}: grid({value.value!r})")
    return ast.copy_location(ast.Constant(WORDS[str(value.value)]), value)
