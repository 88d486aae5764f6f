"""Two folders of results side by side: whose points changed, where, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import mean

from grader.basics.exits import shown
from grader.batch.record import Record
from grader.model import CheckGrade, Decision, GradeReport
from grader.reports import decided

SAME = 1e-6  # points
UNKNOWN = "files, rubric and versions are alike: another state of the grader"
VERSIONS = ("grader", "python", "torch", "torchvision", "numpy", "device", "seed")


@dataclass(frozen=True)
class Side:
    """One of the folders: its reports by submission, and how it was graded, if it says so."""

    reports: dict[str, GradeReport]
    record: Record | None


def lines(old: Side, new: Side) -> Iterator[str]:
    """Yield a few lines for each submission whose points changed, then a summary."""
    both = sorted(old.reports.keys() & new.reports.keys())
    changed = 0
    for id_ in both:
        before, after = old.reports[id_], new.reports[id_]
        if (why := list(_changes(before, after))) or _points(before) != _points(after):
            changed += 1
            yield f"{shown(id_)}: {_points(before)} -> {_points(after)}"
            yield from (f"  {line}" for line in why)
            reasons = list(_reasons(before, after, old.record, new.record))
            yield f"  because: {'; '.join(reasons) or UNKNOWN}"
    for id_ in sorted(old.reports.keys() ^ new.reports.keys()):
        where = "old" if id_ in old.reports else "new"
        yield f"{shown(id_)}: in the {where} folder alone"
    yield f"{changed} of {len(both)} changed{_means(old, new, both)}"


def _means(old: Side, new: Side, both: Sequence[str]) -> str:
    scored = [i for i in both if {old.reports[i].status, new.reports[i].status} == {"graded"}]
    if not scored:
        return ""
    before, after = (mean(s.reports[i].automatic for i in scored) for s in (old, new))
    return f"; mean of the automatic points {before:.2f} -> {after:.2f}"


def _points(report: GradeReport) -> str:
    if report.status != "graded":
        return "withheld"
    if report.total is not None:
        return f"{report.total:.2f} of {report.total_max:.2f}"
    return f"{report.automatic:.2f} of {report.max_score:.2f}"


def _changes(before: GradeReport, after: GradeReport) -> Iterator[str]:
    """Yield a line for each question whose points changed, with what its checks say now."""
    old = {question.id: question for question in before.questions}
    checks = {check.id: check for check in before.checks}
    for question in after.questions:
        was = old.get(question.id)
        if was is None or (
            abs(was.points - question.points) < SAME
            and abs(was.max_points - question.max_points) < SAME
        ):
            continue
        text = f"{question.id} {was.points:.2f} of {was.max_points:.2f} -> "
        text += f"{question.points:.2f} of {question.max_points:.2f}"
        mine = [check for check in after.checks if check.question == question.id]
        told = [said for check in mine if (said := _check(checks.get(check.id), check))]
        yield f"{text}: {', '.join(told)}" if told else text
    marks = {question.question: question.points for question in before.manual}
    for mark in after.manual:
        if marks.get(mark.question) != mark.points:
            yield f"{mark.question} {_mark(marks.get(mark.question))} -> {_mark(mark.points)}"


def _check(before: CheckGrade | None, after: CheckGrade) -> str:
    """Return what changed of a check's verdict; "" if nothing did."""
    if before is None:
        return f"{after.id} is new ({after.status.value})"
    parts = []
    if before.status is not after.status:
        parts.append(f"{before.status.value} -> {after.status.value}")
    gone = [name for name in before.mistakes if name not in after.mistakes]
    new = [name for name in after.mistakes if name not in before.mistakes]
    parts += [f"no longer {shown(name)}" for name in gone] + [f"now {shown(n)}" for n in new]
    return f"{after.id} {' '.join(parts)}" if parts else ""


def _mark(points: float | None) -> str:
    return "not marked" if points is None else f"{points:.2f}"


def _reasons(
    before: GradeReport, after: GradeReport, old: Record | None, new: Record | None
) -> Iterator[str]:
    """Yield what the folders know of why points changed."""
    if before.status != after.status:
        held = before if before.status != "graded" else after
        yield f"withheld {'before' if held is before else 'now'}: {shown(held.reason)}"
    if before.submission.files != after.submission.files:
        files = {file.name for file in {*before.submission.files} ^ {*after.submission.files}}
        yield f"other files: {', '.join(map(shown, sorted(files)))}"
    if old and new and old.key != new.key:
        same = f"another version of {shown(new.name)}"
        other = f"another rubric ({shown(new.name)}, before {shown(old.name)})"
        yield same if old.name == new.name else other
    for name in VERSIONS:
        versions = before.environment.get(name), after.environment.get(name)
        if versions[0] != versions[1] and None not in versions:
            # the seed is nobody's but the instructor's, and a list of changes is passed on
            yield "another seed" if name == "seed" else f"{name} {versions[0]} -> {versions[1]}"
    was, now = map(_decisions, (before, after))
    yield from (f"decided by a person: {shown(now[d])}" for d in now if d not in was)
    yield from (f"no longer decided: {shown(was[d])}" for d in was if d not in now)
    if [q.points for q in before.manual] != [q.points for q in after.manual]:
        yield "marks of a person"


def _decisions(report: GradeReport) -> dict[Decision, str]:
    """Return decisions in words, by what a person said, whatever the rubric."""
    bare = tuple(replace(d, before="") for d in report.decisions)
    return dict(zip(bare, decided.lines(replace(report, decisions=bare)), strict=True))
