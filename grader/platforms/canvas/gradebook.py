"""A gradebook for Canvas: the course's own download with one column filled in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.basics import tables
from grader.basics.csvfile import cell
from grader.basics.exits import BadInput, shown
from grader.platforms.common.nouns import Filled, Gradebook
from grader.platforms.common.scores import by_student, factor, number, two_decimals
from grader.reports.tally import Row

POINTS_POSSIBLE = "    Points Possible"
SIS = ("SIS User ID", "SIS Login ID")
SPLIT = ("LastName", "FirstName", "ID")
IDENTITY = ("Student", *SPLIT, *SIS, "Integration ID", "Root Account", "Section")
ASSIGNMENT = re.compile(r"\A(?P<title>.*) \((?P<id>\d+)\)")
EXCUSED, NOT_ASSIGNED = "EX", "N/A"


@dataclass(frozen=True)
class Download:
    """A gradebook as Canvas exports it: header, the rows above the students, the students."""

    header: tuple[str, ...]
    top: tuple[tuple[str, ...], ...]
    students: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> int:
        """Return the place of a column, or -1."""
        return self.header.index(name) if name in self.header else -1

    def student(self, line: Sequence[str]) -> str:
        """Return whose row it is, for a person."""
        return ", ".join(line[:2]) if self.header[:3] == SPLIT else line[0]


def filled(book: Gradebook) -> Filled:
    """Return the course's gradebook filled in. Raises BadInput with one line."""
    download = read(book.data, book.name)
    column = assignment(download, book.assignment)
    return fill(download, column, book.rows, total=book.total, scale=book.scale)


def read(data: bytes, name: str = "the gradebook") -> Download:
    """Read a gradebook that Canvas exported, in whatever language and with whatever options.

    Raises:
        BadInput: it is none; one line with the remedy.
    """
    try:
        rows = [[*row.cells] for row in tables.rows(data, name, exact=True)]
    except BadInput as error:
        raise BadInput(f"{error}; export it from Canvas") from None
    header = tuple(cell.strip() for cell in rows[0]) if rows else ()
    if header[:2] != ("Student", "ID") and header[:3] != SPLIT:
        start = shown(",".join(header[:2]) or "nothing")
        raise BadInput(
            f"{shown(name)}: starts with {start}, a Canvas gradebook with Student,ID or "
            "LastName,FirstName,ID; export it from Canvas (Grades, Export)"
        )
    width = len(header)
    full = [tuple((row + [""] * width)[:width]) for row in rows[1:]]
    above = next((i for i, row in enumerate(full) if _is_points(row)), -1) + 1
    return Download(header, tuple(full[:above]), tuple(full[above:]))


def _is_points(row: Sequence[str]) -> bool:
    return row[0].strip().lower() == POINTS_POSSIBLE.strip().lower()


def assignment(download: Download, wanted: str | None) -> int:
    """Return the column of an assignment, by its title, its Canvas id, or the whole heading.

    Raises:
        BadInput: none or several fit; the line names those that there are.
    """
    found = {i: m for i, name in enumerate(download.header) if (m := ASSIGNMENT.fullmatch(name))}
    fits = [
        i
        for i, match in found.items()
        if wanted is None or wanted in (match["title"], match["id"], download.header[i])
    ]
    if len(fits) == 1:
        return fits[0]
    known = "; ".join(shown(download.header[i]) for i in found) or "none"
    if wanted is None:
        raise BadInput(f"--assignment is needed, with a title or an id of: {known}")
    raise BadInput(
        f"--assignment {shown(wanted)}: {len(fits)} columns fit; those of the gradebook: {known}"
    )


def fill(
    download: Download, column: int, rows: Sequence[Row], *, total: bool, scale: bool = False
) -> Filled:
    """Fill one assignment of a gradebook; every cell that has no score keeps what it held.

    Args:
        download: the gradebook.
        column: of the assignment.
        rows: the class.
        total: write automatic and manual points together, else the automatic ones alone.
        scale: stretch the score to the points that Canvas knows.

    Raises:
        BadInput: Canvas and the rubric disagree on the most points, and `scale` is off.
    """
    most = max((row.total_max if total else row.automatic_max for row in rows), default=0.0)
    factor = _factor(download, column, most, scale=scale)
    known = by_student(rows)
    kept = [i for i, name in enumerate(download.header) if name in IDENTITY] + [column]
    out, notes, written, seen = [], [], 0, set[str]()
    for line in download.students:
        row = _find(download, line, known)
        if row is not None:
            seen.add(row.id)
            score, note = _score(row, line[column], total=total)
            notes += [f"{shown(download.student(line))}: {note}"] if note else []
            if score is not None:
                written += 1
                line = (*line[:column], two_decimals(score * factor), *line[column + 1 :])
        elif not any(id_ in known for id_ in _ids(download, line)):
            notes.append(f"{shown(download.student(line))}: no submission; left as it was")
        out.append([cell(line[i]) for i in kept])
    lost = [row.id for row in rows if row.id not in seen]
    notes += [f"{shown(id_)}: no student of the gradebook has its id; not written" for id_ in lost]
    top = [[line[i] for i in kept] for line in download.top]
    data = _csv([download.header[i] for i in kept], top, out)
    return Filled(data, written, tuple(notes), download.header[column])


def _csv(
    header: Sequence[str], top: Sequence[Sequence[str]], rows: Sequence[Sequence[str]]
) -> bytes:
    """Return the file. Headings are Canvas's own and stay: another title is another assignment."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([header, *top, *rows])
    return text.getvalue().encode("utf-8")


def _factor(download: Download, column: int, most: float, *, scale: bool) -> float:
    points = next((row[column] for row in download.top if _is_points(row)), "").strip()
    return factor(number(points), most, "Canvas", scale=scale)


def _ids(download: Download, line: Sequence[str]) -> list[str]:
    """Return Canvas's ids of a student, the surest first."""
    places = [download.column(name) for name in ("ID", *SIS)]
    return [line[place] for place in places if place >= 0 and line[place]]


def _find(download: Download, line: Sequence[str], known: Mapping[str, list[Row]]) -> Row | None:
    """Return the submission of a student, by the first of Canvas's ids that one bears."""
    for id_ in _ids(download, line):
        if len(known.get(id_, ())) == 1:
            return known[id_][0]
    return None


def _score(row: Row, before: str, *, total: bool) -> tuple[float | None, str]:
    """Return the score to write, or None and why the cell stays as it was."""
    if before.strip().upper() == EXCUSED:
        return None, "excused in Canvas; left so"
    if before.strip().upper() == NOT_ASSIGNED:
        return None, "the assignment is not this student's in Canvas; left so"
    if row.withheld:
        return None, f"withheld, so no score: {shown(row.reason) or 'a person must look'}"
    score = row.total if total else row.counted
    return score, "" if score is not None else "not marked in full, so no total; left as it was"
