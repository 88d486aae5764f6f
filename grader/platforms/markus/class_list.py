"""MarkUs's two lists, of students and of groups: neither has a line of titles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from grader.basics.tables import Row
from grader.handin.intake.class_list import Given

STUDENTS = ("login", "last", "first", "section", "number", "email")  # in this order
_GROUP = re.compile(r"group_\d+")  # how MarkUs calls a group's repository


def read(rows: Sequence[Row]) -> Iterable[tuple[Row, Given]] | None:
    """Return what each row says; None if these are none of MarkUs's rows."""
    if _is_students(rows):
        return [(row, dict(zip(STUDENTS, row.cells, strict=False))) for row in rows]
    return _members(rows) if _is_groups(rows) else None


def _members(rows: Iterable[Row]) -> Iterator[tuple[Row, Given]]:
    for row in rows:
        for login in filter(None, row.cells[2:]):
            yield row, {"group": row.cells[0], "login": login}


def _is_students(rows: Iterable[Row]) -> bool:
    """Return whether these are MarkUs's students: login, names, section, number, address."""
    return all(
        row.cell(0) and len(row.cells) <= len(STUDENTS) and (not row.cell(5) or "@" in row.cell(5))
        for row in rows
    ) and any("@" in row.cell(5) for row in rows)


def _is_groups(rows: Iterable[Row]) -> bool:
    """Return whether these are MarkUs's groups: name, repository, and a login a member."""
    return all(
        row.cell(0) and (_GROUP.fullmatch(row.cell(1)) or row.cell(1) in (row.cell(0), row.cell(2)))
        for row in rows
    )
