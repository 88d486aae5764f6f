"""CIFAR-10 in fewer rows than the real files have.

Why: the handout's loader fills an array of 50,000 pictures and divides it as a whole, 1.2 GB of
numbers of which a fiftieth are horses. Where it spells the numbers of rows out, it is told those
of the files that lie here; other loaders find files with all the rows (`notebook_needs.py`).
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

from .notes import note

MARKER = ".standin-world.json"
ROWS, TRAIN_ROWS = 10_000, 50_000


def rows_in(data: Path) -> int:
    """Return how many rows the batch files of a data folder have."""
    try:
        rows = json.loads((data / MARKER).read_text("utf-8")).get("rows", ROWS)
    except (OSError, ValueError, AttributeError):
        return ROWS
    return rows if type(rows) is int else ROWS


class Rows(ast.NodeTransformer):
    """Replaces the real numbers of rows in the function that reads the batch files."""

    def __init__(self, rows: int) -> None:
        self.numbers = {ROWS: rows, TRAIN_ROWS: TRAIN_ROWS // ROWS * rows}

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Change a function with both numbers in it."""
        found = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)}
        if not found >= set(self.numbers):
            return self.generic_visit(node)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Constant) and type(inner.value) is int:
                inner.value = self.numbers.get(inner.value, inner.value)
        note("data", f"{TRAIN_ROWS} rows of CIFAR-10 -> {self.numbers[TRAIN_ROWS]}")
        return node
