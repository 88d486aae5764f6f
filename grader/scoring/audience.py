"""What a student may see of a report: hidden checks leave no name, no message and no trace.

Whatever the hidden checks found, the points of the others are shown as if all of them had
passed: a mistake is charged once a question, so the plain points would tell what was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grader.model import (
    CheckGrade,
    CheckResult,
    Decision,
    Finding,
    GradeReport,
    Outcome,
    QuestionGrade,
    Status,
    Verdict,
)
from grader.model.assignment import chosen

if TYPE_CHECKING:
    from grader.scoring.rubric import Rubric

STUDENT, INSTRUCTOR = "student", "instructor"
AUDIENCES = (STUDENT, INSTRUCTOR)
HIDDEN = "hidden"
SECRET = ("seed",)  # of the environment: whoever knows it knows what will be asked
ANOTHER = "another check"
DIGITS = 6


class NotScored(ValueError):
    """A report with hidden checks that was scored before their points could be told apart."""


@dataclass(frozen=True)
class View:
    """A report as its reader may see it, and how many points it says nothing about."""

    report: GradeReport
    hidden_points: float = 0.0
    hidden: frozenset[str] = frozenset()  # ids; never shown


def with_public_points(
    report: GradeReport,
    results: Iterable[CheckResult],
    rubric: Rubric,
    decided: Mapping[str, float] | None = None,
) -> GradeReport:
    """Return the report with the points that each check would have, were all hidden ones passed.

    What a person `decided` of a question or of a check that is shown counts there, too.
    To be called wherever a report is scored; without hidden checks the report stays as it is.
    """
    from grader.scoring import rubric as rubrics

    if not any(check.visibility == HIDDEN for check in report.checks):
        return report
    shown = [
        replace(result, status=Status.PASSED, findings=(), message="")
        if rubric.seen_by(result.id) == HIDDEN
        else result
        for result in results
    ]
    hidden = {check.id for check in report.checks if check.visibility == HIDDEN}
    public = {name: points for name, points in (decided or {}).items() if name not in hidden}
    points = {c.id: c.points for c in rubrics.score(shown, rubric, public).checks}
    return replace(
        report, checks=tuple(replace(c, public_points=points[c.id]) for c in report.checks)
    )


def seen_by(report: GradeReport, audience: str) -> View:
    """Return what a reader may see.

    Raises:
        ValueError: an unknown audience.
        NotScored: there are hidden checks, but no `public_points`.
    """
    if audience not in AUDIENCES:
        raise ValueError(f"audience={audience!r} must be one of {', '.join(AUDIENCES)}")
    hidden = frozenset(c.id for c in report.checks if c.visibility == HIDDEN)
    if audience == INSTRUCTOR:
        return View(report)
    return View(_for_student(report, hidden), _points_of(report, hidden), hidden)


def _points_of(report: GradeReport, hidden: frozenset[str]) -> float:
    return round(sum(c.max_points for c in report.checks if c.id in hidden), DIGITS)


def _for_student(report: GradeReport, hidden: frozenset[str]) -> GradeReport:
    environment = {k: v for k, v in report.environment.items() if k not in SECRET}
    decisions = tuple(_decisions(report, hidden))
    if not hidden:
        return replace(report, environment=environment, decisions=decisions)
    checks = tuple(_shown(check, hidden) for check in report.checks if check.id not in hidden)
    questions = tuple(_question(question, checks) for question in report.questions)
    withheld = report.status == "withheld"
    return replace(
        report,
        checks=checks,
        questions=tuple(q for q in questions if q is not None),
        score=0.0 if withheld else _total(c.points for c in checks),
        max_score=_total(c.max_points for c in checks),
        notes=tuple(note for note in report.notes if not _names(note, hidden)),
        reason="the grader itself failed" if _names(report.reason, hidden) else report.reason,
        figures={k: v for k, v in report.figures.items() if not _is_hidden(k, hidden)},
        environment=environment,
        verdict=_verdict(report, checks),
        decisions=decisions,
    )


def _decisions(report: GradeReport, hidden: frozenset[str]) -> Iterator[Decision]:
    """Yield what a person decided about what is shown; who did is for the staff.

    What a question with hidden checks is worth would tell what those are worth, and the points
    before, of it or of a check in it, what they found; so they are left out.
    """
    partly = {check.question for check in report.checks if check.id in hidden}
    within = {check.id for check in report.checks if check.question in partly}
    for decision in report.decisions:
        if decision.what in hidden:
            continue
        told = replace(decision, who="", reason=_scrubbed(decision.reason, hidden))
        if decision.what in partly:
            told = replace(told, points=None, before="")
        elif decision.what in within and not decision.verdict:
            told = replace(told, before="")
        yield told


def _shown(check: CheckGrade, hidden: frozenset[str]) -> CheckGrade:
    if check.public_points is None:
        raise NotScored(f"{check.id}: no points without the hidden checks")
    held_up = check.status is Status.SKIPPED and _names(check.message, hidden)
    return replace(
        check,
        points=check.public_points,
        message="not judged" if held_up else _scrubbed(check.message, hidden),
        expected=_scrubbed(check.expected, hidden),
        actual=_scrubbed(check.actual, hidden),
        why=_scrubbed(check.why, hidden),
        hint=_scrubbed(check.hint, hidden),
        findings=tuple(_finding(finding, hidden) for finding in check.findings),
    )


def _finding(finding: Finding, hidden: frozenset[str]) -> Finding:
    return replace(
        finding,
        what=_scrubbed(finding.what, hidden),
        expected=_scrubbed(finding.expected, hidden),
        actual=_scrubbed(finding.actual, hidden),
        hint=finding.hint and _scrubbed(finding.hint, hidden),
    )


def _question(question: QuestionGrade, checks: Iterable[CheckGrade]) -> QuestionGrade | None:
    """Return a question with the points of its visible checks; None if all are hidden."""
    own = [check for check in checks if check.question == question.id]
    if not own:
        return None
    return replace(
        question,
        points=_total(check.points for check in own),
        max_points=_total(check.max_points for check in own),
        costs=(),  # what each mistake took would tell what the hidden checks found
    )


def _total(values: Iterable[float]) -> float:
    return round(sum(values), DIGITS)


def _names(text: str, hidden: frozenset[str]) -> bool:
    return any(name in text for name in hidden)


def _scrubbed(text: str, hidden: frozenset[str]) -> str:
    """Return a text without the names of hidden checks.

    >>> _scrubbed("a departure that `cnn.blocks` names", frozenset({"cnn.blocks"}))
    'a departure that another check names'
    """
    if not hidden:
        return text
    names = "|".join(map(re.escape, sorted(hidden, reverse=True)))
    return re.sub(rf"`?(?:{names})\b`?", ANOTHER, text)


def _is_hidden(figure: str, hidden: frozenset[str]) -> bool:
    """Return whether a figure, a floor or a band belongs to a hidden check."""
    name = figure.removeprefix("band.")
    return any(
        hidden & {*visual.learned_by} and name.startswith((visual.figure, visual.floor))
        for visual in chosen().visuals
    )


def _verdict(report: GradeReport, checks: Iterable[CheckGrade]) -> Verdict:
    """Return the verdict as the visible checks and the cells give it."""
    if report.verdict not in (Verdict.WRONG, Verdict.STUDENT_ERROR):
        return report.verdict
    statuses = {check.status for check in checks}
    if Status.ERROR in statuses or any(c.status is not Outcome.OK for c in report.cells):
        return Verdict.STUDENT_ERROR
    return Verdict.WRONG if statuses - {Status.PASSED} else Verdict.OK
