"""Laws 3 and 4: each mutant is caught by what it names, each right variant earns everything."""

import re
from pathlib import Path

import pytest

from grader.model import Status
from grader.proving import cases, solutions
from grader.reports.terminal import WIDTH
from grader.scoring import rubric
from tests import message_gold

HERE = Path(__file__).parents[1]
MUTANTS = cases.load(HERE / "mutants")
RIGHT_VARIANTS = cases.load(HERE / "right_variants")
RAW = re.compile(r"tensor\(|array\(| object at 0x|<class |<function |Parameter containing|\n")
QUESTIONS = {"cnn": "A1", "unet": "B1"}


def caught(results):
    return {r.id for r in results.values() if r.status in (Status.FAILED, Status.ERROR)}


def diagnosed(results):
    found = [f for r in results.values() for f in r.findings if not f.note]
    return {f.mistake for f in found}


def share_lost(results, question):
    scored = rubric.score(results.values(), rubric.load())
    (grade,) = (q for q in scored.questions if q.id == question)
    return 1 - grade.points / grade.max_points


def fair(mistakes):
    """Return the least and the most that priced mistakes may cost together."""
    prices = [rubric.load().prices[mistake] for mistake in mistakes]
    return min(1, sum(p.each for p in prices)), min(1, sum(p.most for p in prices))


def read(case, results):
    """Every message is complete, fits a terminal, holds no object of Python's, and is recorded."""
    for finding in (f for r in results.values() for f in r.findings):
        for text in (finding.what, finding.expected, finding.actual):
            assert text.strip()
            assert not RAW.search(text)
    lines = message_gold.own(case, results)
    assert all(len(line) <= WIDTH for line in lines)
    assert lines == message_gold.recorded(case.part).get(case.name, [])


@pytest.mark.parametrize("case", MUTANTS, ids=lambda case: case.name)
def test_mutant_is_caught_and_named(case):
    results = solutions.judge(case.names(), case.part)
    read(case, results)
    broken = [r for r in results.values() if r.status is Status.BROKEN]
    assert not broken
    assert caught(results) == case.caught_by
    assert diagnosed(results) == case.mistakes
    if case.part in QUESTIONS and case.mistakes <= set(rubric.load().prices):
        low, high = fair(case.mistakes)
        assert low - 1e-6 <= share_lost(results, QUESTIONS[case.part]) <= high + 1e-6


@pytest.mark.parametrize("case", RIGHT_VARIANTS, ids=lambda case: case.name)
def test_right_variant_earns_every_point(case):
    results = solutions.judge(case.names(), case.part)
    read(case, results)
    assert not [r for r in results.values() if r.status is not Status.PASSED]
    scored = rubric.score(results.values(), rubric.load())
    assert scored.points == scored.max_points
    noted = [f for r in results.values() if r.id.startswith(f"{case.part}.") for f in r.findings]
    assert {f.mistake for f in noted} - {None} == case.mistakes


def test_reference_earns_every_point():
    results = solutions.judge({})
    assert not [r for r in results.values() if r.status is not Status.PASSED]
    scored = rubric.score(results.values(), rubric.load())
    assert scored.points == scored.max_points
