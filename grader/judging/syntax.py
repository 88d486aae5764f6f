"""Cells that are no Python: which line, what stands there, and what Python says of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.judging.cells import SavedCell, name, read_cells
from grader.model import CellRun, StudentError

ERRORS = frozenset({"SyntaxError", "IndentationError", "TabError"})
PLACE = re.compile(r" ?\([^()\n]{0,120}, line (\d{1,6})\)\Z")  # that Python puts behind it
UNFILLED = "expected an indented block"  # a body of nothing but comments
NOT_PYTHON = "it is not Python: "  # what a finding about such a cell begins with
LONGEST = 120  # characters of the line


@dataclass(frozen=True)
class Broken:
    """A cell that is no Python; `said` tells in which line of it, and why."""

    cell: SavedCell
    said: str

    @property
    def is_unfilled(self) -> bool:
        """Return whether it may be no more than a body that holds comments alone."""
        return UNFILLED in self.said

    def __str__(self) -> str:
        """Return one line, with the cell's name."""
        return f"{name(self.cell)} is not Python: {self.said}"


def is_syntax(error: StudentError | None) -> bool:
    """Return whether Python could not read the code at all."""
    return error is not None and error.name in ERRORS


def broken(runs: Iterable[CellRun], notebook: str | None) -> Iterator[Broken]:
    """Yield the cells of a notebook, JSON text, that ran no further than being read."""
    cells = {cell.index: cell for cell in read_cells(notebook)} if notebook else {}
    for run in runs:
        cell, error = cells.get(run.index), run.error
        if cell is not None and error is not None and is_syntax(error):
            place = PLACE.search(error.message)
            first = next((left.line for left in run.left_out if is_syntax(left.error)), 0)
            line = int(place[1]) if place else first
            yield Broken(cell, told(cell.source, line, PLACE.sub("", error.message)))


def told(source: str, line: int, message: str) -> str:
    r"""Return what is wrong with the code of a cell.

    >>> told("x = (1\ny = 2", 1, "'(' was never closed")
    "line 1 `x = (1`: '(' was never closed"
    """
    lines = source.splitlines()
    text = lines[line - 1].strip()[:LONGEST] if 0 < line <= len(lines) else ""
    place = f"line {line}" if line else "somewhere"
    return (f"{place} `{text}`" if text else place) + (f": {message}" if message else "")
