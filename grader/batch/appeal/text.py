"""One verdict as a Python file: what was found as comments, what was asked as runnable lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import grader
from grader.basics import budget
from grader.basics.exits import BadInput, shown
from grader.basics.nearest import meant
from grader.basics.unseen import visible
from grader.batch.appeal.case import Case, case
from grader.batch.appeal.code import code, preamble
from grader.judging.draws import Draw
from grader.model import CheckGrade, Finding, GradeReport, Status
from grader.reports import decided

WIDTH = 78
LEARN = "training."
HERE = (
    "Run this where the class is defined: behind its cells in the notebook, or in a new notebook "
    "into which they were copied. It needs torch and numpy alone."
)
KNOWN = (
    "Whoever gets this knows these numbers. What the class hands in later is best graded with "
    "another seed, into another folder."
)
ELSEWHERE = {
    "handin": "This verdict was read off the files that were handed in: nothing was asked.",
    "counts": "This verdict was read off the written answers: nothing was asked.",
    "training": (
        "The network was trained by the grader's own loop, on images that it draws, and had to "
        "predict others. That is too long to be typed: `grader grade --only ID` does it again."
    ),
    "finetune": (
        "This was asked of `model` and `train` as the notebook left them. To see the same, run the "
        "notebook to its end, then these lines."
    ),
}
STATE = """\
for name, parameter in model.named_parameters():
    print(name, tuple(parameter.shape), "learns" if parameter.requires_grad else "frozen")
print(model.classifier[-1])
"""


def overview(report: GradeReport) -> str:
    """Return every check of a submission with its points, those that lost some first."""
    bad = (Status.FAILED, Status.ERROR)
    lost = [c for c in report.checks if c.points < c.max_points - 1e-9 or c.status in bad]
    lost.sort(key=lambda check: check.status not in bad)
    kept = [check for check in report.checks if check not in lost]
    lines = [f"{visible(report.submission.id)}: {report.score:.2f} of {report.max_score:.2f}"]
    for check in (*lost, *kept):
        points = f"{check.points:.3f} of {check.max_points:.3f}"
        made = ", ".join(check.mistakes) or _waiting(check)
        lines.append(f"  {check.status.value:<8} {check.id:<26} {points}  {made}".rstrip())
    lines += [f"  decided by a person: {visible(line)}" for line in decided.lines(report)]
    return "\n".join(lines) + "\n"


def _waiting(check: CheckGrade) -> str:
    """Return why a check was not judged, and whether it costs anything; "" if it was."""
    if check.status is not Status.SKIPPED:
        return ""
    free = check.max_points and check.points >= check.max_points - 1e-9
    said = "; it costs nothing"
    return check.message + (said if free and not check.message.endswith(said) else "")


def named(report: GradeReport, check: str) -> CheckGrade:
    """Return one of a report's checks. Raises BadInput with one line if it has no such check."""
    found = next((c for c in report.checks if c.id == check), None)
    if found is None:
        near = meant(check, [c.id for c in report.checks]) or "; `grader checks` lists them"
        raise BadInput(f"no check {shown(check)!r} in the report{near}")
    return found


def file(folder: Path, report: GradeReport, check: CheckGrade, world: Path) -> str:
    """Return a verdict as a Python file.

    Args:
        folder: of the submission.
        report: of it.
        check: the verdict.
        world: the data folder that the reference is asked in.

    Raises BadInput where the evidence cannot be read, or costs too much to read.
    """
    try:
        found = budget.spend(lambda: _file(case(folder, report, check, world)), budget.JUDGING)
    except budget.Exceeded as over:
        raise BadInput(f"{shown(folder)}: to judge it once more {over}") from None
    return found


def _file(found: Case) -> str:
    # The first line: no name of a hand-in can tell Python how to read what is below (PEP 263).
    lines = ["# coding: utf-8", *(line for text in _head(found) for line in _comment(text))]
    body = []
    if found.exchanges:
        draw = Draw(found.seed)
        body = [preamble(found.exchanges)]
        for exchange in found.exchanges:
            body.append(f"# asked: {exchange.request.id}\n{code(exchange, draw)}")
    elif found.check.id.startswith("finetune."):
        body = [STATE]
    return "\n".join(lines) + "\n" + "".join(f"\n\n{part}" for part in body)


def _head(found: Case) -> Iterator[str]:
    """Yield what the verdict is and how to go on, a paragraph each; "" for an empty line."""
    report, check = found.report, found.check
    points = f"{check.points:.3f} of {check.max_points:.3f} points of {check.question}"
    yield f"{report.submission.id}, {check.id}: {check.status.value}, {points}"
    yield check.title
    if check.visibility == "hidden":
        yield "HIDDEN: students are not told of this check."
    graded = report.environment.get("grader", "?")
    if graded != grader.__version__:
        yield f"graded by grader {graded}; this is {grader.__version__}, which may ask otherwise"
    for finding in check.findings:
        yield ""
        yield from _found(finding)
    if told := _waiting(check) or (not check.findings and check.message):
        yield told
    yield ""
    if found.exchanges:
        yield HERE
        yield KNOWN
    else:
        yield ELSEWHERE.get(check.id.partition(".")[0], "Nothing that was asked shows more.")


def _found(finding: Finding) -> Iterator[str]:
    yield f"{'noted' if finding.note else 'what'}: {finding.what}"
    if finding.expected:
        yield f"due: {finding.expected}"
    if finding.actual:
        yield f"came back: {finding.actual}"
    if finding.mistake:
        yield f"mistake: {finding.mistake}"


def _comment(text: str) -> list[str]:
    said = " ".join(visible(text).split())
    return textwrap.wrap(said, WIDTH, initial_indent="# ", subsequent_indent="#   ") or ["#"]
