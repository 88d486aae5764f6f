"""What a person marks: the table to fill in, and how it comes back, checked and never lost."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from grader.basics.csvfile import NUMBER
from grader.basics.exits import BadInput, shown
from grader.basics.files import Refused, read_plain
from grader.basics.nearest import meant
from grader.basics.numbers import many
from grader.model import GradeReport, ManualQuestion
from grader.scoring.marks_table import Filled, read

TABLE, STORE = "marks.csv", "marks.json"
SIZE_LIMIT = 64 << 20
FORMAT = 1
EPSILON = 1e-9
NO_MARK = ("-", "–", "—")  # takes a mark back


@dataclass(frozen=True)
class Mark:
    """What a person gave for one question of one submission."""

    points: float
    comment: str = ""


@dataclass(frozen=True)
class Marks:
    """All marks of a class, by submission and question: what marks.json holds."""

    marks: Mapping[str, Mapping[str, Mark]] = field(default_factory=dict)
    format: int = FORMAT

    def of(self, report: GradeReport) -> GradeReport:
        """Return a report with the marks of its questions, and with no others.

        A mark that a question cannot have, since another rubric gives fewer points, is left out.
        """
        given = self.marks.get(report.submission.id, {})
        return replace(report, manual=tuple(_given(q, given) for q in report.manual))


@dataclass(frozen=True)
class Merged:
    """What became of a table: all marks of the class now, and how many the table changed."""

    marks: Marks
    new: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0
    empty: int = 0
    replaced: tuple[str, ...] = ()  # marks that were there and are another's now, a line each


def _given(question: ManualQuestion, given: Mapping[str, Mark]) -> ManualQuestion:
    mark = given.get(question.question)
    if mark is None or mark.points > question.max_points + EPSILON:
        return replace(question, points=None, comment="")
    return replace(question, points=mark.points, comment=mark.comment)


class WrongRows(BadInput):
    """A table with rows that cannot be merged; `lines` names each of them."""

    def __init__(self, name: str, lines: Sequence[str]) -> None:
        super().__init__(f"{shown(name)}: {many(len(lines), 'wrong row')}, so nothing was merged")
        self.lines = tuple(lines)


def load(folder: Path) -> Marks:
    """Return the marks that were merged into a folder of results; none if none were.

    Raises BadInput for a marks.json that cannot be read.
    """
    path = folder / STORE
    if not path.exists():
        return Marks()
    try:
        found = TypeAdapter(Marks).validate_json(read_plain(path, SIZE_LIMIT))
        if found.format != FORMAT:
            raise BadInput(f"{shown(path)}: format {found.format}, but this program reads {FORMAT}")
    except (Refused, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise BadInput(
            f"{shown(path)}: cannot be read ({reason}); move it away and merge again"
        ) from None
    return found


def to_json(marks: Marks) -> bytes:
    """Return marks as the bytes of marks.json, sorted."""
    plain: dict[str, Any] = {
        id_: {q: {"points": m.points, "comment": m.comment} for q, m in sorted(by.items())}
        for id_, by in sorted(marks.marks.items())
        if by
    }
    whole = {"format": marks.format, "marks": plain}
    return (json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode()


def merge(data: bytes, name: str, reports: Sequence[GradeReport], before: Marks) -> Merged:
    """Return the marks of a class after a filled-in table is merged; all of it or nothing.

    An empty cell leaves what was merged before; a dash takes it back.

    Raises:
        WrongRows: rows with unknown names or impossible points, each named.
        BadInput: it is no such table.
    """
    known = {report.submission.id: {q.question: q for q in report.manual} for report in reports}
    wrong: list[str] = []
    given: dict[tuple[str, str], Mark | None] = {}
    empty = 0
    for row in read(data, name):
        reason, mark = _judged(row, known)
        if reason is None and row.points and given.get(row.key, mark) != mark:
            reason = f"{row.submission} {row.question} is marked twice, and differently"
        if reason is not None:
            wrong.append(f"{shown(name)}: {row.place}: {shown(reason)}")
        elif row.points:
            given[row.key] = mark
        else:
            empty += 1
    if wrong:
        raise WrongRows(name, wrong)
    return _merged(given, before, empty)


def _merged(given: Mapping[tuple[str, str], Mark | None], before: Marks, empty: int) -> Merged:
    marks = {id_: dict(by) for id_, by in before.marks.items()}
    counts = dict.fromkeys(("new", "changed", "same", "removed"), 0)
    replaced = []
    for (submission, question), mark in given.items():
        theirs = marks.setdefault(submission, {})
        old = theirs.pop(question, None)
        if mark is not None:
            theirs[question] = mark
            counts["new" if old is None else "same" if old == mark else "changed"] += 1
            if old is not None and old.points != mark.points:
                place = shown(f"{submission} {question}")
                replaced.append(f"{place}: {old.points:g} before, {mark.points:g} now")
        elif old is not None:
            counts["removed"] += 1
    return Merged(Marks(marks), empty=empty, replaced=tuple(replaced), **counts)


def told(merged: Merged, reports: Sequence[GradeReport]) -> str:
    """Return one line on what a merge did and what is left to mark."""
    wanted = {(r.submission.id, q.question) for r in reports for q in r.manual}
    done = {(id_, question) for id_, by in merged.marks.marks.items() for question in by}
    counts = (
        ("new", merged.new), ("changed", merged.changed), ("as before", merged.same),
        ("taken back", merged.removed),
    )  # fmt: skip
    said = ", ".join(f"{count} {what}" for what, count in counts if count) or "nothing filled in"
    left = len(wanted - done)
    return f"merged: {said}; {f'{left} of {len(wanted)} still to mark' if left else 'all marked'}"


def _judged(
    row: Filled, known: Mapping[str, Mapping[str, ManualQuestion]]
) -> tuple[str | None, Mark | None]:
    """Return what is wrong with a row, and its mark; neither for a row that is not filled in."""
    if row.submission not in known:
        return (
            f"no submission {row.submission!r} among the results{meant(row.submission, known)}",
            None,
        )
    question = known[row.submission].get(row.question)
    if question is None:
        those = ", ".join(known[row.submission]) or "none"
        return f"no question {row.question!r} that a person marks; those are {those}", None
    if not row.points or row.points in NO_MARK:
        return None, None
    points = number(row.points)
    what = f"{row.submission} {row.question}: points {row.points!r}"
    if points is None:
        return f"{what} are not a number", None
    if not -EPSILON <= points <= question.max_points + EPSILON:
        return f"{what} are not from 0 to {question.max_points:g}", None
    return None, Mark(min(max(points, 0.0), question.max_points), row.comment)


def number(text: str) -> float | None:
    """Return a number as people and spreadsheets write it, None if it is none.

    >>> number("0.3"), number("0,3"), number(" 1 "), number("1,234.5"), number("nan")
    (0.3, 0.3, 1.0, None, None)
    """
    if not NUMBER.fullmatch(text.strip().replace(",", ".", 1)):
        return None
    value = float(text.strip().replace(",", ".", 1))
    return value if math.isfinite(value) else None
