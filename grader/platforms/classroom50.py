"""Classroom 50: `result.json` as its `autograder.py` hands it to the runner.

The schema is `schemas/result-v1.schema.json` of foundation50/classroom50. Scores are whole numbers
there, so a point is a hundred; a question is a test.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from grader.basics.exits import BadInput
from grader.model import CheckGrade, GradeReport, QuestionGrade, Status
from grader.platforms.common.nouns import Each, Platform
from grader.reports import wording
from grader.reports.units import settled

SCHEMA = "classroom50/result/v1"
CENT = 100  # parts of a point
HELD = 1  # a part that stays lost, or kept, when a question is neither empty nor full
# What the runner tells an autograder of the submission, by the field that repeats it.
TOLD = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
}


def result(report: GradeReport, environment: Mapping[str, str]) -> bytes:
    """Return result.json; a withheld report has no tests and nothing to earn.

    Owner, kind of assignment and times are left to the runner, which sets them itself.

    Raises:
        BadInput: the environment is not that of Classroom 50's runner.
    """
    missing = [name for name in TOLD.values() if not environment.get(name)]
    if missing:
        raise BadInput(
            f"--to classroom50: {', '.join(missing)} not set; Classroom 50's runner sets them for "
            "the autograder that calls this"
        )
    report = wording.spread(wording.counted(report))
    known = {field: environment[name] for field, name in TOLD.items()}
    known["review"] = environment.get("REVIEW_URL") or known["commit"]
    tests = _tests(report) if report.status == "graded" else []
    whole: dict[str, Any] = {"schema": SCHEMA, **known, "tests": tests}
    whole |= {name: sum(test[name] for test in tests) for name in ("score", "max-score")}
    return (json.dumps(whole, indent=2) + "\n").encode()


def _tests(report: GradeReport) -> list[dict[str, Any]]:
    shown = {check.id: check for check in wording.for_students(report).checks}
    return [
        {
            "test-name": f"{question.id} {wording.line(question.title)}",
            "passed": kept == most,
            "score": kept,
            "max-score": most,
            "output": _message([c for c in report.checks if c.question == question.id], shown),
        }
        for question, kept, most in _cents(report)
    ]


def _cents(report: GradeReport) -> list[tuple[QuestionGrade, int, int]]:
    """Return each question with its hundredths, kept and at most; together they are the score."""
    priced = [question for question in report.questions if question.max_points > 0]
    most = {q.id: round(q.max_points * CENT) for q in priced}
    kept = settled({q.id: _kept(q) for q in priced}, most, round(report.score * CENT))
    return [(q, kept[q.id], most[q.id]) for q in priced]


def _kept(question: QuestionGrade) -> int:
    """Return the hundredths that a question kept: full or empty only where that is true."""
    most = round(question.max_points * CENT)
    if question.points <= 0:
        return 0
    if question.points >= question.max_points:
        return most
    return max(min(round(question.points * CENT), most - HELD), min(HELD, most - HELD))


def _message(checks: Sequence[CheckGrade], shown: Mapping[str, CheckGrade]) -> str:
    """Return what went wrong in a question; of hidden checks only that there are some."""
    lost = [check for check in checks if check.status is not Status.PASSED]
    open_ = [shown[check.id] for check in lost if check.id in shown]
    told = [f"{check.id} ({check.status.value})\n{wording.told(check)}" for check in open_]
    return "\n\n".join([*told, *([wording.HIDDEN] if len(open_) < len(lost) else [])])


PLATFORM = Platform("Classroom 50", Each("result.json", lambda report: result(report, os.environ)))
