"""What a forger who has solved nothing of Part C earns there."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from grader.judging import catalog
from grader.model import Evidence, ExecutedNotebook, Outcome, Replies, Reply, Status
from grader.proving import cases, solutions
from grader.scoring import rubric
from tests.attacks import forged_fine_tuning
from tests.attacks.forged_fine_tuning import FORGERIES

MOST = 0.15  # of 3.20, of whoever has solved nothing


def points(replies):
    evidence = Evidence(solutions.ALONE, ExecutedNotebook("none"), replies)
    results = catalog.judge(evidence, solutions.reference())
    assert [r.message for r in results if r.status is Status.BROKEN] == []
    scored = rubric.score(results, rubric.load())
    return {question.id: question.points for question in scored.questions}


@pytest.mark.parametrize("forged", FORGERIES, ids=lambda forged: forged.name)
def test_a_forger_who_has_solved_nothing_earns_what_is_written_down(forged):
    replies = forged_fine_tuning.replies(forged)
    answered = {id_: replies.peek(id_) for id_ in replies if id_.startswith("finetune.")}
    assert {reply.outcome for reply in answered.values()} == {Outcome.OK}  # none trips over itself
    found = points(replies)
    assert {name: found[name] for name in forged.points} == pytest.approx(dict(forged.points))
    assert sum(forged.points.values()) <= MOST


# What is wrong, and hidden behind what a right network says of itself.
HIDDEN = [
    "selects_everything_no_test", "selects_everything_backbone_too", "selects_whole_classifier",
    "selects_aux_head", "selects_everything_rate_of_zero", "frozen_parameter_moved",
    "backbone_renewed", "loop_changed_squares_of_the_softmax", "loop_changed_softmax_twice",
    "loop_changed_mean_squares", "loop_changed_dice_alone", "loop_changed_no_zero_grad",
    "partly_frozen_aux_head", "partly_frozen_batchnorm", "not_frozen", "selects_weight_only",
    "loop_changed_auxiliary_output", "loop_changed_rate_of_zero",
]  # fmt: skip
MUTANTS = {case.name: case for case in cases.load(Path(__file__).parents[2] / "mutants")}


@pytest.mark.parametrize("name", HIDDEN)
def test_whoever_hides_a_mistake_behind_right_words_gains_a_tenth_at_most(name):
    """The numbers are those of the agent; names, lists and flags are a right network's."""
    honest = solutions.replies(MUTANTS[f"finetune.{name}"].names(), "finetune")
    told = {id_: honest.peek(id_) for id_ in honest.requests}
    for id_ in ("finetune.state", "finetune.train", "finetune.layers", "finetune.step"):
        values = dict(solutions.reference().peek(id_).values)
        if id_ == "finetune.step":  # how the last layer slides, and errors, are right already
            values = {"networks": [{**row, "stirred": []} for row in values["networks"]]}
        told[id_] = replace(told[id_], values=values)
    mine, lied = (
        sum(found[question] for question in forged_fine_tuning.QUESTIONS)
        for found in (points(honest), points(Replies(told, honest.requests)))
    )
    assert mine < 1.2
    assert lied <= mine + 0.12


def test_colours_and_places_in_the_stead_of_a_network_earn_nothing_for_what_it_learns():
    """All else is right: only the flowers are cut out by a histogram of colours."""
    asked = solutions.requests()
    known = {id_: solutions.reference().peek(id_) for id_ in asked}
    for id_, request in asked.items():
        if request.kind == "segment":
            given = {name: torch.from_numpy(array) for name, array in request.arrays.items()}
            values, arrays = forged_fine_tuning.histogram({}, request.params, given)
            found = {name: array.numpy() for name, array in arrays.items()}
            known[id_] = Reply(id_, Outcome.OK, values, found)
    evidence = Evidence(solutions.ALONE, ExecutedNotebook("none"), Replies(known, asked))
    (result,) = (
        r
        for r in catalog.judge(evidence, solutions.reference(), ["finetune.mean_iou"])
        if r.id == "finetune.mean_iou"
    )
    assert [(f.mistake, f.credit) for f in result.findings] == [("below_band", 0)]


def test_there_are_enough_forgeries():
    assert len(FORGERIES) >= 8
    assert len({forged.name for forged in FORGERIES}) == len(FORGERIES)
