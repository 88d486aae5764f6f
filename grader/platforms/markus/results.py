"""MarkUs: JSON lines of a custom tester, and the body of `add_test_run`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from grader.model import CheckGrade, GradeReport, Status
from grader.reports import wording
from grader.reports.units import Units, units

EVERYBODY, STAFF = "instructors_and_students", "instructors"  # who sees what a test says
TINY = 1e-9  # points
STANDING = (Status.FAILED, Status.ERROR)


def document(report: GradeReport) -> bytes:
    """Return those lines as a file."""
    return ("\n".join(lines(report)) + "\n").encode()


def lines(report: GradeReport) -> Iterator[str]:
    """Yield one JSON object a line, for a custom tester's standard output."""
    yield from map(_line, objects(report))


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value)  # ASCII: no console's encoding can spoil it


def objects(report: GradeReport) -> Iterator[dict[str, Any]]:
    """Yield the objects of those lines: the tests, and a comment on the whole.

    Students see every line, so the hidden checks of a question become one line without words.
    """
    if report.status != "graded":
        yield nothing(wording.headline(report))
        return
    report = wording.spread(_apart(wording.counted(report)))
    found = units(report.checks)
    told = _told(report)
    for check in _priced(report, hidden=False):
        yield _test(check, told[check.id], found, points=True)
    for question, checks in _hidden(report).items():
        yield _hidden_test(question, checks, found)
    yield {"overall_comment": comment(report)}


def _apart(report: GradeReport) -> GradeReport:
    """Return a counted report whose shown checks have the points that students see elsewhere.

    A mistake is charged once a question, so the plain points of a shown check would tell what the
    hidden ones found. These bear the difference, those that failed first, and the sum stays. What
    they cannot bear is the same share of every shown one: then the mark itself tells of it.
    """
    shown = {check.id: check.points for check in wording.for_students(report).checks}
    if len(shown) == len(report.checks):
        return report
    points = {check.id: shown.get(check.id, check.points) for check in report.checks}
    for question in {check.question for check in report.checks}:
        own = [check for check in report.checks if check.question == question]
        off = sum(check.points - points[check.id] for check in own)
        hidden = [check for check in own if check.id not in shown]
        for check in sorted(hidden, key=lambda check: check.status is Status.PASSED):
            before = points[check.id]
            points[check.id] = min(max(before + off, 0.0), check.max_points)
            off -= points[check.id] - before
        rest = sum(points[check.id] for check in own if check.id in shown)
        if rest > 0 and abs(off) > TINY:
            points |= {c.id: points[c.id] * (1 + off / rest) for c in own if c.id in shown}
    checks = tuple(replace(c, points=round(points[c.id], 6)) for c in report.checks)
    return replace(report, checks=checks)


def nothing(reason: str) -> dict[str, Any]:
    """Return the one line of a submission without a score.

    It is no test: MarkUs makes a mark of 0 of any test that earned nothing, an error too, and
    leaves the mark alone only where a run brought no test at all.
    """
    return {"overall_comment": f"{wording.clean(reason)}\nThis is not a score of 0."}


def comment(report: GradeReport) -> str:
    """Return what is said of the whole: points, what a person marks, findings that cost nothing."""
    report = wording.for_students(report)
    parts = [wording.headline(report), wording.manual(report), *wording.decisions(report)]
    parts += [
        f"{check.id}: {wording.line(check.message)}"
        for check in report.checks
        if check.max_points == 0 and check.status in STANDING
    ]
    parts += [f"note: {wording.line(note)}" for note in report.notes]
    parts.append(f"isolation: {report.isolation}")
    return "\n".join(part for part in parts if part)


def _priced(report: GradeReport, *, hidden: bool) -> list[CheckGrade]:
    return [
        check
        for check in report.checks
        if check.max_points > 0 and (check.visibility == "hidden") is hidden
    ]


