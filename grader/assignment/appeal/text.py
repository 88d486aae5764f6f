"""One verdict as a Python file: what was found as comments, what was asked as runnable lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import grader
from grader.assignment.appeal.case import Case, case
from grader.assignment.appeal.code import code, preamble
from grader.assignment.world.building import build_world, default_world_root
from grader.basics import budget
from grader.basics.exits import BadInput, shown
from grader.basics.unseen import visible
from grader.judging.draws import Draw
from grader.model import CheckGrade, Finding, GradeReport
from grader.reports.verdicts import waiting

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


def file(folder: Path, report: GradeReport, check: CheckGrade) -> str:
    """Return a verdict as a Python file.

    Args:
        folder: of the submission.
        report: of it.
        check: the verdict.

    Raises BadInput where the evidence cannot be read, or costs too much to read.
    """
    try:
        found = budget.spend(
            lambda: _file(case(folder, report, check, build_world(default_world_root()))),
            budget.JUDGING,
        )
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
    if told := waiting(check) or (not check.findings and check.message):
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
