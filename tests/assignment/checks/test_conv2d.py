"""MyConv2d's mistakes and what the shipped rubric takes away for them."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.judging import catalog
from grader.model import Evidence, ExecutedNotebook, Outcome, Replies, Reply, Submission
from grader.proving import cases
from grader.scoring import rubric
from tests.conv_parts import Asked, fixed, judged, with_search

MUTANTS = Path(__file__).parents[2] / "mutants"
CASES = [case for case in cases.load(MUTANTS) if case.part == "conv2d"]
SHIPPED = rubric.load()
# As shipped, but with points for MyConv2d alone: here nothing else is handed in.
RUBRIC = replace(SHIPPED, questions=tuple(replace(q, needs=()) for q in SHIPPED.questions))

# The share of the question's automatic points that a mistake costs.
PRICES = {
    "bias_ignored": 0.5,
    "bias_not_parameter": 0.5,
    "weight_not_parameter": 0.5,
    "weight_detached": 0.5,
    "input_detached": 0.5,
    "bias_detached": 0.5,
    "padding_ignored": 0.3,
    "padding_default_zero": 0.3,
    "padding_always_same": 0.3,
    "kernel_flipped": 0.3,
    "weight_axes_swapped": 0.5,
    "init_missing": 0.2,
    "init_scale": 0.2,
    "stride_two": 0.3,
    "input_overwritten": 0.3,
    "wrong_dtype": 0.3,
    "fixed_batch": 0.3,
    "missing": 1.0,
    "not_a_module": 1.0,
    "raises": 1.0,
}


def kept(results, rules=RUBRIC):
    """Return the share of the question's points that is kept; other questions do not matter."""
    evidence = Evidence(Submission(id="test"), ExecutedNotebook("none"), Replies({}))
    others = {r.id: r for r in catalog.judge(evidence, Replies({}))}
    scored = rubric.score({**others, **results}.values(), rules)
    question = next(q for q in scored.questions if q.id == "A1-conv")
    return question.points / question.max_points


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_costs_its_price(case):
    ask = Asked(case.make)
    if case.mistakes == {"missing"}:
        ask.agent.namespace.clear()
    results = judged(with_search(ask, fixed(ask)))
    lost = sum(PRICES[mistake] for mistake in case.mistakes)
    assert kept(results) == pytest.approx(max(0.0, 1 - lost))


def test_every_mistake_has_a_mutant():
    assert {mistake for case in CASES for mistake in case.mistakes} == set(PRICES)


def test_every_check_is_failed_by_a_mutant():
    own = {name for name in catalog.catalogue() if name.startswith("conv2d.")}
    assert {name for case in CASES for name in case.caught_by} == own


def test_what_is_handed_out_earns_nothing_alone():
    ask = Asked(next(c.make for c in CASES if c.name == "conv2d.stride_two"))
    results = judged(with_search(ask, fixed(ask)))
    assert kept(results) > 0
    assert kept(results, SHIPPED) == 0


def test_nothing_asked_earns_nothing():
    results = judged(Replies({}))
    assert kept(results) == 0
    assert results["conv2d.runs"].status.value == "error"


def test_a_forged_answer_is_no_right_one():
    ask = Asked(next(c.make for c in CASES if c.name == "conv2d.bias_ignored"))
    replies = fixed(ask)
    forged = {
        id_: Reply(id_, Outcome.OK, {"is_module": True, "registered": 3, "input_changed": "no"})
        for id_ in replies
    }
    results = judged(Replies(forged, replies.requests))
    assert results["conv2d.output_shape"].status.value == "failed"
    assert results["conv2d.values"].status.value == "failed"
