"""Laws 3 and 4: each mutant is caught by what it names, each right variant earns everything."""

from pathlib import Path

import pytest

from grader import cases, rubric, solutions
from grader.model import Status

HERE = Path(__file__).parent
MUTANTS = cases.load(HERE / "mutants")


def caught(results):
    return {r.id for r in results.values() if r.status in (Status.FAILED, Status.ERROR)}


def diagnosed(results):
    found = [f for r in results.values() for f in r.findings if not f.note]
    return {f.mistake for f in found}


@pytest.mark.parametrize("case", MUTANTS, ids=lambda case: case.name)
def test_mutant_is_caught_and_named(case):
    results = solutions.judge(case.names(), case.part)
    broken = [r for r in results.values() if r.status is Status.BROKEN]
    assert not broken
    assert caught(results) == case.caught_by
    assert diagnosed(results) == case.mistakes


def test_reference_earns_every_point():
    results = solutions.judge({})
    assert not [r for r in results.values() if r.status is not Status.PASSED]
    scored = rubric.score(results.values(), rubric.load())
    assert scored.points == scored.max_points
