"""Totals told from the counts of single layers, in text and in tables."""

import pytest

from grader.assignment.written.answers import find
from grader.assignment.written.formula import parse

TOTAL = parse("9NF + 18NF^2 + 9NC^2")
LAYERS = "Layer 1: 9NF\nLayer 2: 18NF^2\nLayer 3: 9NC^2\n"
SUM = "9NF + 18NF^2 + 9NC^2"


def read(text):
    """Return the formulas for weights, and of what only parts were found."""
    answer = find(text, "x")
    return answer.at("weights", 1), {label for label, _ in answer.partial} & {"weights"}


@pytest.mark.parametrize(
    "text",
    [
        f"Weights\n{LAYERS}Total: {SUM}\n",
        f"Number of weights:\n{LAYERS}Adding these up: {SUM}\n",
        f"Weights:\n9NF\n18NF^2\n9NC^2\n{SUM}\n",  # the sum of the others
        f"Weights:\n{LAYERS}{SUM}\n",  # behind the parts, the last line
        f"weights: 9NF in block 1, 18NF^2 in block 2, 9NC^2 in block 3, in total {SUM}",
        f"Layer 1\nweights: 9NF\noutputs: 7NF\nLayer 2\nweights: 18NF^2\n\nTotal\nweights: {SUM}\n",
        f"| layer | weights | outputs |\n|---|---|---|\n| conv1 | 9NF | 7NF |\n| sum | {SUM} | 8NF",
        "layer | outputs | weights\nconv1 | 7NF | 9NF\nTotal | 10NF\n9NF + 18NF^2 +\n9NC^2\nEnd.",
        f"weights = {SUM}",
        f"Weights\nBlock 1: 9NF\nTotal of block 2: 18NF^2\nBlock 3: 9NC^2\nTotal = {SUM}\n",
        f"The number of weights in the whole network is {SUM}; the first layer has 9NF weights.",
    ],
)
def test_the_total_is_found(text):
    assert read(text) == ((TOTAL,), set())


@pytest.mark.parametrize(
    "text",
    [
        f"Weights\n{LAYERS}",
        "weights in layer 1: 9NF",
        "The first layer has 3 x 3 x NF weights = 9NF",
        "Block 1\nweights: 9NF + 3\noutputs: 7NF\nBlock 2\nweights: 18NF^2 + NF\noutputs: 3NF\n",
        "layer | weights | outputs\nconv1 | 9NF | 7NF\nconv2 | 18NF^2 | 3NF\n",
        "Number of weights\n\nwhich is 9NF",  # no network has as few
    ],
)
def test_parts_alone_are_no_answer(text):
    assert read(text) == ((), {"weights"}) or read(text)[0] == ()


def test_a_claim_is_an_answer_however_short():
    assert read("weights = 9NF*NC") == ((parse("9NF*NC"),), set())


def test_a_total_that_cannot_be_read_is_not_replaced_by_its_parts():
    text = f"Weights\n{LAYERS}Total weights = 9NF + 18NF*F\n"
    answer = find(text, "x")
    assert answer.at("weights", 1) == ()
    assert [label for label, _ in answer.unreadable] == ["weights"]


def test_the_end_of_a_formula_is_no_formula():
    answer = find("Number of weights\nTotal = 3 a NF + 2NF + 7NC\n= ((2)\n+ 5NF + NC", "x")
    assert answer.formulas == ()


def test_what_follows_in_another_question_is_not_taken():
    assert read(f"Weights\n{SUM}\n\nQuestion 4\nThe total of 7NF + 3 is not what was asked.") == (
        (TOTAL,),
        set(),
    )
