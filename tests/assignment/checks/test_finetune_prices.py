"""Part C: what a mistake costs."""

import re
from pathlib import Path

import pytest

from grader.judging.catalog import catalogue
from grader.model import CheckResult, Finding, Status
from grader.scoring import rubric

# What a mistake takes of the automatic points of its question.
SELECTION = {
    "selects_everything": 0.6,
    "selects_whole_classifier": 0.6,
    "selects_weight_only": 0.4,
    "selects_bias_only": 0.4,
    "selects_aux_head": 0.4,
    "selects_nothing": 1.0,
    "selects_names": 1.0,
    "selects_old_layer": 1.0,
    "selects_other_layer": 1.0,
    "missing": 1.0,
    "raises": 1.0,
}
FREEZING = dict.fromkeys(
    ("not_frozen", "partly_frozen", "head_frozen", "freeze_without_effect"), 0.5
)
HEAD = {
    "head_not_replaced": 0.5,
    "head_wrong_index": 0.5,
    "classifier_replaced": 0.5,
    "head_channels": 0.3,
    "head_kernel": 0.3,
    "head_in_channels": 0.3,
    "head_type": 0.35,
    "missing": 1.0,
}
PRICES = [
    *(("finetune.selection", mistake, price) for mistake, price in SELECTION.items()),
    *(("finetune.frozen", mistake, price) for mistake, price in FREEZING.items()),
    *(("finetune.head", mistake, price) for mistake, price in HEAD.items()),
    ("finetune.loop", "loop_changed", 0.3),
    ("finetune.loop", "loop_not_followed", 0.15),
    ("finetune.only_head_moves", "frozen_parameter_moved", 0.45),
    ("finetune.mean_iou", "below_band", 0.25),
]


def verdicts(*failed):
    """Return the verdict of every check where these, with their mistakes, did not pass."""
    found = {check: CheckResult(check, Status.PASSED) for check in catalogue()}
    for check, mistake in failed:
        found[check] = CheckResult(check, Status.FAILED, (Finding("", "", "", mistake),))
    for check, entry in catalogue().items():
        failed = [found[needed] for needed in entry.requires]
        failed = [result for result in failed if result.status is not Status.PASSED]
        made = {f.mistake for result in failed for f in result.findings}
        if failed and not (made and made <= set(entry.tolerates)):
            found[check] = CheckResult(check, Status.SKIPPED)
    return found.values()


def lost(results):
    scored = rubric.score(results, rubric.load())
    return {q.id: 1 - q.points / q.max_points for q in scored.questions if q.points < q.max_points}


@pytest.mark.parametrize(("check", "mistake", "price"), PRICES)
def test_a_mistake_costs_its_price_and_nothing_else(check, mistake, price):
    question = "C1" if check == "finetune.selection" else "C2"
    assert lost(verdicts((check, mistake))) == {question: pytest.approx(price)}


def test_selection_and_freezing_are_paid_for_in_their_own_questions():
    both = verdicts(("finetune.selection", "selects_everything"), ("finetune.frozen", "not_frozen"))
    assert lost(both) == {"C1": pytest.approx(0.6), "C2": pytest.approx(0.5)}


def test_nothing_replaced_and_nothing_frozen_leaves_nothing():
    both = verdicts(("finetune.head", "head_not_replaced"), ("finetune.frozen", "not_frozen"))
    assert lost(both) == {"C2": pytest.approx(1)}


CLAIMS = re.compile(r"\(`(\w+)`\s+for\s+`(\w+)`:\s+([\d.]+)\)")
SECURITY = Path(__file__).parents[3] / "docs" / "security.md"


def test_what_is_believed_without_proof_costs_what_the_page_says_and_less_than_a_tenth():
    question_of = {m: "C1" if c == "finetune.selection" else "C2" for c, m, _ in PRICES}
    automatic = {q.id: q.automatic for q in rubric.load().questions}
    price = {mistake: share * automatic[question_of[mistake]] for _, mistake, share in PRICES}
    claims = CLAIMS.findall(SECURITY.read_text("utf-8"))
    assert len(claims) == 4
    for claimed, made, worth in claims:
        assert float(worth) == pytest.approx(price[made] - price[claimed]), claimed
        assert float(worth) <= (automatic["C1"] + automatic["C2"]) / 10
