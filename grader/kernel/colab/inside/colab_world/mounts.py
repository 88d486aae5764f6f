"""A drive that a notebook mounts outside of `/content`, where nothing can be made here.

Why: `drive.mount('/gdrive')` and `os.chdir('/gdrive/My Drive')` open many a notebook. The folder is
made below `/content` instead, and every path that a cell spells out leads there.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from .folders import COLAB
from .notes import note

USUAL = ("/gdrive", "/drive", "/mnt/drive", "/mnt/gdrive")
# What may stand before and behind a path within a longer text.
_PATH = r"(?<![\w./~-])(?:{})(?=/|\Z|[\s'\"\\;&|)])"


class Mounts(ast.NodeTransformer):
    """Moves the places where drives are mounted below `content`, in a cell's literals."""

    def __init__(self, content: Path) -> None:
        self.content = content
        self.points = {point for point in USUAL if not Path(point).exists()}

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """Learn where the cell mounts something, then move its paths."""
        self.points |= {point for call in ast.walk(node) for point in _mounted(call)}
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Rewrite one literal."""
        if not isinstance(node.value, str) or not any(p in node.value for p in self.points):
            return node
        names = "|".join(re.escape(p) for p in sorted(self.points, key=len, reverse=True))
        root = self.content.as_posix()
        moved = re.sub(_PATH.format(names), lambda found: root + found[0], node.value)
        if moved == node.value:
            return node
        note("drive", f"line {node.lineno}: {node.value[:60]!r} lies below {COLAB} here")
        return ast.copy_location(ast.Constant(moved), node)


def _mounted(node: ast.AST) -> list[str]:
    """Return the place of `x.mount("/place")`, if it is none that can be made.

    >>> _mounted(ast.parse("drive.mount('/my/')", mode="eval").body)
    ['/my']
    """
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    if not called or node.func.attr != "mount":  # type: ignore[attr-defined]
        return []
    given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "mountpoint")]  # type: ignore[attr-defined]
    texts = [value.value for value in given if isinstance(value, ast.Constant)]
    places = [text.rstrip("/") for text in texts if isinstance(text, str) and text[:1] == "/"]
    return [p for p in places if p and p != COLAB and not p.startswith(f"{COLAB}/")]
