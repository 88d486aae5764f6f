"""From verdicts to a report: points, notes, figures, and the versions that it depends on."""

from __future__ import annotations

import functools
import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

import grader
from grader.basics import budget
from grader.judging import catalog, cells
from grader.judging.syntax import PLACE
from grader.kernel import causes
from grader.model import (
    CellRun,
    CheckResult,
    Decision,
    Evidence,
    GradeReport,
    HandIn,
    ManualQuestion,
    Status,
    Submission,
    Verdict,
)
from grader.model.assignment import chosen
from grader.scoring import audience, deciding, rubric, verdict

LIBRARIES = ("torch", "torchvision", "numpy")


def report(
    evidence: Evidence,
    results: tuple[CheckResult, ...],
    rubric_: rubric.Rubric,
    environment: Mapping[str, str],
) -> GradeReport:
    """Return the report: a verdict of ours that broke withholds it, and is never a score."""
    broken = [r for r in results if r.status is Status.BROKEN]
    scored = rubric.score(results, rubric_)
    notes = [*evidence.submission.notes, *evidence.notebook.notes]
    notes += [f"grader fault in {r.id}: {r.message}" for r in broken]
    notes += [f"made to run: {line}" for line in evidence.notebook.transforms]
    notes += _left_out(evidence.notebook.cells, cells.names(evidence.submission.notebook))
    manual, untold = _answered(scored.manual, evidence.submission)
    notes += untold
    graded = GradeReport(
        submission=evidence.submission.without_contents(),
        status="withheld" if broken else "graded",
        score=0.0 if broken else scored.points,
        max_score=scored.max_points,
        isolation=evidence.notebook.isolation,
        questions=() if broken else scored.questions,
        manual=manual,
        checks=scored.checks,
        notes=tuple(notes),
        cells=evidence.notebook.cells,
        figures=chosen().figures(evidence),
        environment=environment,
        verdict=verdict.of(evidence, results),
        reason=f"the grader failed in {broken[0].id}" if broken else "",
    )
    return audience.with_public_points(graded, results, rubric_)


def _answered(
    manual: tuple[ManualQuestion, ...], submission: Submission
) -> tuple[tuple[ManualQuestion, ...], list[str]]:
    """Return questions with what was written to them; a note if that takes too much to read."""
    try:
        read = functools.partial(chosen().written, manual, submission)
        return budget.spend(read, budget.READING), []
    except budget.Exceeded as over:
        return manual, [f"the written answers are not told apart: reading them {over}"]


def _left_out(runs: Iterable[CellRun], names: Mapping[int, str]) -> Iterator[str]:
    """Yield a line for each statement without which its cell was run; it blames nobody."""
    for run in runs:
        cell = names.get(run.index, f"cell {run.index + 1}")
        for left in run.left_out:
            cause = causes.of(left.error)
            reason = f" ({cause.value})" if cause else ""
            line = f"line {left.line}" if left.line else "a statement"
            error = replace(left.error, line="", message=PLACE.sub("", left.error.message))
            yield f"made to run: {cell}, {line} left out: {error}{reason}"


def withheld(
    hand_in: HandIn,
    verdict_: Verdict,
    reason: str,
    rubric_: rubric.Rubric,
    isolation: str,
) -> GradeReport:
    """Return the report of a submission that could not be graded through no fault of its own."""
    message = f"not judged: {reason}"
    unjudged = [CheckResult(id_, Status.SKIPPED, (), message) for id_ in catalog.catalogue()]
    nothing = rubric.score(unjudged, rubric_)
    report_ = GradeReport(
        submission=Submission.unopened(hand_in),
        status="withheld",
        score=0.0,
        max_score=nothing.max_points,
        isolation=isolation,
        manual=nothing.manual,
        checks=nothing.checks,
        verdict=verdict_,
        reason=reason,
    )
    return audience.with_public_points(report_, unjudged, rubric_)


def rescore(
    old: GradeReport,
    results: tuple[CheckResult, ...],
    rubric_: rubric.Rubric,
    decisions: tuple[Decision, ...] = (),
) -> GradeReport:
    """Return a report with the points of a rubric; nothing is run or judged again.

    Args:
        old: whatever its points are.
        results: the grader's verdicts.
        rubric_: what findings cost.
        decisions: of a person, in the place of the grader's; what is not among them is undone.
    """
    before = rubric.score(results, rubric_)
    decided = deciding.points(decisions)
    results = deciding.judged(results, decisions, rubric_)
    scored = rubric.score(results, rubric_, decided)
    withheld_ = old.status == "withheld"
    new = replace(
        old,
        score=0.0 if withheld_ else scored.points,
        max_score=scored.max_points,
        questions=() if withheld_ else scored.questions,
        manual=carried(scored.manual, old.manual),
        checks=scored.checks,
        decisions=() if withheld_ else deciding.compared(decisions, before),
    )
    return audience.with_public_points(new, results, rubric_, decided)


def carried(
    manual: Iterable[ManualQuestion], before: Iterable[ManualQuestion]
) -> tuple[ManualQuestion, ...]:
    """Return questions of another rubric with the answers that were found before."""
    answers = {question.question: question.answer for question in before}
    return tuple(replace(q, answer=answers.get(q.question)) for q in manual)


def environment(device: str, seed: int) -> dict[str, str]:
    """Return the versions and settings that a report depends on."""
    return {
        "grader": grader.__version__,
        "python": platform.python_version(),
        **{name: _version(name) for name in LIBRARIES},
        "device": device,
        "seed": str(seed),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # an interpreter whose packages were put together by hand
        return "unknown"
