"""The report: written answers are read under a budget, whose end is a note and no fault of ours."""

from grader.assignment.written import questions
from grader.basics import budget
from grader.model import (
    CellRun,
    LeftOut,
    ManualQuestion,
    Outcome,
    StudentError,
    Submission,
    Writeup,
)
from grader.scoring import reporting

ASKED = (ManualQuestion("A2", "Pictures", 0.3),)
HANDED_IN = Submission("x", writeup=Writeup("a2-writeup.pdf", 1, 0, "A2. brown horses"))


def test_written_answers_are_read():
    (question,), notes = reporting._answered(ASKED, HANDED_IN)
    assert question.answer == "[a2-writeup.pdf] brown horses"
    assert notes == []


def test_answers_that_take_too_long_to_read_are_left_to_a_person(monkeypatch):
    def spins(*_):
        while True:
            pass

    monkeypatch.setattr(questions, "answered", spins)
    monkeypatch.setattr(budget, "READING", budget.Limit(1, 1 << 28))
    asked, notes = reporting._answered(ASKED, HANDED_IN)
    assert asked == ASKED
    assert notes == [
        "the written answers are not told apart: reading them needs more than 1 s of processor time"
    ]


def test_answers_go_over_to_another_rubric():
    before = [ManualQuestion("A2", "Pictures", 0.3, "brown"), ManualQuestion("A3", "", 1, "x")]
    after = [ManualQuestion("B3", "Skips", 0.4), ManualQuestion("A2", "Pictures", 1.0)]
    assert reporting.carried(after, before) == (
        ManualQuestion("B3", "Skips", 0.4), ManualQuestion("A2", "Pictures", 1.0, "brown"),
    )  # fmt: skip


def test_what_was_left_out_is_named_without_the_file_that_python_made_up():
    error = StudentError("IndentationError", "expected an indented block (914531167.py, line 37)")
    run = CellRun(16, Outcome.RAISED, error=error, left_out=(LeftOut(37, error),))
    assert list(reporting._left_out([run], {})) == [
        "made to run: cell 17, line 37 left out: IndentationError: expected an indented block"
    ]
