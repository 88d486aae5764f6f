"""What is said of an answer to question A3."""

import functools
import json

import pytest
from hand_ins import ANSWERS, code

from grader.assignment import right
from grader.assignment.checks import counts
from grader.assignment.written.polynomial import Polynomial
from grader.model import Evidence, ExecutedNotebook, Outcome, Replies, Reply, Submission, Writeup
from reference.convention import all_conventions
from reference.counts import polynomials


@functools.cache
def reference():
    values = {"conventions": right.conventions()}
    return Replies({counts.KEY: Reply(counts.KEY, Outcome.OK, values)})


CHECKS = (counts.readable, counts.weights, counts.outputs, counts.connections)
CHECKS += (counts.doubled, counts.convention)


def judged(answers, *checks):
    submission = Submission("x", writeup=Writeup("a2-writeup.pdf", 1, 0, answers))
    evidence = Evidence(submission, ExecutedNotebook("none"), Replies({}))
    return [finding for check in checks or CHECKS for finding in check(evidence, reference())]


def said(answers):
    return [(f.mistake, f.expected, f.actual) for f in judged(answers) if not f.note]


def noted(answers):
    return [f.actual for f in judged(answers) if f.note]


def test_every_convention_is_recognised():
    known = counts.conventions(reference())
    assert len(known) == 207
    for convention in known:
        answers = "".join(
            f"{'doubled ' if scale == 2 else ''}{label}: {polynomial}\n"
            for (label, scale), polynomial in convention.values.items()
        )
        (note,) = judged(answers, counts.doubled, counts.convention)
        assert note.note
        assert note.actual == f"recognised: {convention.name}"


def test_the_numbers_of_the_reference_reach_the_check_unchanged():
    first = counts.conventions(reference())[0]
    assert first.name == "convolutions without biases"
    assert str(first.values["weights", 1]) == str(polynomials()["weights"])
    assert first.values["outputs", 2](32, 24) == 4 * 86016


def test_a_wrong_formula_is_shown_at_a_small_case():
    assert said(
        ANSWERS.replace(" 9216*NF +", " 9000*NF +").replace("36864*NF +", "36000*NF +")
    ) == [
        (
            "connections_wrong",
            "for NF = 2, NC = 3 there are 147,456 connections (convolutions without biases)",
            "for NF = 2, NC = 3 you count 147,024 connections",
        )
    ]


def test_a_difference_that_the_first_small_case_hides():
    answers = ANSWERS.replace("9*NF*NC", "9*NF*NC + 3*NF - 2*NC")
    expected, actual = said(answers)[0][1:]
    assert expected.startswith("for NF = 3, NC = 2 there are")
    assert actual.startswith("for NF = 3, NC = 2 you count")


def test_a_wrong_number_is_compared_at_the_handouts_widths():
    answers = "weights = 86,000\noutputs = 86,016\nconnections = 15,630,336"
    assert said(answers) == [
        (
            "weights_wrong",
            "for NF = 32, NC = 24 there are 86,112 weights (the plainest count that fits the rest)",
            "for NF = 32, NC = 24 you count 86,000 weights",
        )
    ]


def test_doubling_is_compared_with_ones_own_count():
    (finding,) = said(ANSWERS.replace("6912*NF + 5120*NC", "3456*NF + 2560*NC"))
    assert finding == (
        "doubling_wrong",
        "for NF = 2, NC = 3 there are 29,184 outputs, 4 times your own count",
        "for NF = 2, NC = 3 you count 14,592 outputs",
    )


def test_a_mistake_is_not_charged_again_for_the_doubled_input():
    answers = ANSWERS.replace("1728*NF", "2240*NF").replace("6912*NF", "8960*NF")
    assert [mistake for mistake, *_ in said(answers)] == ["outputs_wrong"]


def test_mixed_conventions_are_told_with_what_each_count_includes():
    answers = ANSWERS.replace(" 9216*NF +", " 10944*NF + 1280*NC +")
    answers = answers.replace("36864*NF +", "43776*NF + 5120*NC +")
    ((mistake, _, actual),) = said(answers)
    assert mistake == "mixed_conventions"
    assert actual == (
        "weights: convolutions without biases; outputs: convolutions without biases; "
        "connections: convolutions with biases and their connections"
    )


