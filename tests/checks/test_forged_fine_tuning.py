"""What a forger who has solved nothing of Part C earns there."""

import pytest

from grader import catalog, rubric
from grader.model import Evidence, ExecutedNotebook, Status
from grader.proving import solutions
from tests.attacks import forged_fine_tuning
from tests.attacks.forged_fine_tuning import FORGERIES

MOST = 0.15  # of 3.20, of whoever has solved nothing


def points(forged):
    evidence = Evidence(
        solutions.ALONE, ExecutedNotebook("none"), forged_fine_tuning.replies(forged)
    )
    results = catalog.judge(evidence, solutions.reference())
    assert [r.message for r in results if r.status is Status.BROKEN] == []
    scored = rubric.score(results, rubric.load())
    return {question.id: question.points for question in scored.questions}


@pytest.mark.parametrize("forged", FORGERIES, ids=lambda forged: forged.name)
def test_a_forger_who_has_solved_nothing_earns_what_is_written_down(forged):
    found = points(forged)
    assert {name: found[name] for name in forged.points} == pytest.approx(dict(forged.points))
    assert sum(forged.points.values()) <= MOST


def test_there_are_enough_forgeries():
    assert len(FORGERIES) >= 8
    assert len({forged.name for forged in FORGERIES}) == len(FORGERIES)
