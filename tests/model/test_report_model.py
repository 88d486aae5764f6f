"""A forged answer makes no report that cannot be shown: findings and texts are capped."""

from grader.model import Finding, StudentError, capped
from grader.model.report import MOST_FINDINGS, MOST_TEXT


def finding(n, mistake=None, **more):
    return Finding(f"slot {n}", "a gradient", "none", mistake, **more)


def test_a_usual_number_of_findings_stays_as_it_is():
    few = [finding(n) for n in range(MOST_FINDINGS)]
    assert capped(few) == tuple(few)


def test_of_very_many_the_first_are_kept_and_the_others_counted():
    found = capped(finding(n) for n in range(170_000))
    assert len(found) == MOST_FINDINGS + 1
    assert found[:2] == (finding(0), finding(1))
    assert found[-1].actual == f"and {170_000 - MOST_FINDINGS} more"
    assert found[-1].note


def test_each_mistake_and_the_costliest_are_among_those_that_are_kept():
    notes = [finding(n, "batchnorm_settings", note=True) for n in range(500)]
    late = [finding(0, credit=0.9), finding(1), finding(2, "gradient_cut")]
    found = capped([*notes, *late])
    assert len(found) == MOST_FINDINGS + 1
    assert {late[1], late[2], notes[0]} <= set(found)


def test_texts_are_cut():
    found = Finding("w" * 9999, "e", "a" * 9999, where="x" * 9999)
    assert {len(found.what), len(found.actual), len(found.where)} == {MOST_TEXT}
    assert found.actual.endswith("a...")
    assert len(str(StudentError("n" * 9999, "m" * 9999, "l" * 9999))) < 4000
