"""A report for a terminal of 80 columns, with colour where the terminal has it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from grader.judging import mistakes
from grader.judging.syntax import NOT_PYTHON
from grader.model import CheckGrade, Finding, GradeReport, Outcome, QuestionGrade, Status
from grader.reports import costs, decided, wording

WIDTH = 80
LABEL = 12
FINDINGS = 4  # shown of each check; the JSON report has them all
COLOURS = {
    Status.PASSED: "32",
    Status.FAILED: "31",
    Status.ERROR: "31",
    Status.SKIPPED: "33",
    Status.BROKEN: "35",
}


def clean(text: str) -> str:
    r"""Return text without anything that a terminal would obey.

    >>> clean("a\x1b[31mb\nc")
    'a\\x1b[31mb c'
    """
    joined = " ".join(text.splitlines())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in joined)


def render(report: GradeReport, *, colour: bool = False) -> str:
    """Return the report as lines of at most 80 columns."""
    lines = [*_head(report), *_questions(report, colour), *_manual(report), *_rest(report)]
    return "\n".join(lines) + "\n"


def _head(report: GradeReport) -> Iterator[str]:
    yield clean(report.submission.id)[:WIDTH]
    yield "=" * min(WIDTH, max(20, len(report.submission.id)))
    if report.status == "withheld":
        yield "WITHHELD: the grader itself failed; a person must look at this submission."
    else:
        yield f"automatic points: {points(report.score)} of {points(report.max_score)}"
        if change := decided.changed(report):
            yield f"{change}: {points(report.automatic)} of {points(report.max_score)}"
    yield f"isolation: {report.isolation}"
    yield ""
    yield from _broken(report)


def _broken(report: GradeReport) -> Iterator[str]:
    """Yield the cells that Python cannot read, first: what they define is not there."""
    found = [
        f for check in report.checks for f in check.findings if f.actual.startswith(NOT_PYTHON)
    ]
    for finding in found[:FINDINGS]:
        text = f"mend first: {clean(finding.what)}: {clean(finding.actual)}"
        yield from textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False)
    if found:
        yield ""


def points(value: float) -> str:
    """Return points as reports show them.

    >>> points(2.0), points(0.125)
    ('2.00', '0.12')
    """
    return f"{value:.2f}"


def _questions(report: GradeReport, colour: bool) -> Iterator[str]:
    for question in report.questions:
        checks = [check for check in report.checks if check.question == question.id]
        if question.max_points or any(check.findings for check in checks):
            title = f"{question.id}  {question.title}"
            score = f"{points(question.points)} / {points(question.max_points)}"
            line = f"{title:<{WIDTH - len(score) - 1}} {score}"
            yield line if question.max_points else title
            yield from _costs(question)
            for check in checks:
                if question.max_points or check.findings:  # without points, only what was found
                    yield from _check(check, colour)
            yield ""


def _costs(question: QuestionGrade) -> Iterator[str]:
    """Yield what took the points that are not there."""
    for of, cost in costs.shown(question).items():
        text = f"{costs.minus(cost)}  {clean(costs.named(of))}"
        yield from textwrap.wrap(
            text, WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 11, break_on_hyphens=False
        )


def _check(check: CheckGrade, colour: bool) -> Iterator[str]:
    status = f"{check.status.value:<8}"
    if colour:
        status = f"\x1b[{COLOURS[check.status]}m{status}\x1b[0m"
    yield f"  {status} {check.id}"
    if check.status in (Status.SKIPPED, Status.BROKEN):
        yield from field("", check.message)
        return
    failed = [f for f in check.findings if not f.note]
    shown = failed or list(check.findings)
    for finding in shown[:FINDINGS]:
        yield from _finding(finding)
    if len(shown) > FINDINGS:
        yield from field("", f"... and {len(shown) - FINDINGS} more like this")
    if failed:
        yield from field("why", check.why)
        yield from field("look for", check.hint)


def _finding(finding: Finding) -> Iterator[str]:
    yield from field("note" if finding.note else "what", finding.what)
    yield from field("expected", finding.expected)
    yield from field("got", finding.actual)
    yield from field("mistake", mistakes.named(finding.mistake))


def field(label: str, text: str) -> Iterator[str]:
    """Yield a label and its text, wrapped with a hanging indent."""
    if not text:
        return
    start = f"      {label:<{LABEL - 3}} "
    yield from textwrap.wrap(
        clean(text),
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_on_hyphens=False,
    )


def _manual(report: GradeReport) -> Iterator[str]:
    yield from textwrap.wrap(clean(wording.manual(report)), WIDTH, subsequent_indent="  ")
    for question in report.manual:
        yield from field(question.question, question.comment)
    for line in wording.decisions(report):
        yield from textwrap.wrap(clean(line), WIDTH, subsequent_indent="  ")
    if report.manual and report.total is not None:
        yield f"total: {points(report.total)} of {points(report.total_max)}"


def _rest(report: GradeReport) -> Iterator[str]:
    ran = sum(cell.status is Outcome.OK for cell in report.cells)
    if report.cells:
        yield f"cells that ran: {ran} of {len(report.cells)}"
    shown = {k: v for k, v in report.figures.items() if not k.startswith("band.")}
    if shown:
        text = ", ".join(f"{name} {value:.3f}" for name, value in shown.items())
        yield from textwrap.wrap(f"figures: {text}", WIDTH, subsequent_indent="  ")
    for note in report.notes:
        yield from textwrap.wrap(f"note: {clean(note)}", WIDTH, subsequent_indent="  ")
