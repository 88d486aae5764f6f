"""marks.csv as it is written into a folder of results; what somebody filled in is never lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.basics import storage
from grader.basics.csvfile import write as as_csv
from grader.basics.exits import BadInput, shown
from grader.basics.files import Refused, read_plain
from grader.basics.unseen import visible
from grader.model import GradeReport, ManualQuestion
from grader.scoring.marks import NO_MARK, SIZE_LIMIT, TABLE, Marks, load, number
from grader.scoring.marks_table import COLUMNS, Filled, read

SHOWN = Path(".grader", TABLE)  # merged marks when the table was written: what differs is new


def write(folder: Path, reports: Sequence[GradeReport]) -> tuple[str, ...]:
    """Write marks.csv into a folder of results; what somebody filled in is kept.

    Returns notes for a person: marks whose answer has changed since, rows kept of submissions
    that are gone, or that the file there cannot be read and was left alone.
    """
    path, shown_ = folder / TABLE, folder / SHOWN
    try:
        before, last = (
            read_plain(file, SIZE_LIMIT) if file.exists() else b"" for file in (path, shown_)
        )
        marks = load(folder)
        data, notes = table(reports, before, marks, last)
        merged, _ = table(reports, b"", marks)
    except (BadInput, Refused) as error:
        reason = error if isinstance(error, BadInput) else f"{shown(path)}: {error}"
        return (f"{reason}; {TABLE} was left as it is, without new submissions",)
    for file, old, new in ((path, before, data), (shown_, last, merged)):
        if new != old:
            storage.write(file, new)
    return notes


def table(
    reports: Sequence[GradeReport], before: bytes, marks: Marks, last: bytes = b""
) -> tuple[bytes, tuple[str, ...]]:
    """Return marks.csv as bytes: a row a submission and question, with what is known of it.

    Args:
        reports: of the class.
        before: the table that is there; its points, comments and own columns are kept.
        marks: merged before; they fill rows that nobody has changed since the table was written.
        last: the merged marks of that time, as such a table.

    Raises BadInput for a table that cannot be read.
    """
    filled, kept = _filled(_changed(before, last))
    own = next((tuple(row.own) for row in filled.values()), ())
    rows: list[list[object]] = []
    notes: list[str] = []
    for report in sorted(reports, key=lambda r: r.submission.id):
        for question in report.manual:
            key = (report.submission.id, question.question)
            old = filled.pop(key, Filled("", *key, own=dict.fromkeys(own, "")))
            rows.append(_row(question, old, marks))
            if old.points and _words(old.answer) not in (None, _words(_answer(question))):
                notes.append(f"{shown(' '.join(key))}: the answer has changed since it was marked")
    unmerged = sum(_unmerged(row, marks) for row in _changed(before, last))
    if unmerged:
        notes.append(f"points in {TABLE} that are not merged yet: {unmerged}; use `grader merge`")
    gone = [row for row in filled.values() if row.touched]
    notes += [f"{shown(' '.join(r.key))}: filled in, but no longer among the results" for r in gone]
    notes += [f"{shown(' '.join(row.key))}: filled in twice" for row in kept]
    rows += [row.cells() for row in (*gone, *kept)]
    return as_csv((*COLUMNS, *own), rows, to_be_filled_in=True), tuple(notes)


def _changed(before: bytes, last: bytes) -> list[Filled]:
    """Return the rows of a table; points and comment only where a person changed them.

    What is as it was merged then says nothing: another table may have been merged since.
    """
    written = {row.key: row for row in read(last, TABLE)} if last else {}
    return [
        replace(row, points="", comment="") if _same(row, written.get(row.key)) else row
        for row in (read(before, TABLE) if before else ())
    ]


def _same(row: Filled, other: Filled | None) -> bool:
    return other is not None and (row.points, row.comment) == (other.points, other.comment)


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
    answer = _answer(question)
    new = replace(
        old, title=question.title, max_points=f"{question.max_points:g}", points=points,
        comment=comment, answer=answer,
    )  # fmt: skip
    return new.cells()


def _answer(question: ManualQuestion) -> str:
    """Return a student's answer as the table shows it."""
    return visible(question.answer or "").strip()
