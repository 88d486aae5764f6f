"""Where in a notebook a finding belongs: cells are found by what they define, never by number.

Extra cells shift every index, and a name that is defined twice counts where it is defined last
(a later part may take the place of an earlier one's).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grader.model import CheckGrade, Finding
from grader.model.assignment import chosen
from grader.reports.html.nouns import Cell

CELL = re.compile(r"cell (\d{1,6})\Z")


def find(cells: Sequence[Cell]) -> dict[str, int]:
    """Return the cell of each thing that findings are about, as far as it is there."""
    found: dict[str, int] = {}
    for cell in cells:
        if cell.kind == "code":
            source = "".join(run.text for run in cell.code)
            found |= {n: cell.index for n, p in chosen().sought.items() if p.search(source)}
        elif cell.kind == "text":
            words = " ".join(run.text for piece in cell.prose for run in piece.runs)
            for name, pattern in chosen().told.items():
                if len(pattern.findall(words)) > 1:
                    found.setdefault(name, cell.index)
    return found


def cell_of(check: CheckGrade, finding: Finding | None, places: Mapping[str, int]) -> int | None:
    """Return the cell that a finding of a check stands next to; None if there is no such cell."""
    named = CELL.match((finding and finding.where) or "")
    if named:
        return int(named[1]) - 1
    if finding is not None and ".pdf" in finding.what:
        return None
    wanted = chosen().stands_beside(check.id)
    return next((places[name] for name in wanted if name in places), None)
