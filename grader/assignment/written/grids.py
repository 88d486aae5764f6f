"""Tables whose columns are weights, outputs and connections, read by row and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.assignment.written.doubling import DOUBLED
from grader.assignment.written.formula import Effort
from grader.assignment.written.labels import LABEL, named
from grader.assignment.written.statements import formula_at, substantial
from grader.assignment.written.totals import Entry, Role, of

GRIDS = 10  # of one text
ROWS = 60  # of one table
LINE = 1_000  # characters of a row
ABOVE = 200  # characters above a table that may speak of the doubled input
_MORE = re.compile(r"[ \t]{0,9}[-+(\dNn][-+*/^()\d .,_NFCnfckx]{2,200}$")  # a formula goes on
_RULE = re.compile(r"[\s|:+=-]{1,400}$")


@dataclass(frozen=True)
class Grid:
    """A table: where it stands, and its entries."""

    start: int
    end: int
    entries: tuple[Entry, ...]


def read(text: str, effort: Effort) -> Iterator[Grid]:
    """Yield the tables of a plain text."""
    lines = _lines(text)
    place = found = 0
    while place < len(lines) and found < GRIDS:
        columns = _columns(lines[place][1])
        place += 1
        if not columns:
            continue
        rows, after = _rows(lines, place, 1 + max(columns))
        if rows:
            start, end = lines[place - 1][0], lines[after - 1][0] + len(lines[after - 1][1])
            doubled = bool(
                DOUBLED.search(text[max(0, start - ABOVE) : start].rpartition("\n\n")[2])
            )
            yield Grid(start, end, tuple(_entries(rows, columns, doubled, effort)))
            found, place = found + 1, after


def _lines(text: str) -> list[tuple[int, str]]:
    """Return the lines with where each begins."""
    found, place = [], 0
    for line in text.split("\n"):
        found.append((place, line[:LINE] if "|" in line or len(line) < LINE else ""))
        place += len(line) + 1
    return found


def _cells(line: str) -> list[str]:
    line = line.strip()
    return [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]


def _columns(line: str) -> dict[int, str]:
    """Return the label of each column, if a line is the head of such a table."""
    if "|" not in line:
        return {}
    cells = [list(LABEL.finditer(cell)) for cell in _cells(line)]
    columns = {i: named(labels[0]) for i, labels in enumerate(cells) if len(labels) == 1}
    return columns if len(set(columns.values())) == len(columns) > 1 else {}


def _rows(lines: Sequence[tuple[int, str]], start: int, width: int) -> tuple[list[list[str]], int]:
    """Return the rows below the head, and the number of the line behind them.

    A last cell of several lines stands below its row, which then lacks it.
    """
    rows: list[list[str]] = []
    place = start
    while place < min(len(lines), start + ROWS):
        line = lines[place][1]
        if "|" in line:
            if not _RULE.match(line):
                rows.append(_cells(line))
        elif rows and len(rows[-1]) in (width - 1, width) and _MORE.match(line):
            if len(rows[-1]) < width:
                rows[-1].append("")
            rows[-1][-1] = f"{rows[-1][-1]} {line.strip()}".strip()
        elif line.strip():
            break
        place += 1
    return rows, place


def _entries(
    rows: Sequence[Sequence[str]], columns: dict[int, str], doubled: bool, effort: Effort
) -> Iterator[Entry]:
    for row in rows:
        title = " ".join(cell for i, cell in enumerate(row) if i not in columns)
        scale = 1 + (doubled or bool(DOUBLED.search(title)))
        for column, label in columns.items():
            cell = row[column] if column < len(row) else ""
            found = formula_at(cell, 0, effort) if cell else None
            if found and found.value is not None and substantial(found.value, alone=True):
                whole = not cell[found.end :].strip(" .,*")
                value = found.value if whole else None
                yield Entry((label, scale), value, of(title), cell)
            elif cell and of(title) is Role.TOTAL:
                yield Entry((label, scale), None, Role.TOTAL, cell)
