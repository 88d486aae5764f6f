"""Reports as a page of Markdown: GitHub shows it, and a notebook's text cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.model import CheckGrade, GradeReport, Status
from grader.reports import wording

LOST = (Status.FAILED, Status.ERROR, Status.SKIPPED)
LARGEST = 1_000_000  # bytes: GitHub refuses a summary of more than a MiB


def summary(reports: Sequence[GradeReport]) -> bytes:
    """Return a page of Markdown: points by question, then what was found."""
    text = "\n".join(line for report in reports for line in _page(report)) + "\n"
    data = text.encode()
    if len(data) <= LARGEST:
        return data
    return data[:LARGEST].decode("utf-8", "ignore").encode() + b"\n```\nand more: see report.html\n"


def _page(report: GradeReport) -> Iterator[str]:
    report = wording.for_students(wording.counted(report))
    yield f"## {_plain(report.submission.id)}: {_plain(wording.headline(report))}\n"
    if report.status != "graded":
        return
    yield "| question | points |\n| --- | ---: |"
    for question in report.questions:
        if question.max_points > 0 or question.points:
            title = _plain(wording.heading(question))
            most = f" of {question.max_points:.2f}" if question.max_points > 0 else ""
            yield f"| {title} | {question.points:.2f}{most} |"
    if manual := wording.manual(report):
        yield f"\n{_plain(manual)}"
    for line in wording.decisions(report):
        yield f"\n{_plain(line)}"
    for check in lost(report):
        points = f", {check.points:.2f} of {check.max_points:.2f}" if check.max_points > 0 else ""
        yield f"\n**{_plain(check.id)}** ({check.status.value}{points})\n"
        yield _fenced(wording.told(check))
    for note in report.notes:
        yield f"\n- {_plain(note)}"


def lost(report: GradeReport) -> list[CheckGrade]:
    """Return the checks that did not pass, without those that wait and cost nothing."""
    return [
        check
        for check in report.checks
        if check.status in LOST
        and not (check.status is Status.SKIPPED and check.points >= check.max_points - 1e-9)
    ]


def _plain(text: str) -> str:
    r"""Return text on one line that Markdown shows as it is.

    >>> _plain("a|b <i> *c*")
    'a\\|b \\<i\\> \\*c\\*'
    """
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&@])", r"\\\1", wording.line(text))


def _fenced(text: str) -> str:
    runs = re.findall(r"`+", text)
    fence = "`" * max(3, *(len(run) + 1 for run in runs), 0)
    return f"{fence}text\n{text}\n{fence}"
