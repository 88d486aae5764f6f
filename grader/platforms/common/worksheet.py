"""A platform's own file with titles above its columns, one of grades: that column filled in."""

from __future__ import annotations

import csv
import functools
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.basics import tables
from grader.basics.exits import BadInput, shown
from grader.platforms.common.nouns import Filled, FilledIn, Gradebook
from grader.platforms.common.scores import by_student, factor, number, two_decimals
from grader.reports.tally import Row

_PARTICIPANT = re.compile(r"\A\D+ (\d+)")  # Moodle's "Participant 100001"
NAMED = ("Full name", "First name", "Last name")


@dataclass(frozen=True)
class Sheet:
    """How a platform's file is laid out.

    Attributes:
        platform: its name.
        ids: titles of columns that say who a student is.
        heading: of a column of grades; `title`, and `most` where the heading says it.
        most: title of a column that holds the most points, or "".
        kept: titles of further columns that must go back; None for all of them.
    """

    platform: str
    ids: tuple[str, ...]
    heading: re.Pattern[str]
    most: str = ""
    kept: tuple[str, ...] | None = ()


@dataclass(frozen=True)
class Table:
    """A platform's file, and which of its columns is filled in."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    column: int
    most: float | None
    ids: tuple[int, ...]


def filled_in(sheet: Sheet) -> FilledIn:
    """Return the format that fills in such a file."""
    return FilledIn(functools.partial(_filled, sheet))


def _filled(sheet: Sheet, book: Gradebook) -> Filled:
    table = read(book.data, book.name, sheet, book.assignment)
    return fill(table, sheet, book.rows, total=book.total, scale=book.scale)


def read(data: bytes, name: str, sheet: Sheet, wanted: str | None) -> Table:
    """Return a platform's file. Raises BadInput with one line if it is none, or fits no column."""
    rows = [row.cells for row in tables.rows(data, name, exact=True)]
    header = tuple(title.strip() for title in rows[0]) if rows else ()
    ids = tuple(place for place, title in enumerate(header) if _is_one_of(title, sheet.ids))
    grades = {p: m for p, title in enumerate(header) if (m := sheet.heading.match(title))}
    if not ids or not grades:
        raise BadInput(
            f"{shown(name)}: not a file that {sheet.platform} exports to be filled in: it needs a "
            f"column {' or '.join(sheet.ids)}, and one of grades"
        )
    fits = [p for p, m in grades.items() if wanted in (None, m["title"], header[p])]
    if len(fits) != 1:
        known = "; ".join(shown(match["title"]) for match in grades.values())
        raise BadInput(f"--assignment: {len(fits)} columns fit; those of the file are: {known}")
    full = tuple(tuple((*row, *("",) * len(header))[: len(header)]) for row in rows[1:])
    most = grades[fits[0]].groupdict().get("most") or _most(header, full, sheet)
    return Table(header, full, fits[0], number(most), ids)


def _most(header: Sequence[str], rows: Iterable[Sequence[str]], sheet: Sheet) -> str:
    """Return the most points that a column of the file states."""
    place = next((p for p, title in enumerate(header) if _is_one_of(title, (sheet.most,))), None)
    return "" if place is None else next((row[place] for row in rows if row[place]), "")


def _is_one_of(title: str, titles: Iterable[str]) -> bool:
    return title.casefold() in {each.casefold() for each in titles}


def fill(
    table: Table, sheet: Sheet, rows: Sequence[Row], *, total: bool, scale: bool = False
) -> Filled:
    """Fill in one column; every cell that has no score keeps what it held.

    Args:
        table: the platform's file.
        sheet: how it is laid out.
        rows: the class.
        total: write automatic and manual points together, else the automatic ones alone.
        scale: stretch the score to the points that the platform knows.

    Raises:
        BadInput: platform and rubric disagree on the most points, and `scale` is off.
    """
    most = max((row.total_max if total else row.automatic_max for row in rows), default=0.0)
    times = factor(table.most, most, sheet.platform, scale=scale)
    known = by_student(rows)
    kept = [p for p, title in enumerate(table.header) if _goes_back(p, title, table, sheet)]
    out, notes, written, seen = [], [], 0, set[str]()
    for line in table.rows:
        row = _find(table, line, known)
        score = None if row is None else row.total if total else row.counted
        if row is not None:
            seen.add(row.id)
            notes += [] if score is not None else [f"{shown(row.id)}: no score yet; left as it was"]
        elif not any(id_ in known for id_ in _ids(table, line)):
            notes.append(f"{shown(_student(table, line))}: no submission; left as it was")
        if score is not None:
            written += 1
            line = (*line[: table.column], two_decimals(score * times), *line[table.column + 1 :])
        out.append([line[p] for p in kept])  # the platform's own cells, as they were
    lost = [row.id for row in rows if row.id not in seen]
    notes += [f"{shown(id_)}: nobody in the file has its id; not written" for id_ in lost]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([[table.header[p] for p in kept], *out])
    data = text.getvalue().encode("utf-8")
    return Filled(data, written, tuple(notes), table.header[table.column])


def _goes_back(place: int, title: str, table: Table, sheet: Sheet) -> bool:
    named = sheet.kept is None or _is_one_of(title, sheet.kept)
    return named or place in (*table.ids, table.column)


def _ids(table: Table, line: Sequence[str]) -> list[str]:
    """Return what a row calls its student, as submissions do."""
    values = [line[place].strip().removeprefix("#") for place in table.ids]  # Brightspace's mark
    numbered = [(_PARTICIPANT.fullmatch(value), value) for value in values if value]
    return [match[1] if match else value for match, value in numbered]


def _student(table: Table, line: Sequence[str]) -> str:
    """Return whose row it is, for a person: the name if the file has one, else the first id."""
    named = [line[p] for p, title in enumerate(table.header) if _is_one_of(title, NAMED)]
    return " ".join(filter(None, named)) or next(iter(_ids(table, line)), "a row without an id")


def _find(table: Table, line: Sequence[str], known: Mapping[str, list[Row]]) -> Row | None:
    """Return the submission of a row's student, if one alone bears one of its ids."""
    for id_ in _ids(table, line):
        found = known.get(id_, ())
        if len(found) == 1:
            return found[0]
    return None