def _hidden(report: GradeReport) -> dict[str, list[CheckGrade]]:
    questions: dict[str, list[CheckGrade]] = {}
    for check in _priced(report, hidden=True):
        questions.setdefault(check.question, []).append(check)
    return questions


def _told(report: GradeReport) -> dict[str, str]:
    return {check.id: wording.told(check) for check in wording.for_students(report).checks}


def _test(check: CheckGrade, told: str, found: Units, *, points: bool) -> dict[str, Any]:
    return _object(
        check.id if check.id == check.question else f"{check.question} {check.id}",
        told,
        found.earned[check.id],
        found.total[check.id],
        found.scale if points else 1,
        _milliseconds([check]),
        broke=check.status is Status.ERROR,
    )


def _hidden_test(
    question: str, checks: Sequence[CheckGrade], found: Units, *, points: bool = True
) -> dict[str, Any]:
    return _object(
        f"{question} hidden checks",
        wording.HIDDEN,
        sum(found.earned[check.id] for check in checks),
        sum(found.total[check.id] for check in checks),
        found.scale if points else 1,
        _milliseconds(checks),
    )


def _object(
    name: str, output: str, earned: int, total: int, scale: int, time: int, *, broke: bool = False
) -> dict[str, Any]:
    status = "pass" if earned == total else "partial" if earned else "error" if broke else "fail"
    return {
        "name": name,
        "output": output,
        "marks_earned": earned / scale if scale > 1 else earned,
        "marks_total": total / scale if scale > 1 else total,
        "status": status,
        "time": time,
    }


def _milliseconds(checks: Sequence[CheckGrade]) -> int:
    return round(1000 * sum(check.seconds for check in checks))


def body(
    report: GradeReport, *, test_group: int, hidden_test_group: int | None = None
) -> dict[str, Any]:
    """Return the body of `add_test_run` (MarkUs 2.9 and later) for one group.

    MarkUs takes whole marks here and turns their share into the criterion's points, so marks are
    counted in the smallest unit that fits (100 to a point, as shipped). Who sees a test group, and
    which criterion it marks, is set in MarkUs and not by what is sent: hidden checks go to a test
    group of their own, or are one line without words for each question. What is said of the whole
    is a test of no marks, since MarkUs adds an overall comment again with each run. A withheld
    report is a failed run: it says why, and marks nothing.
    """
    if report.status != "graded":
        reason = wording.headline(report)
        return {"test_results": {"status": "failed", "error": reason, "test_groups": []}}
    report = wording.spread(_apart(wording.counted(report)))
    found = units(report.checks)
    groups = [_open_group(report, found, test_group, lines=hidden_test_group is None)]
    if hidden_test_group is not None and (hidden := _priced(report, hidden=True)):
        tests = [_test(check, wording.told(check), found, points=False) for check in hidden]
        groups.append(_group(tests, hidden_test_group, "hidden checks", STAFF, hidden))
    return {"test_results": {"status": "finished", "error": None, "test_groups": groups}}


def _open_group(report: GradeReport, found: Units, id_: int, *, lines: bool) -> dict[str, Any]:
    checks, told = _priced(report, hidden=False), _told(report)
    tests = [_test(check, told[check.id], found, points=False) for check in checks]
    if lines:
        tests += [
            _hidden_test(question, hidden, found, points=False)
            for question, hidden in _hidden(report).items()
        ]
    said = f"{comment(report)}\nmarks: {found.scale} make one point"
    tests.append(_object("summary", said, 0, 0, 1, 0))
    group = _group(tests, id_, "checks", EVERYBODY, checks)
    return group | {"time": group["time"] + _cells(report)}


def _group(
    tests: list[dict[str, Any]], id_: int, name: str, seen_by: str, checks: Sequence[CheckGrade]
) -> dict[str, Any]:
    info = {"name": name, "test_group_id": id_, "display_output": seen_by}
    return {"time": _milliseconds(checks), "extra_info": info, "tests": tests}


def _cells(report: GradeReport) -> int:
    return round(1000 * sum(cell.seconds for cell in report.cells))
