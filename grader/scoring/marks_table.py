"""The table of marks: its columns, and its rows as somebody filled them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.basics import tables
from grader.basics.exits import BadInput, shown

COLUMNS = ("submission", "question", "title", "max_points", "points", "comment", "answer")
NEEDED = ("submission", "question", "points")


@dataclass(frozen=True)
class Filled:
    """One row as it stands in the table.

    Attributes:
        place: where it stands, for a person.
        answer: as it was when the table was written, None if that column is not there.
        own: columns that somebody put beside ours.
    """

    place: str
    submission: str
    question: str
    title: str = ""
    max_points: str = ""
    points: str = ""
    comment: str = ""
    answer: str | None = None
    own: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """Return the submission and the question."""
        return self.submission, self.question

    @property
    def touched(self) -> bool:
        """Return whether somebody wrote something into the row."""
        return bool(self.points or self.comment or any(self.own.values()))

    def cells(self) -> list[object]:
        """Return the row in the order of our columns, its own ones behind."""
        return [*(getattr(self, name) for name in COLUMNS), *self.own.values()]


def read(data: bytes, name: str) -> list[Filled]:
    """Return the rows of a table. Raises BadInput with one line for what is no such table."""
    rows = tables.rows(data, name)
    first = next(rows, None)
    if first is None:
        raise BadInput(f"{shown(name)}: the table is empty; use the marks.csv of the results")
    ours, own = _header(first.cells, name)
    return [
        Filled(
            row.place,
            own={title: row.cell(place) for title, place in own.items()},
            **{column: row.cell(place) for column, place in ours.items()},
        )
        for row in rows
    ]


def _header(cells: tuple[str, ...], name: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return where each of our columns stands, and each of somebody's own."""
    ours: dict[str, int] = {}
    own: dict[str, int] = {}
    for place, title in enumerate(cells):
        known = title.lower().replace(" ", "_")
        if known in ours or title in own:
            raise BadInput(f"{shown(name)}: two columns are called {shown(title)!r}; remove one")
        if known in COLUMNS:
            ours[known] = place
        elif title:
            own[title] = place
    missing = [column for column in NEEDED if column not in ours]
    if missing:
        found = ", ".join(shown(title) for title in cells[:10])
        raise BadInput(
            f"{shown(name)}: no column {missing[0]!r}; its first line must name the columns "
            f"{', '.join(NEEDED)}, but it is: {found[:120]}"
        )
    return ours, own
