"""What came of a submission as a whole: one word for the worst thing that happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.kernel import causes
from grader.model import (
    CellRun,
    CheckResult,
    Evidence,
    Outcome,
    Reply,
    Status,
    StudentError,
    Verdict,
)

# What `grader.kernel.session.execution` calls a death whose cause is known, and the verdict on it.
DEATHS = {
    "MemoryLimit": Verdict.KILLED_MEMORY,
    "OutputFlood": Verdict.KILLED_OUTPUT,
    "ProcessesLimit": Verdict.KILLED_PROCESSES,
    "DiskLimit": Verdict.KILLED_DISK,
}
REFUSED = frozenset({"not_a_notebook"})
WORST_FIRST = (
    Verdict.GRADER_FAILURE,
    Verdict.REFUSED_FILE,
    Verdict.KILLED_MEMORY,
    Verdict.KILLED_OUTPUT,
    Verdict.KILLED_PROCESSES,
    Verdict.KILLED_DISK,
    Verdict.TIMEOUT,
    Verdict.STUDENT_ERROR,
    Verdict.WRONG,
)


def of(evidence: Evidence, results: Iterable[CheckResult]) -> Verdict:
    """Return the verdict on a submission that was graded; a sandbox that failed has none.

    It says what to look at first, and nothing about points: a notebook with every point may still
    hold a cell that raised.
    """
    found = set(_verdicts(evidence, tuple(results)))
    return next((verdict for verdict in WORST_FIRST if verdict in found), Verdict.OK)


def _verdicts(evidence: Evidence, results: tuple[CheckResult, ...]) -> Iterator[Verdict]:
    problem = evidence.submission.problem
    if problem is not None:
        refused = problem.mistake in REFUSED
        yield Verdict.REFUSED_FILE if refused else Verdict.STUDENT_ERROR
    else:  # without a notebook nothing ran
        yield from map(_of_cell, evidence.notebook.cells)
        yield from (_of_reply(evidence.replies.peek(id_)) for id_ in evidence.replies)
    yield from (_of_result(result) for result in results)


def _of_cell(cell: CellRun) -> Verdict:
    return Verdict.OK if causes.of_cell(cell) else _ended(cell.status, cell.error)


def _of_reply(reply: Reply) -> Verdict:
    """A request that raised is judged by the checks; one that killed the kernel shows here."""
    if reply.outcome in (Outcome.RAISED, Outcome.MISSING):
        return Verdict.OK
    return _ended(reply.outcome, reply.error)


def _ended(outcome: Outcome, error: StudentError | None) -> Verdict:
    if outcome is Outcome.OK:
        return Verdict.OK
    if outcome is Outcome.DIED and error is not None:
        return DEATHS.get(error.name, Verdict.STUDENT_ERROR)
    if outcome is Outcome.TIMED_OUT or (error is not None and error.name == "OutOfTime"):
        return Verdict.TIMEOUT
    return Verdict.STUDENT_ERROR


def _of_result(result: CheckResult) -> Verdict:
    if result.status is Status.BROKEN:
        return Verdict.GRADER_FAILURE
    if result.status is Status.ERROR:
        return Verdict.STUDENT_ERROR
    return Verdict.OK if result.status is Status.PASSED else Verdict.WRONG
