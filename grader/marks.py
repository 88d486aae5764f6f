"""What a person marks: the table to fill in, and how it comes back, checked and never lost."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from grader import storage
from grader.exits import BadInput, shown
from grader.exporters.csvfile import NUMBER
from grader.exporters.csvfile import write as as_csv
from grader.files import Refused, read_plain
from grader.marks_table import COLUMNS, Filled, read
from grader.model import GradeReport, ManualQuestion

TABLE, STORE = "marks.csv", "marks.json"
SIZE_LIMIT = 64 << 20
FORMAT = 1
EPSILON = 1e-9
NO_MARK = ("-", "–", "—")  # takes a mark back

Points = Mapping[str, Mapping[str, float]]


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

    def points(self) -> dict[str, dict[str, float]]:
        """Return the points alone, by submission and question."""
        return {
            id_: {question: mark.points for question, mark in marks.items()}
            for id_, marks in self.marks.items()
        }


@dataclass(frozen=True)
class Merged:
    """What became of a table: all marks of the class now, and how many the table changed."""

    marks: Marks
    new: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0
    empty: int = 0


class WrongRows(BadInput):
    """A table with rows that cannot be merged; `lines` names each of them."""

    def __init__(self, name: str, lines: Sequence[str]) -> None:
        rows = "row" if len(lines) == 1 else "rows"
        super().__init__(f"{shown(name)}: {len(lines)} wrong {rows}, so nothing was merged")
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
    for (submission, question), mark in given.items():
        theirs = marks.setdefault(submission, {})
        old = theirs.pop(question, None)
        if mark is not None:
            theirs[question] = mark
            counts["new" if old is None else "same" if old == mark else "changed"] += 1
        elif old is not None:
            counts["removed"] += 1
    return Merged(Marks(marks), empty=empty, **counts)


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
            f"no submission {row.submission!r} among the results{_near(row.submission, known)}",
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


def _near(name: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(names), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def number(text: str) -> float | None:
    """Return a number as people and spreadsheets write it, None if it is none.

    >>> number("0.3"), number("0,3"), number(" 1 "), number("1,234.5"), number("nan")
    (0.3, 0.3, 1.0, None, None)
    """
    if not NUMBER.fullmatch(text.strip().replace(",", ".", 1)):
        return None
    value = float(text.strip().replace(",", ".", 1))
    return value if math.isfinite(value) else None


def write(folder: Path, reports: Sequence[GradeReport]) -> tuple[str, ...]:
    """Write marks.csv into a folder of results; what somebody filled in is kept.

    Returns notes for a person: marks whose answer has changed since, rows kept of submissions
    that are gone, or that the file there cannot be read and was left alone.
    """
    path = folder / TABLE
    try:
        before = read_plain(path, SIZE_LIMIT) if path.exists() else b""
        data, notes = table(reports, before, load(folder))
    except (BadInput, Refused) as error:
        reason = error if isinstance(error, BadInput) else f"{shown(path)}: {error}"
        return (f"{reason}; {TABLE} was left as it is, without new submissions",)
    if data != before:
        storage.write(path, data)
    return notes


def table(
    reports: Sequence[GradeReport], before: bytes, marks: Marks
) -> tuple[bytes, tuple[str, ...]]:
    """Return marks.csv as bytes: a row a submission and question, with what is known of it.

    Args:
        reports: of the class.
        before: the table that is there; its points, comments and own columns are kept.
        marks: merged before; they fill rows that the table leaves empty.

    Raises BadInput for a table that cannot be read.
    """
    filled, kept = _filled(read(before, TABLE) if before else [])
    own = next((tuple(row.own) for row in filled.values()), ())
    rows: list[list[object]] = []
    notes: list[str] = []
    for report in sorted(reports, key=lambda r: r.submission.id):
        for question in report.manual:
            key = (report.submission.id, question.question)
            old = filled.pop(key, Filled("", *key, own=dict.fromkeys(own, "")))
            rows.append(_row(question, old, marks))
            if old.points and _words(old.answer) not in (None, _words(question.answer or "")):
                notes.append(f"{shown(' '.join(key))}: the answer has changed since it was marked")
    unmerged = sum(_unmerged(row, marks) for row in read(before, TABLE)) if before else 0
    if unmerged:
        notes.append(f"points in {TABLE} that are not merged yet: {unmerged}; use `grader merge`")
    gone = [row for row in filled.values() if row.touched]
    notes += [f"{shown(' '.join(r.key))}: filled in, but no longer among the results" for r in gone]
    notes += [f"{shown(' '.join(row.key))}: filled in twice" for row in kept]
    rows += [row.cells() for row in (*gone, *kept)]
    return as_csv((*COLUMNS, *own), rows), tuple(notes)


def _unmerged(row: Filled, marks: Marks) -> bool:
    """Return whether a row says something else than what was merged."""
    merged = marks.marks.get(row.submission, {}).get(row.question)
    if not row.points or row.points in NO_MARK:
        return bool(row.points) and merged is not None
    return merged is None or number(row.points) != merged.points


def _words(text: str | None) -> list[str] | None:
    return None if text is None else text.split()


def _filled(rows: Sequence[Filled]) -> tuple[dict[tuple[str, str], Filled], list[Filled]]:
    """Return each row by its key, and those that were filled in a second time."""
    first: dict[tuple[str, str], Filled] = {}
    again = []
    for row in rows:
        if row.key not in first or not first[row.key].touched:
            first[row.key] = row
        elif row.touched:
            again.append(row)
    return first, again


def _row(question: ManualQuestion, old: Filled, marks: Marks) -> list[object]:
    merged = marks.marks.get(old.submission, {}).get(old.question)
    points, comment = old.points, old.comment
    if not points and merged is not None:
        points, comment = f"{merged.points:g}", comment or merged.comment
    answer = (question.answer or "").strip()
    new = replace(
        old, title=question.title, max_points=f"{question.max_points:g}", points=points,
        comment=comment, answer=answer,
    )  # fmt: skip
    return new.cells()
