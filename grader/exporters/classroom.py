"""GitHub Classroom: the `result` of an autograding step, as base64 of JSON.

The console counts tests that passed, Classroom adds up their scores. Both come out the same only
if every test is worth the same, so a question is cut into equal parts, and as many pass as it kept
points: 0.64 of 0.80 are four of five.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.exits import BadInput
from grader.exits import shown as visible
from grader.exporters import wording
from grader.exporters.units import settled
from grader.model import CheckGrade, GradeReport, QuestionGrade, Status

CENT = 100  # parts of a point that scores are rounded to
HELD = 1  # a part that stays lost, or kept, when a question is neither empty nor full
FILE = "a2-cnn.ipynb"


def result(report: GradeReport, question: str | None = None) -> str:
    """Return the step output of a whole submission, or of one question."""
    return encode(payload(report, question))


def encode(value: dict[str, Any]) -> str:
    """Return a payload as the step output `result` holds it."""
    return base64.b64encode(json.dumps(value).encode()).decode()


def questions(report: GradeReport) -> list[str]:
    """Return the questions that have automatic points: a runner each."""
    return [question.id for question in report.questions if question.max_points > 0]


def payload(report: GradeReport, question: str | None = None) -> dict[str, Any]:
    """Return what `result` encodes.

    Raises:
        BadInput: no such question, or one without automatic points.
    """
    if report.status != "graded":
        return error(wording.headline(report), report.max_score)
    chosen = [q for q in report.questions if q.max_points > 0 and question in (None, q.id)]
    if not chosen:
        known = ", ".join(questions(report))
        raise BadInput(f"--question {visible(question)}: no automatic points there; one of {known}")
    every = _cents(report)
    cents = {q.id: every[q.id] for q in chosen}
    part = math.gcd(*(number for pair in cents.values() for number in pair))
    tests = [test for q in chosen for test in _tests(report, q, *cents[q.id], part)]
    return {
        "version": 1,
        "status": "pass" if all(t["status"] == "pass" for t in tests) else "fail",
        "max_score": sum(most for _, most in cents.values()) / CENT,
        "tests": tests,
    }


def error(reason: str, max_score: float) -> dict[str, Any]:
    """Return the payload of a submission without a score: its one test has no score at all."""
    test: dict[str, Any] = {"name": "grader", "status": "error", "message": wording.clean(reason)}
    test |= {"test_code": "", "filename": FILE, "line_no": 0, "duration": 0}
    return {"version": 1, "status": "error", "max_score": max_score, "tests": [test]}


def _cents(report: GradeReport) -> dict[str, tuple[int, int]]:
    """Return the hundredths of each question, kept and at most; all together are the score's."""
    priced = [q for q in report.questions if q.max_points > 0]
    most = {q.id: round(q.max_points * CENT) for q in priced}
    kept = settled({q.id: _kept(q) for q in priced}, most, round(report.score * CENT))
    return {id_: (kept[id_], most[id_]) for id_ in most}


def _kept(question: QuestionGrade) -> int:
    """Return the hundredths that a question kept: full or empty only where that is true."""
    most = round(question.max_points * CENT)
    if question.points <= 0:
        return 0
    if question.points >= question.max_points:
        return most
    return max(min(round(question.points * CENT), most - HELD), min(HELD, most - HELD))


def _tests(
    report: GradeReport, question: QuestionGrade, kept: int, most: int, part: int
) -> Iterator[dict[str, Any]]:
    checks = [check for check in report.checks if check.question == question.id]
    shown = {check.id: check for check in wording.for_students(report).checks}
    message = _message(checks, shown)
    number, passed = most // part, kept // part
    seconds = sum(check.seconds for check in checks)
    for i in range(number):
        name = f"{question.id} {wording.line(question.title)}"
        yield {
            "name": name if number == 1 else f"{name}, part {i + 1} of {number}",
            "status": "pass" if i < passed else "fail",
            "score": part / CENT if i < passed else 0,
            "message": message if i == passed else "",
            "test_code": f"grader explain {checks[0].id}" if checks else "",
            "filename": FILE,
            "line_no": 0,
            "duration": round(1000 * seconds / number),
        }


def _message(checks: Sequence[CheckGrade], shown: Mapping[str, CheckGrade]) -> str:
    """Return what went wrong in a question, once: at its first part that is lost."""
    lost = [check for check in checks if check.status is not Status.PASSED]
    open_ = [shown[check.id] for check in lost if check.id in shown]
    told = [f"{check.id} ({check.status.value})\n{wording.told(check)}" for check in open_]
    return "\n\n".join([*told, *([wording.HIDDEN] if len(open_) < len(lost) else [])])
