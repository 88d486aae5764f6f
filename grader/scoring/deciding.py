"""What a person decided, put in the place of what the grader found. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from grader.judging.catalog import catalogue, met
from grader.model import CheckResult, Decision, Finding, Status
from grader.scoring.rubric import Rubric, Score

PASSED, FAILED = VERDICTS = ("passed", "failed")
LOST = (Status.FAILED, Status.ERROR)
WAITED = re.compile(r"not judged: (\S+) did not pass\Z")


def points(decisions: Iterable[Decision]) -> dict[str, float]:
    """Return the points that were given to questions and checks, by their names."""
    return {d.what: d.points for d in decisions if d.points is not None and not d.change}


def judged(
    results: Sequence[CheckResult], decisions: Iterable[Decision], rubric: Rubric
) -> tuple[CheckResult, ...]:
    """Return verdicts with those that a person gave.

    What a check found that passes by a decision is no mistake: it costs nothing in the other
    checks of the question either, and one that found nothing else has passed, too. What waited
    for such a check, and for no other, waits no more.
    """
    given = {d.what: d for d in decisions if d.verdict}
    by_id = {result.id: result for result in results}
    forgiven = {
        name: {
            finding.mistake
            for check in question.checks
            if check in given and given[check].verdict == PASSED
            for finding in by_id[check].findings
        }
        for question in rubric.questions
        for name in question.checks
    }
    decided = {
        result.id: _decided(result, given[result.id])
        if result.id in given
        else _without(result, forgiven.get(result.id, set()))
        for result in results
    }
    return tuple(
        _freed(result) if _held(result, by_id) and not _held(result, decided) else result
        for result in decided.values()
    )


def _held(result: CheckResult, results: Mapping[str, CheckResult]) -> bool:
    """Return whether a check was not judged because another one, far or near, did not pass."""
    if result.status is not Status.SKIPPED:
        return False
    entry = catalogue()[result.id]
    needed = [results[name] for name in entry.requires]
    return any(
        _held(other, results) if other.status is Status.SKIPPED else not met(other, entry.tolerates)
        for other in needed
    )


def _freed(result: CheckResult) -> CheckResult:
    """Return a check that was not judged with why, now that what it waited for has passed."""
    waited = WAITED.match(result.message)
    cause = f", for it waited for {waited[1]}" if waited else ""
    return replace(result, message=f"not judged{cause}; it costs nothing")


def _decided(result: CheckResult, decision: Decision) -> CheckResult:
    """Return a verdict as a person gave it, with the reason where something is lost by it."""
    if decision.verdict == PASSED:
        return replace(result, status=Status.PASSED, findings=(), message="")
    told = Finding("this check", "passed", f"a person decided otherwise: {decision.reason}")
    return replace(result, status=Status.FAILED, findings=(told,), message="")


def _without(result: CheckResult, forgiven: set[str | None]) -> CheckResult:
    """Return a verdict without mistakes that are none."""
    kept = tuple(f for f in result.findings if f.mistake is None or f.mistake not in forgiven)
    if result.status not in LOST or kept == result.findings:
        return result
    if any(not finding.note for finding in kept):
        return replace(result, findings=kept)
    return replace(result, status=Status.PASSED, findings=kept)


def compared(decisions: Iterable[Decision], before: Score) -> tuple[Decision, ...]:
    """Return decisions with what the grader had come to."""
    questions = {q.id: f"{q.points:.2f}" for q in before.questions}
    checks = {c.id: (c.status.value, f"{c.points:.2f}") for c in before.checks}

    def was(decision: Decision) -> str:
        if decision.what in checks:
            return checks[decision.what][0 if decision.verdict else 1]
        return questions.get(decision.what, "")

    return tuple(replace(decision, before=was(decision)) for decision in decisions)
