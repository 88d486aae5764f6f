"""The files of a class, made from the reports of its submissions; and other points for them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from grader import marks, marks_writing, reporting, storage
from grader.exits import BadInput, shown
from grader.exporters.classfiles import class_files
from grader.intake.roster import Roster, missing
from grader.model import GradeReport, Student
from grader.rubric import Rubric
from grader.running import costs, pages
from grader.running.costs import Cost
from grader.running.results import OWN, Results

ABSENT = "missing.json"  # students of the roster who handed nothing in, for later runs


@dataclass(frozen=True)
class Class:
    """What a folder holds once its files are written."""

    reports: tuple[GradeReport, ...]
    notes: tuple[str, ...] = ()


def rescore(store: Results, ids: Iterable[str], rubric_: Rubric, rubric_key: str) -> None:
    """Give submissions the points of another rubric; nothing is run or judged again.

    What was withheld has no verdicts to score, and stays withheld.
    """
    for id_ in ids:
        old = store.report(id_)
        if old.status == "withheld":
            continue
        folder = store.evidence(id_)
        try:
            results = storage.load_results(folder / storage.RESULTS)
        except (OSError, storage.Unreadable) as error:
            raise BadInput(f"{shown(folder)}: cannot be scored again: {error}") from None
        report = reporting.rescore(old, results, rubric_)
        files = {**pages.of_stored(report, folder), storage.REPORT: storage.to_json(report)}
        key = store.key(id_)
        store.update(id_, files, replace(key, rubric=rubric_key) if key else None)


def write(store: Results, roster: Roster | None = None) -> Class:
    """Write gradebook.csv, summary.json, index.html and marks.csv from the stored reports.

    What a person marked goes into each report and its page: a student reads it there.
    """
    given = marks.load(store.folder)
    reports = [
        _marked(store, _named(store, store.report(id_), roster), given) for id_ in store.ids()
    ]
    absent, notes = _attendance(store, reports, roster)
    seconds = {id_: cost.seconds for id_ in store.ids() if (cost := _cost(store, id_))}
    for name, data in class_files(reports, absent, seconds).items():
        store.write(name, data)
    notes += marks_writing.write(store.folder, reports)
    return Class(tuple(reports), notes)


def _cost(store: Results, id_: str) -> Cost | None:
    with contextlib.suppress(OSError, storage.Unreadable):
        return storage.from_json(Cost, (store.evidence(id_) / costs.FILE).read_bytes())
    return None


def _named(store: Results, report: GradeReport, roster: Roster | None) -> GradeReport:
    """Return a report with what the roster knows of its students; it is kept with the report."""
    if roster is None:
        return report
    submission = report.submission
    students = roster.resolve(submission.id, submission.students)
    if students == submission.students:
        return report
    named = replace(report, submission=replace(submission, students=students))
    store.update(submission.id, {storage.REPORT: storage.to_json(named)}, None)
    return named


def _marked(store: Results, report: GradeReport, given: marks.Marks) -> GradeReport:
    """Return a report with the marks of its questions; report and page are kept with them."""
    marked = given.of(report)
    if marked == report:
        return report
    id_ = report.submission.id
    files = pages.of_stored(marked, store.evidence(id_))
    store.update(id_, {**files, storage.REPORT: storage.to_json(marked)}, None)
    return marked


def _attendance(
    store: Results, reports: Sequence[GradeReport], roster: Roster | None
) -> tuple[tuple[Student, ...], tuple[str, ...]]:
    """Return who handed nothing in, and notes; what the last roster said if none is given."""
    path = store.folder / OWN / ABSENT
    if roster is None:
        with contextlib.suppress(OSError, storage.Unreadable):
            return storage.from_json(tuple[Student, ...], path.read_bytes()), ()
        return (), ()
    found = missing(roster, [(r.submission.id, r.submission.students) for r in reports])
    storage.write(path, storage.to_json(found.missing, tuple[Student, ...]))
    notes = [f"{shown(student.id)}: on the roster, but nothing came" for student in found.missing]
    notes += [f"{shown(id_)}: nobody on the roster" for id_ in found.unknown]
    return found.missing, tuple(notes)
