"""What a platform shows of one check, as plain text: the words of the report, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.basics.exits import BadInput, shown
from grader.basics.unseen import visible
from grader.judging import mistakes
from grader.model import (
    CheckGrade,
    Finding,
    GradeReport,
    ManualQuestion,
    QuestionGrade,
    Status,
)
from grader.reports import decided
from grader.scoring import audience

FINDINGS = 4  # shown of each check; the report has them all
LONGEST = 4000  # characters of one check's text
WITHHELD = "not graded: a person must look at this submission"
CHANGE = "bonus and deduction"
HIDDEN = "the grader's hidden checks; what they look at is not shown"


def for_students(report: GradeReport) -> GradeReport:
    """Return the report as a student may see it.

    Raises:
        BadInput: it holds hidden checks, and was scored before they could be told apart.
    """
    try:
        return audience.seen_by(report, audience.STUDENT).report
    except audience.NotScored as error:
        raise BadInput(
            f"{shown(report.submission.id)}: {error}; run `grader rescore` on the folder first"
        ) from None


def counted(report: GradeReport) -> GradeReport:
    """Return the report with all that a person gave among its points.

    Marks are checks, once every question has one; bonus and deduction are one of no most points.
    """
    if report.total is not None and report.manual:
        report = _with_marks(report)
    change = round(report.automatic - report.score, 6)
    if report.status != "graded" or not change:
        return report
    title = "Bonus and deduction"
    status = Status.PASSED if change > 0 else Status.FAILED
    lines = [decided.in_words(replace(d, who=""), {}) for d in report.decisions if d.change]
    mark = _mark(ManualQuestion(CHANGE, title, 0.0, None, change, "; ".join(lines)))
    check = replace(mark, status=status)
    return replace(
        report,
        checks=(*report.checks, check),
        questions=(*report.questions, QuestionGrade(CHANGE, title, change, 0.0)),
        score=report.automatic,
        decisions=tuple(d for d in report.decisions if not d.change),
        notes=(*report.notes, *(f"decided by a person: {text}" for text in lines)),
    )


def spread(report: GradeReport) -> GradeReport:
    """Return a counted report with bonus and deduction spread over its questions and checks.

    For platforms that take no points below 0 and none beyond the most. What a bonus fills up was
    lost, in proportion; a deduction takes the same share of everything.
    """
    change = sum(check.points for check in report.checks if check.id == CHANGE)
    if not change:
        return report
    before = report.score - change
    share = change / (report.max_score - before if change > 0 else before)

    def moved(points: float, most: float) -> float:
        return round(points + share * (most - points if change > 0 else points), 6)

    return replace(
        report,
        checks=tuple(
            replace(c, points=moved(c.points, c.max_points))
            for c in report.checks
            if c.id != CHANGE
        ),
        questions=tuple(
            replace(q, points=moved(q.points, q.max_points))
            for q in report.questions
            if q.id != CHANGE
        ),
    )


def _with_marks(report: GradeReport) -> GradeReport:
    score = sum(question.points or 0.0 for question in report.manual) + report.score
    return replace(
        report,
        checks=(*report.checks, *map(_mark, report.manual)),
        questions=(
            *report.questions,
            *(
                QuestionGrade(q.question, q.title, q.points or 0, q.max_points)
                for q in report.manual
            ),
        ),
        score=round(score, 6),
        max_score=report.total_max,
        manual=(),
    )


def _mark(question: ManualQuestion) -> CheckGrade:
    """Return a mark as the check that it is for a platform."""
    points = question.points or 0.0
    said = (Finding(question.comment, "", "", note=True),) if question.comment else ()
    return CheckGrade(
        id=question.question,
        question=question.question,
        status=Status.PASSED if points >= question.max_points else Status.FAILED,
        points=points,
        max_points=question.max_points,
        visibility="public",
        title=question.title,
        mistakes=(),
        message="marked by a person",
        expected="",
        actual="",
        why="",
        hint="",
        seconds=0.0,
        findings=said,
        public_points=points,
    )


def clean(text: str) -> str:
    r"""Return text as any platform may show it: nothing unseen, nothing that XML cannot hold.

    >>> clean("a\x1b[31mb\tc\nd\ud800\uffff\u202e")
    'a\\x1b[31mb\tc\nd\\ud800\\uffff\\u202e'
    """
    return visible(text)


def line(text: str) -> str:
    """Return text on one line."""
    return " ".join(clean(text).split())


def told(check: CheckGrade) -> str:
    """Return what a student is told of a check, in the order of a report; "" if it passed."""
    text = "\n".join(_told(check))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _told(check: CheckGrade) -> Iterator[str]:
    if check.status in (Status.SKIPPED, Status.BROKEN):
        yield line(check.message)
        return
    failed = [f for f in check.findings if not f.note]
    listed = failed or list(check.findings)
    if not listed and check.status is not Status.PASSED:
        yield line(check.message)
    for finding in listed[:FINDINGS]:
        yield from _finding(finding)
    if len(listed) > FINDINGS:
        yield f"... and {len(listed) - FINDINGS} more like this"
    if failed:
        yield from _field("why", check.why)
        yield from _field("look for", check.hint)


def _finding(finding: Finding) -> Iterator[str]:
    yield from _field("note" if finding.note else "what", finding.what)
    yield from _field("expected", finding.expected)
    yield from _field("got", finding.actual)
    yield from _field("mistake", mistakes.named(finding.mistake))


def _field(label: str, text: str) -> Iterator[str]:
    if text:
        yield f"{label}: {line(text)}"


def headline(report: GradeReport) -> str:
    """Return one line on the whole submission: the points, or why there are none."""
    if report.status != "graded":
        return f"{WITHHELD} ({line(report.reason) or 'the grader itself failed'})"
    kind = "automatic points" if report.manual else "points"
    return f"{kind}: {report.score:.2f} of {report.max_score:.2f}"


def heading(question: QuestionGrade) -> str:
    """Return a question as a heading: its number and its title, or the title that says both."""
    same = question.id.replace("-", " ").casefold() in question.title.replace("-", " ").casefold()
    return question.title if same else f"{question.id} {question.title}".strip()


def decisions(report: GradeReport) -> list[str]:
    """Return a line for each decision of a person, as its reader may see it."""
    return [f"decided by a person: {line(text)}" for text in decided.lines(report)]


def manual(report: GradeReport) -> str:
    """Return one line on what a person marks; "" if nothing is."""
    if not report.manual:
        return ""
    if all(question.points is None for question in report.manual):
        names = ", ".join(question.question for question in report.manual)
        points = sum(question.max_points for question in report.manual)
        return f"marked by a person: {names} ({points:.2f} points)"
    return f"marked by a person: {', '.join(map(_given, report.manual))}"


def _given(question: ManualQuestion) -> str:
    points = "not yet" if question.points is None else f"{question.points:.2f}"
    return f"{question.question} {points} of {question.max_points:.2f}"
