"""gradebook.csv: a row for each student, a group's submission in the row of each of its members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.basics import csvfile
from grader.model import GradeReport, Student
from grader.reports.overview import overview
from grader.reports.tally import Overview, Row

WHO = ("submission", "student", "name", "email", "section", "platform_id")
STATE = ("status", "verdict", "late", "isolation")
POINTS = ("automatic", "automatic_max", "manual", "manual_max", "bonus", "total", "total_max")
NOBODY = Student("")
DECIMALS = 6


def gradebook(
    reports: Sequence[GradeReport],
    missing: Sequence[Student] = (),
) -> bytes:
    """Return gradebook.csv of a class; the arguments are those of `overview`.

    A cell without a number means that there is no score: the report is withheld, a question is
    not marked yet, or nothing was handed in. It is never written as 0.
    """
    return table(overview(reports, missing))


def table(found: Overview) -> bytes:
    """Return an overview as gradebook.csv."""
    automatic = _names(q.id for row in found.rows for q in row.questions if q.max_points > 0)
    manual = _names(mark.question for row in found.rows for mark in row.manual)
    header = [*WHO, *STATE, *POINTS, *(f"{name} automatic" for name in automatic)]
    header += [*(f"{name} manual" for name in manual), "mistakes", "seconds", "reason", "decisions"]
    return csvfile.write(header, _rows(found, automatic, manual))


def _names(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _rows(
    found: Overview, automatic: Sequence[str], manual: Sequence[str]
) -> Iterator[list[object]]:
    for row in found.rows:
        for student in row.students or (NOBODY,):
            yield [row.id, *_who(student), *_state(row), *_points(row, automatic, manual)]
    for student in found.missing:
        nothing = [""] * (len(POINTS) + len(automatic) + len(manual) + 2)
        yield ["", *_who(student), "missing", "", "", "", *nothing, "nothing was handed in", ""]


def _who(student: Student) -> list[object]:
    return [student.id, student.name, student.email, student.section, student.platform_id]


def _state(row: Row) -> list[object]:
    late = {None: "", True: "late", False: "on time"}[row.late]
    return [row.status, row.verdict, late, row.isolation]


def _points(row: Row, automatic: Sequence[str], manual: Sequence[str]) -> list[object]:
    earned = {question.id: question.points for question in row.questions}
    marked = {mark.question: mark.points for mark in row.manual}
    numbers = [row.automatic, row.automatic_max, row.manual_points, row.manual_max]
    numbers += [None if row.withheld else row.change, row.total, row.total_max]
    numbers += [*(earned.get(name) for name in automatic), *(marked.get(name) for name in manual)]
    cells: list[object] = [number(value) for value in numbers]
    rest = [" ".join(row.mistakes), f"{row.time:.1f}", row.reason, "; ".join(row.decisions)]
    return [*cells, *rest]


def number(value: float | None) -> str:
    """Return points in full, with two decimals at least; nothing where there are none.

    >>> number(2.0), number(0.175), number(None)
    ('2.00', '0.175', '')
    """
    if value is None:
        return ""
    whole, _, rest = f"{value:.{DECIMALS}f}".partition(".")
    return f"{whole}.{rest[:2]}{rest[2:].rstrip('0')}"
