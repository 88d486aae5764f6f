"""What a mistake cost: the figures of a report add up, to the last hundredth."""

import random
from decimal import Decimal

import pytest

from grader.judging.catalog import catalogue
from grader.model import CheckResult, Cost, Finding, QuestionGrade, Status
from grader.reports import costs
from grader.scoring import rubric

RULES = rubric.load()
NETWORKS = (
    "relu_at_end", "batchnorm_missing", "width_wrong", "skip_added", "skips_missing", "raises",
    "dropout_added", "upsample_after_relu",
)  # fmt: skip


def graded(found):
    """Return the questions of a submission; `found` are the findings of its checks, by id."""
    results = []
    for name in catalogue():
        findings = tuple(found.get(name, ()))
        status = Status.FAILED if findings else Status.PASSED
        lost = set(catalogue()[name].requires) & {
            r.id for r in results if r.status is not Status.PASSED
        }
        status = Status.SKIPPED if lost else status
        results.append(CheckResult(name, status, () if lost else findings))
    return {question.id: question for question in rubric.score(results, RULES).questions}


def wrong(mistake, where=None):
    return Finding("what", "expected", "got", mistake, where)


def together(question):
    return sum(costs.shown(question).values())


def test_one_mistake_takes_its_price():
    question = graded({"cnn.blocks": [wrong("relu_at_end")], "cnn.values": [wrong("relu_at_end")]})[
        "A1"
    ]
    assert costs.shown(question) == {"relu_at_end": Decimal(f"{question.max_points * 0.3:.2f}")}


def test_a_check_without_a_known_mistake_is_named_itself():
    question = graded({"cnn.values": [wrong(None)]})["A1"]
    assert "cnn.values" in costs.shown(question)


def test_more_than_everything_is_not_lost():
    question = graded({"unet.builds": [wrong("raises")], "unet.blocks": [wrong("width_wrong")]})[
        "B1"
    ]
    assert question.points == 0
    assert together(question) == Decimal(f"{question.max_points:.2f}")


def test_a_question_that_counts_only_beside_another_says_so():
    found = graded({f"{part}.builds": [wrong("missing")] for part in ("cnn", "unet")})
    assert set(costs.shown(found["A1-conv"])) == {"needs"}
    assert costs.named("needs").startswith("it counts only beside")


@pytest.mark.parametrize("seed", range(40))
def test_what_is_shown_adds_up(seed):
    rng = random.Random(seed)
    found = {}
    for part in ("cnn", "unet"):
        for name in rng.sample([n for n in catalogue() if n.startswith(f"{part}.")], 4):
            mistakes = rng.choices([*NETWORKS, None], k=rng.randint(1, 3))
            found[name] = [wrong(m, f"block {rng.randint(1, 6)}") for m in mistakes]
    for question in graded(found).values():
        missing = Decimal(f"{question.max_points:.2f}") - Decimal(f"{question.points:.2f}")
        assert together(question) == missing
        assert sum(c.points for c in question.costs) == pytest.approx(
            question.max_points - question.points, abs=2e-6
        )
        assert all(cost > 0 for cost in costs.shown(question).values())


def test_what_rounds_to_nothing_is_in_the_others():
    question = QuestionGrade("A1", "", 0.99, 1.0, (Cost("a", 0.004), Cost("b", 0.006)))
    assert costs.shown(question) == {"b": Decimal("0.01")}


def test_halves_that_are_shown_rounded_add_up():
    question = QuestionGrade("A1", "", 0.005, 0.125, (Cost("a", 0.12),))
    assert costs.shown(question) == {"a": Decimal("0.12") - Decimal(f"{0.005:.2f}")}


def test_a_cost_is_written_with_a_minus():
    assert costs.minus(Decimal("0.24")) == "\u22120.24"


def test_what_a_person_took_is_said_to_be_so():
    results = [CheckResult(name, Status.PASSED) for name in catalogue()]
    questions = rubric.score(results, RULES, {"A1": 0.2}).questions
    question = next(question for question in questions if question.id == "A1")
    assert list(costs.shown(question)) == ["decided"]
    assert together(question) == Decimal(f"{question.max_points:.2f}") - Decimal("0.20")
