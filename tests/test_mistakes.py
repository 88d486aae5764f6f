"""The words of each mistake: one record each, short, and none that contradicts its check."""

import re

import pytest

from grader import mistakes, rubric
from grader.catalog import catalogue
from grader.model import CheckResult, Finding, Status
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


def graded(check, **finding):
    results = {id_: CheckResult(id_, Status.PASSED) for id_ in catalogue()}
    found = Finding("what", "expected", "got", **finding)
    results[check] = CheckResult(check, Status.FAILED, (found,))
    scored = rubric.score(tuple(results.values()), rubric.load())
    return next(c for c in scored.checks if c.id == check)


def test_why_and_look_for_are_of_the_mistake_that_was_made():
    """`cnn.blocks` itself would point at a pooling behind the ReLU."""
    found = graded("cnn.blocks", mistake="relu_at_end")
    assert found.why == f"{KNOWN['relu_at_end'].why}."
    assert found.hint == f"{KNOWN['relu_at_end'].look_for}."
    assert graded("cnn.blocks").hint == catalogue()["cnn.blocks"].usual_cause
    assert graded("cnn.blocks", mistake="raises", hint="x = y").hint == "x = y"


def test_what_is_read_of_each_mistake_is_recorded():
    assert mistake_gold.written() == mistake_gold.GOLD.read_text("utf-8")
