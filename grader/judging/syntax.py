"""Cells that are no Python: which line, what stands there, and what Python says of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from grader.judging.cells import SavedCell, name, read_cells
from grader.model import CellRun, CheckResult, Finding, StudentError
from grader.model.assignment import chosen

ERRORS = frozenset({"SyntaxError", "IndentationError", "TabError"})
PLACE = re.compile(r" ?\([^()\n]{0,120}, line (\d{1,6})\)\Z")  # that Python puts behind it
UNFILLED = "expected an indented block"  # a body of nothing but comments
NOT_PYTHON = "it is not Python: "  # what a finding about such a cell begins with
MISSING = "missing"  # the mistake of what is not there
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


def with_cause(result: CheckResult, unread: Iterable[Broken]) -> CheckResult:
    """Return a verdict that says of a class that is not there that its cell is no Python."""
    if all(finding.mistake != MISSING for finding in result.findings):
        return result
    name = chosen().classes.get(chosen().about(result.id))
    defines = re.compile(rf"\bclass {name}\b")
    cell = next((one for one in unread if name and defines.search(one.cell.source)), None)

    def told(finding: Finding) -> Finding:
        if cell is None or finding.mistake != MISSING:
            return finding
        actual = f"{finding.actual}, for its cell is not Python"
        return replace(finding, actual=actual, hint=f"{cell.said}.")

    return replace(result, findings=tuple(map(told, result.findings)))


def is_cause(cell: Finding, gone: Finding) -> bool:
    """Return whether a finding about a cell that is no Python is why something is not there."""
    return gone.mistake == MISSING and cell.actual == NOT_PYTHON + (gone.hint or "")[:-1]


def told(source: str, line: int, message: str) -> str:
    r"""Return what is wrong with the code of a cell.

    >>> told("x = (1\ny = 2", 1, "'(' was never closed")
    "line 1 `x = (1`: '(' was never closed"
    """
    lines = source.splitlines()
    text = lines[line - 1].strip()[:LONGEST] if 0 < line <= len(lines) else ""
    place = f"line {line}" if line else "somewhere"
    return (f"{place} `{text}`" if text else place) + (f": {message}" if message else "")
