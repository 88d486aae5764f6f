"""One word for the worst thing that happened to a submission."""

import pytest

from grader.model import (
    CellRun,
    CheckResult,
    Evidence,
    ExecutedNotebook,
    Outcome,
    Problem,
    Replies,
    Reply,
    Status,
    StudentError,
    Submission,
    Verdict,
)
from grader.scoring import verdict

ALONE = Submission("ann", notebook="{}")
PASSED = CheckResult("cnn.builds", Status.PASSED)
FAILED = CheckResult("cnn.blocks", Status.FAILED)


def of(*results, cells=(), replies=(), submission=ALONE):
    by_id = {reply.id: reply for reply in replies}
    return verdict.of(
        Evidence(submission, ExecutedNotebook("none", tuple(cells)), Replies(by_id)), results
    )


def cell(outcome, name=""):
    return CellRun(0, outcome, 0.0, StudentError(name, "") if name else None)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([], Verdict.OK),
        ([cell(Outcome.OK)], Verdict.OK),
        ([cell(Outcome.RAISED, "ValueError")], Verdict.STUDENT_ERROR),
        ([cell(Outcome.TIMED_OUT, "Timeout")], Verdict.TIMEOUT),
        ([cell(Outcome.SKIPPED, "OutOfTime")], Verdict.TIMEOUT),
        ([cell(Outcome.SKIPPED, "NotRun")], Verdict.STUDENT_ERROR),
        ([cell(Outcome.DIED, "KernelDied")], Verdict.STUDENT_ERROR),
        ([cell(Outcome.DIED, "MemoryLimit")], Verdict.KILLED_MEMORY),
        ([cell(Outcome.DIED, "OutputFlood")], Verdict.KILLED_OUTPUT),
        ([cell(Outcome.DIED, "ProcessesLimit")], Verdict.KILLED_PROCESSES),
        ([cell(Outcome.DIED, "DiskLimit")], Verdict.KILLED_DISK),
    ],
)
def test_how_the_cells_ended(cells, expected):
    assert of(PASSED, cells=cells) is expected


def test_a_student_cannot_name_a_death_by_raising_it():
    """An exception class of the student's may bear any name; only a death is a death."""
    assert of(PASSED, cells=[cell(Outcome.RAISED, "MemoryLimit")]) is Verdict.STUDENT_ERROR


def test_the_worst_counts():
    cells = [cell(Outcome.RAISED, "ValueError"), cell(Outcome.DIED, "OutputFlood")]
    assert of(FAILED, cells=cells) is Verdict.KILLED_OUTPUT


def test_wrong_answers_without_errors():
    assert of(PASSED, FAILED) is Verdict.WRONG
    assert of(PASSED, CheckResult("cnn.values", Status.SKIPPED)) is Verdict.WRONG
    assert of(PASSED, CheckResult("cnn.values", Status.ERROR)) is Verdict.STUDENT_ERROR


def test_a_request_that_raised_is_the_checks_business_one_that_killed_is_not():
    raised = Reply("a", Outcome.RAISED, error=StudentError("ValueError", ""))
    killed = Reply("b", Outcome.DIED, error=StudentError("MemoryLimit", ""))
    assert of(PASSED, replies=[raised]) is Verdict.OK
    assert of(PASSED, replies=[raised, killed]) is Verdict.KILLED_MEMORY


def test_files_that_were_refused_or_missing():
    broken = Submission("ann", problem=Problem("not_a_notebook", "broken JSON"))
    missing = Submission("ann", problem=Problem("notebook_missing", "none"))
    assert of(FAILED, submission=broken) is Verdict.REFUSED_FILE
    assert of(FAILED, submission=missing) is Verdict.STUDENT_ERROR


def test_a_fault_of_ours_is_never_a_verdict_on_the_student():
    broken = CheckResult("cnn.values", Status.BROKEN, message="KeyError")
    found = of(FAILED, broken, cells=[cell(Outcome.DIED, "MemoryLimit")])
    assert found is Verdict.GRADER_FAILURE
    assert found.withheld
    assert [v for v in Verdict if v.withheld] == [Verdict.SANDBOX_FAILURE, Verdict.GRADER_FAILURE]
