"""The words of each mistake: one record each, short, and none that contradicts its check."""

import re
from dataclasses import replace

import pytest

from grader.judging import mistakes
from grader.judging.catalog import catalogue
from grader.judging.unanswered import no_answer
from grader.model import CheckResult, Finding, Outcome, Reply, Status, StudentError
from grader.scoring import rubric
from tests import mistake_gold

KNOWN = mistakes.known()


def test_every_mistake_with_a_price_has_words_and_no_other():
    assert set(KNOWN) == set(rubric.load().prices)


@pytest.mark.parametrize("id_", KNOWN)
def test_a_record_is_a_name_a_reason_and_a_place_to_look(id_):
    record = KNOWN[id_]
    assert record.title[0].isupper()
    assert len(record.title) <= 70
    for text in (record.title, record.why, record.look_for):
        assert text == text.strip()
        assert not text.endswith(".")
        assert text.count("`") % 2 == 0
        assert len(text) <= 110
    assert not re.match(r"(?!BatchNorm)[A-Z]", record.why), "follows `why`: starts in lower case"


def test_two_mistakes_have_two_names():
    assert len({record.title for record in KNOWN.values()}) == len(KNOWN)


def graded(check, *others, **finding):
    results = {id_: CheckResult(id_, Status.PASSED) for id_ in catalogue()}
    found = [Finding("what", "expected", "got", **one) for one in (finding, *others)]
    results[check] = CheckResult(check, Status.FAILED, tuple(found))
    scored = rubric.score(tuple(results.values()), rubric.load())
    return next(c for c in scored.checks if c.id == check)


def test_why_and_look_for_are_of_the_mistake_that_was_made():
    """`cnn.blocks` itself would point at a pooling behind the ReLU."""
    found = graded("cnn.blocks", mistake="relu_at_end")
    assert found.why == f"{KNOWN['relu_at_end'].why}."
    assert found.hint == f"{KNOWN['relu_at_end'].look_for}."
    assert graded("cnn.blocks").hint == catalogue()["cnn.blocks"].usual_cause
    assert graded("cnn.blocks", mistake="raises", hint="x = y").hint == "x = y"


def test_each_mistake_of_a_check_has_its_hint_once():
    others = [
        {"mistake": m} for m in ("skip_missing_block1", "skip_missing_input", "skip_missing_block1")
    ]
    found = graded("unet.skip_connections", *others, mistake="skip_missing_input")
    first, second = (KNOWN[m].look_for for m in ("skip_missing_input", "skip_missing_block1"))
    assert found.hint == f"{first}; {second}"


def test_a_network_that_returns_nothing_is_not_said_to_raise():
    error = StudentError("NothingReturned", "UNet's forward returns nothing")
    found = no_answer(Reply("x", Outcome.RAISED, error=error), None)
    assert found.mistake == "returns_nothing"
    assert KNOWN["returns_nothing"].title == "Its forward returns nothing"
    other = replace(error, name="TypeError")
    assert no_answer(Reply("x", Outcome.RAISED, error=other), None).mistake == "raises"
    prices = rubric.load().prices
    assert prices["returns_nothing"] == prices["raises"]


def test_what_is_read_of_each_mistake_is_recorded():
    assert mistake_gold.written() == mistake_gold.GOLD.read_text("utf-8")
