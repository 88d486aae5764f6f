"""A student's own letters for NF and NC, as far as the text says what they stand for."""

import pytest

from grader.assignment.written.answers import find
from grader.assignment.written.formula import parse
from grader.assignment.written.letters import renamed

FORMULA = parse("9NF + 72NF^2 + 9NF*NC + 9NC^2")


@pytest.mark.parametrize(
    ("said", "formula"),
    [
        ("Let n1 be the number of filters, n2 the number of colors", "9n1 + 72n1² + 9n1n2 + 9n2²"),
        ("F = NF, C = NC", "9F + 72F^2 + 9FC + 9C^2"),
        ("where f denotes num_filters and c denotes num_colours", "9f + 72f^2 + 9f*c + 9c^2"),
        ("The number of filters is F; the number of colors is C.", "9F + 72F² + 9FC + 9C²"),
        (
            "n_f is the number of filters, n_c the number of colors",
            "9n_f + 72n_f² + 9n_fn_c + 9n_c²",
        ),
        ("m: number of filters\nn: number of colours", "9m + 72m^2 + 9mn + 9n^2"),
    ],
)  # fmt: skip
def test_letters_that_the_text_explains(said, formula):
    assert find(f"{said}\nweights = {formula}\n", "x").at("weights", 1) == (FORMULA,)


@pytest.mark.parametrize(
    "text",
    [
        "weights = 9F + 72F^2",  # not said
        "F = NF and F = NC: weights = 9F + 72F^2",  # said twice
        "a is the number of filters: weights = 9a + 72a^2",  # an article, perhaps
        "O = NF * 1024, weights = 9O + 72O^2",  # a formula and no name
    ],
)
def test_letters_that_it_does_not_explain(text):
    assert find(text, "x").formulas == ()


def test_words_stay_words():
    text = "n is the number of filters. An nn.Conv2d and no convolution: 9n + n^2"
    assert renamed(text) == (
        "NF is the number of filters. An nn.Conv2d and no convolution: 9NF + NF^2"
    ).replace("nn.Conv2d", "NFNF.Conv2d")
