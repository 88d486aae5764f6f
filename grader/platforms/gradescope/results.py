"""results.json for Gradescope: one submission, one test a check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from grader.model import CheckGrade, GradeReport, Status
from grader.reports import wording

HIDDEN_NOTE = "Some checks are hidden, and Gradescope then shows no total; your instructor sees it."
SHOWN = (Status.FAILED, Status.ERROR)


def results(report: GradeReport) -> bytes:
    """Return results.json. A withheld report has no score and no tests, only the reason."""
    plain = withheld(report) if report.status != "graded" else graded(report)
    return (json.dumps(plain, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def withheld(report: GradeReport) -> dict[str, Any]:
    """Return what Gradescope gets of a withheld report."""
    return no_score(wording.headline(report), report.isolation)


def no_score(reason: str, isolation: str = "") -> dict[str, Any]:
    """Return results without any score: Gradescope marks the run as failed, a person looks."""
    return {
        "output": f"{reason}\nThis is not a score of 0: nothing was graded.",
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"status": "withheld", "isolation": isolation},
    }


def graded(report: GradeReport) -> dict[str, Any]:
    """Return what Gradescope gets of a graded report."""
    report = wording.counted(report)
    public = wording.for_students(report)
    told = {check.id: check for check in public.checks}
    checks = [
        told.get(check.id, check)
        for check in report.checks
        if check.max_points > 0 or check.points or check.status in SHOWN
    ]
    tests = [_test(check, number) for check, number in zip(checks, _numbers(checks), strict=True)]
    seconds = sum(c.seconds for c in report.cells) + sum(c.seconds for c in report.checks)
    return {
        "score": report.score,
        "execution_time": round(seconds, 2),
        "output": "\n".join(_output(public, hidden=len(told) < len(report.checks))),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {
            "status": report.status,
            "verdict": report.verdict.value,
            "isolation": report.isolation,
            "max_score": report.max_score,
        },
    }


def _output(report: GradeReport, *, hidden: bool) -> Iterator[str]:
    """Yield what every student reads; the total is Gradescope's to show, or not."""
    yield wording.headline(report) + (" (of the checks that are shown)" if hidden else "")
    if manual := wording.manual(report):
        yield manual
    yield from wording.decisions(report)
    if hidden:
        yield HIDDEN_NOTE
    yield from (f"note: {wording.line(note)}" for note in report.notes)


def _numbers(checks: list[CheckGrade]) -> Iterator[str]:
    """Yield "A1.1", "A1.2", ...: the question, and which of its checks."""
    seen: dict[str, int] = {}
    for check in checks:
        seen[check.question] = seen.get(check.question, 0) + 1
        yield f"{check.question}.{seen[check.question]}"


def _test(check: CheckGrade, number: str) -> dict[str, Any]:
    return {
        "name": f"{check.id}: {wording.line(check.title)}",
        "number": number,
        "score": check.points,
        "max_score": check.max_points,
        "status": "passed" if check.status is Status.PASSED else "failed",
        "output": wording.told(check),
        "output_format": "text",
        "tags": [check.question, *map(wording.line, check.mistakes)],
        "visibility": "hidden" if check.visibility == "hidden" else "visible",
    }
