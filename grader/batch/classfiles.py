"""The files of a class, made from the reports of its submissions; and other points for them."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.basics import storage
from grader.basics.exits import BadInput, shown
from grader.batch import costs, pages, record
from grader.batch.costs import Cost
from grader.batch.record import Record
from grader.batch.results import OWN, Files, Key, Results
from grader.handin.intake.roster import Roster, missing
from grader.judging.catalog import catalogue
from grader.model import CheckResult, GradeReport, Student
from grader.reports.classfiles import class_files
from grader.scoring import marks, marks_writing, overrides, overrides_table, reporting
from grader.scoring.overrides import Overrides
from grader.scoring.rubric import Rubric

ABSENT = "missing.json"  # students of the roster who handed nothing in, for later runs


@dataclass(frozen=True)
class Class:
    """What a folder holds once its files are written."""

    reports: tuple[GradeReport, ...]
    notes: tuple[str, ...] = ()


def rescore(store: Results, wanted: Record) -> None:
    """Give every submission of a folder the points of a rubric; nothing is run or judged again.

    What was withheld stays withheld, with the rubric's most points.

    Raises:
        BadInput: one of them cannot be scored again; then all of them are as they were.
    """
    rubric_, given = wanted.scores(), overrides.load(store.folder)

    def rescored(id_: str) -> tuple[str, Files, Key | None]:
        old, key = store.report(id_), store.key(id_)
        plain = reporting.rescore(old, verdicts(store, old), rubric_)
        files = _files(store, _decided(store, plain, given, rubric_))
        return id_, files, replace(key, rubric=wanted.key) if key else None

    own = {record.FILE.name: storage.to_json(wanted)}
    store.replace_all(map(rescored, store.ids()), own)


def decided(store: Results, id_: str, known: Record) -> GradeReport:
    """Return a report with what a person decided about it before it was graded again; keep it."""
    report, given = store.report(id_), overrides.load(store.folder)
    return _kept(store, report, _decided(store, report, given, known.scores()))


def _files(store: Results, report: GradeReport) -> Files:
    """Return the files that hold a submission's points."""
    page = pages.of_stored(report, store.evidence(report.submission.id))
    return {**page, storage.REPORT: storage.to_json(report)}


def _decided(store: Results, report: GradeReport, given: Overrides, rubric_: Rubric) -> GradeReport:
    """Return a report with what a person decided about it, and with no other decisions."""
    wanted = given.of(report)
    if wanted == tuple(replace(decision, before="") for decision in report.decisions):
        return report
    return reporting.rescore(report, verdicts(store, report), rubric_, wanted)


def verdicts(store: Results, report: GradeReport) -> tuple[CheckResult, ...]:
    """Return the verdicts that a report was scored from.

    Raises BadInput, one line, where they are not there or another catalogue's.
    """
    folder = store.evidence(report.submission.id)
    if report.status == "withheld":
        return tuple(
            CheckResult(c.id, c.status, c.findings, c.message, c.seconds) for c in report.checks
        )
    try:
        found = storage.load_results(folder / storage.RESULTS)
    except (OSError, storage.Unreadable) as error:
        raise BadInput(f"{shown(folder)}: cannot be scored again: {error}") from None
    lost = sorted({*catalogue()} - {result.id for result in found})
    if lost:
        raise BadInput(
            f"{shown(folder)}: cannot be scored again: it was graded before there was the check "
            f"{lost[0]}; grade it again"
        )
    return found


def write(store: Results, roster: Roster | None = None) -> Class:
    """Write gradebook.csv, summary.json, index.html and marks.csv from the stored reports.

    What a person marked and decided goes into each report and its page: a student reads it there.
    """
    given, decisions = marks.load(store.folder), overrides.load(store.folder)
    known = record.load(store.folder)
    rubric_ = known.scores() if known else None
    reports = []
    for id_ in store.ids():
        report = _named(store, store.report(id_), roster)
        ours = report if rubric_ is None else _decided(store, report, decisions, rubric_)
        reports.append(_kept(store, report, given.of(ours)))
    absent, notes = _attendance(store, reports, roster)
    seconds = {id_: cost.seconds for id_ in store.ids() if (cost := _cost(store, id_))}
    left_out = {r.submission.id: why for r in reports if (why := decisions.left_out(r))}
    for name, data in class_files(reports, absent, seconds, left_out).items():
        store.write(name, data)
    notes += marks_writing.write(store.folder, reports)
    notes += tuple(line for report in reports for line in decisions.notes(report))
    notes += overrides_table.unmerged(store.folder)
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


def _kept(store: Results, before: GradeReport, report: GradeReport) -> GradeReport:
    """Return a report; what a person changed of it is kept with its page."""
    if report != before:
        store.update(report.submission.id, _files(store, report), None)
    return report


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
