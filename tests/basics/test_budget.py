"""Work under a budget: its result, or in words how it ended."""

import ctypes
import os
import re
import signal
import time
import types

import psutil
import pytest

from grader.assignment.world import notebook_needs
from grader.assignment.world.needs import ALL
from grader.basics import budget
from grader.handin import notebook_file, submissions
from grader.judging import catalog
from grader.model import (
    Evidence,
    ExecutedNotebook,
    HandIn,
    Problem,
    Replies,
    Status,
    Submission,
)

SMALL = budget.Limit(1, 256 << 20)


def for_ever():
    while True:
        pass


def deep(n=0):
    return deep(n + 1)


def growing():
    kept = []
    while True:
        kept.append("x" * 10_000)


def a_fault_of_a_library():
    ctypes.string_at(0)


ENDINGS = (
    (for_ever, "needs more than 1 s of processor time"),
    (lambda: re.match(r"(a|a)*b", "a" * 60), "needs more than 1 s of processor time"),
    (lambda: 7 ** (10**8), "needs more than 1 s of processor time"),
    (lambda: bytearray(1 << 30), "needs more than 256 MiB of memory"),
    (growing, "needs more than 256 MiB of memory"),
    (deep, "is nested too deeply to be followed"),
    (a_fault_of_a_library, "ends the program that reads it (SIGSEGV)"),
    (os.abort, "ends the program that reads it (SIGABRT)"),
)


@pytest.mark.parametrize(("work", "told"), ENDINGS, ids=range(len(ENDINGS)))
def test_an_end_is_told_in_words(work, told):
    with pytest.raises(budget.Exceeded) as over:
        budget.spend(work, SMALL)
    assert str(over.value) == told


def test_what_work_returns_and_raises_comes_back():
    assert budget.spend(lambda: {"a": [1, 2.5, None]}, SMALL) == {"a": [1, 2.5, None]}
    with pytest.raises(ZeroDivisionError, match="by zero") as error:
        budget.spend(lambda: 1 // 0, SMALL)
    assert "lambda" in str(error.value.__cause__)  # where it happened, for our own log


def test_an_exception_that_cannot_be_sent_is_told():
    class Own(Exception):
        pass

    def fails():
        raise Own("x")

    with pytest.raises(RuntimeError, match="Own: x"):
        budget.spend(fails, SMALL)


def test_results_before_the_end_count():
    def work():
        yield 1
        yield 2
        for_ever()

    flow = budget.stream(work, SMALL)
    assert [next(flow), next(flow)] == [1, 2]
    with pytest.raises(budget.Exceeded):
        next(flow)


def test_each_result_has_its_seconds_and_all_have_a_total():
    def work():
        for number in range(4):
            end = time.process_time() + 0.4
            while time.process_time() < end:
                pass
            yield number

    assert list(budget.stream(work, budget.Limit(1, 256 << 20))) == [0, 1, 2, 3]
    with pytest.raises(budget.Exceeded):
        list(budget.stream(work, budget.Limit(1, 256 << 20, total=1)))


def test_a_child_that_was_killed_is_nobodys_verdict():
    with pytest.raises(ChildProcessError):
        budget.spend(lambda: os.kill(os.getpid(), signal.SIGKILL), SMALL)


def test_nothing_is_left_of_a_stream_that_is_not_read_to_its_end():
    before = psutil.Process().children()
    flow = budget.stream(lambda: iter(range(100)), SMALL)
    assert next(flow) == 0
    assert len(psutil.Process().children()) == len(before) + 1
    flow.close()
    assert psutil.Process().children() == before


def test_work_may_put_questions_which_are_answered_here():
    def work(put):
        yield put(2) + put(3)
        yield os.getpid()

    asked = []

    def answer(question):
        asked.append((question, os.getpid()))
        return 10 * question

    total, child = budget.converse(work, answer, SMALL)
    assert total == 50
    assert asked == [(2, os.getpid()), (3, os.getpid())]
    assert child != os.getpid()


def test_what_an_answer_raises_ends_the_work():
    def answer(question):
        raise ZeroDivisionError

    before = psutil.Process().children()
    with pytest.raises(ZeroDivisionError):
        list(budget.converse(lambda put: [put(1)], answer, SMALL))
    assert psutil.Process().children() == before


# Opening, and searching


def test_a_hand_in_that_takes_too_much_to_open_is_refused_with_the_reason(monkeypatch):
    monkeypatch.setattr(notebook_file, "parse", lambda *_: for_ever())
    found = submissions.parse(HandIn("ada", {"a2-cnn.ipynb": b"{}"}, late=True), SMALL)
    assert found.problem == Problem(
        "not_a_notebook",
        "ada: opening it needs more than 1 s of processor time; hand in a2-cnn.ipynb as Jupyter "
        "saves it",
    )
    assert (found.files[0].name, found.late, found.notebook) == ("a2-cnn.ipynb", True, None)


def test_more_code_than_any_notebook_has_gets_all_the_data():
    started = time.process_time()
    assert notebook_needs.needs_of(["x = [" + "1, " * 300_000 + "]"] * 60) == ALL
    assert time.process_time() - started < 10
    assert notebook_needs.needs_of(["x = 1"]) != ALL


def test_a_search_without_end_leaves_what_it_had_found(monkeypatch):
    def search(ask, replies):
        yield "first", ask("a question")
        for_ever()

    module = types.SimpleNamespace(search=search, calls_for_search=lambda _: True)
    monkeypatch.setattr(catalog, "_of", lambda _: [module])
    found = list(catalog.explore(str.upper, Replies({}), limit=SMALL))
    assert found == [("first", "A QUESTION")]


# Judging


def checks(**functions):
    """A catalogue of these checks."""
    entries = {f"x.{n}": catalog.Check(f"x.{n}", f, (), "", "", "") for n, f in functions.items()}
    entries["x.rests"] = catalog.Check("x.rests", passes, ("x.b",), "", "", "")
    return entries


def passes(student, reference):
    yield from ()


def hangs(student, reference):
    for_ever()


def nests(student, reference):
    deep()


NOTHING = Evidence(Submission("s"), ExecutedNotebook("none"), Replies({}))


def judged(monkeypatch, **functions):
    monkeypatch.setattr(catalog, "catalogue", lambda: checks(**functions))
    results = catalog.judge(NOTHING, Replies({}), limit=SMALL)
    return {r.id: (r.status, [f.actual for f in r.findings], r.message) for r in results}


TOO_SLOW = (Status.ERROR, ["judging it needs more than 1 s of processor time"], "")
PASSED = (Status.PASSED, [], "")


def test_a_check_that_finds_no_end_is_an_error_of_the_submission_and_the_others_are_judged(
    monkeypatch,
):
    assert judged(monkeypatch, a=passes, b=hangs, c=nests, d=passes) == {
        "x.a": PASSED,
        "x.b": TOO_SLOW,
        "x.c": (Status.ERROR, ["judging it is nested too deeply to be followed"], ""),
        "x.d": PASSED,
        "x.rests": (Status.SKIPPED, [], "not judged: x.b did not pass"),
    }


def test_judging_ends_where_check_after_check_finds_none(monkeypatch):
    found = judged(monkeypatch, a=hangs, b=hangs, c=hangs, d=passes)
    assert found["x.d"] == found["x.c"] == TOO_SLOW