@pytest.mark.parametrize(
    ("answers", "left"),
    [
        ("weights: 9*NF + 72*NF^2 + 9*NF*NC + 9*NC^2", "none was found; left to a person"),
        (ANSWERS.replace("1728*NF", "H*W*NF"), "'outputs: H*W*NF + 1280*NC'; left to a person"),
        ("weights: 9*NF first, 7*NF then", "2 formulas, none of which fits; left to a person"),
        ("outputs: 1728NF+1280NC", "cannot be told: 9 conventions give these; left to a person"),
        (
            "Weights\nTotal: 9*NF + 72*NF^2\nand so 9*NF + 72*NF^2 + 9*NF*NC + 9*NC^2\n",
            "72·NF² + 9·NF was taken for the total, and another one fits; left to a person",
        ),
        (
            "Weights\nLayer 1: 9*NF\nLayer 2: 19*NF^2\n",
            "only single layers, it seems, and no total in a2-writeup.pdf; left to a person",
        ),
        (
            "weights = 9*NF + 72*NF^2 + 9*NF*NC + 9*NC^2 + 6*NF + 3*NC\n" + ANSWERS,
            "2 formulas, 1 of which fits; left to a person",
        ),
        (
            ANSWERS.replace("outputs: 1728*NF + 1280*NC\n", "").replace("5120", "5000"),
            "0 formulas before and 1 after; left to a person",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_left_to_a_person(answers, left):
    assert said(answers) == []
    assert left in noted(answers)


def findings(submission):
    evidence = Evidence(submission, ExecutedNotebook("none"), Replies({}))
    return list(counts.readable(evidence, reference()))


@pytest.mark.parametrize(
    ("writeup", "note"),
    [
        (Writeup("a2-writeup.pdf", 1, 0, "nothing about it"), False),
        (Writeup("a2-writeup.pdf", 1, 3, "see the picture"), True),
        (Writeup(None), False),
        (None, True),
    ],
)
def test_an_answer_that_may_be_somewhere_else_is_not_called_missing(writeup, note):
    (finding,) = findings(Submission("x", writeup=writeup))
    assert (finding.mistake, finding.note) == ("missing", note)
    assert "left to a person" in finding.actual


CELL = "A3 = {{'weights': {!r}, 'outputs': {!r}, 'outputs, doubled input': {!r}}}"


def with_cell(*typed, writeup=None):
    notebook = json.dumps({"cells": [code(CELL.format(*typed))]})
    return findings(Submission("x", notebook_name="n", notebook=notebook, writeup=writeup))


def test_an_empty_answer_cell_is_not_green():
    (finding,) = with_cell("", "", "")
    assert (finding.mistake, finding.note) == ("missing", False)
    written = Writeup("a2-writeup.pdf", 1, 0, ANSWERS)
    assert with_cell("", "", "", writeup=written) == []


def test_an_empty_place_in_the_answer_cell_is_said():
    (finding,) = with_cell("9*NF + 3", "7NF + NC", "")
    assert not finding.note
    assert finding.actual == "outputs, doubled input: nothing yet in the answer cell (cell 1)"
    assert with_cell("9*NF + 3", "7NF + NC", "same") == []


@pytest.mark.parametrize(("typed", "remedy"), [("86.4k NF", "write it in full"),
                                              ("1.024*NF", "write 1024, or 1/2")])  # fmt: skip
def test_a_doubtful_reading_in_a_write_up_is_told_with_what_to_write(typed, remedy):
    answer = f"weights: 9*NF + 3\noutputs: {typed}\nconnections: 7*NF + NC"
    told = findings(Submission("x", writeup=Writeup("a2-writeup.pdf", 1, 0, answer)))
    assert [f.note for f in told if remedy in f.actual] == [False]


def test_polynomials_of_both_sides_print_alike():
    for convention in all_conventions()[:20]:
        for label, polynomial in polynomials(convention).items():
            rows = [[i, j, int(c)] for (i, j), c in polynomial.terms]
            assert str(Polynomial.from_rows(rows)) == str(polynomial), label
