"""What a forger who has solved nothing of Parts A and B earns there: nothing."""

import pytest

from grader.judging import catalog
from grader.model import Evidence, ExecutedNotebook, Status
from grader.proving import solutions
from grader.scoring import rubric
from tests.attacks import forged_convolutions, forged_networks  # noqa: F401 - puts its own on the list
from tests.attacks.forged_networks import FORGERIES

CLAIMED = ("blocks", "uses_myconv2d", "settings", "gradients", "deterministic", "registered")


def judged(forged):
    evidence = Evidence(solutions.ALONE, ExecutedNotebook("none"), forged_networks.replies(forged))
    results = catalog.judge(evidence, solutions.reference())
    assert [r.message for r in results if r.status is Status.BROKEN] == []
    return {result.id: result for result in results}


@pytest.mark.parametrize("forged", FORGERIES, ids=lambda forged: forged.name)
def test_a_forger_who_has_solved_nothing_earns_nothing(forged):
    scored = rubric.score(judged(forged).values(), rubric.load())
    points = {question.id: question.points for question in scored.questions}
    assert {name: points[name] for name in forged.points} == forged.points


def test_refuted_values_are_told_once_in_place_of_every_other_verdict():
    results = judged(FORGERIES[0])
    for part in ("cnn", "unet"):
        names = [*CLAIMED, "skip_connections"] if part == "unet" else CLAIMED
        found = [results[f"{part}.{name}"].findings for name in names]
        assert all(len(findings) == 1 for findings in found)
        assert {f.mistake for findings in found for f in findings} == {"not_followed"}


def test_there_are_enough_forgeries():
    assert len(FORGERIES) >= 15
    assert len({forged.name for forged in FORGERIES}) == len(FORGERIES)
