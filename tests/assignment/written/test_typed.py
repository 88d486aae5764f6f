"""What people type as one answer of A3: read as meant, or refused with what to do."""

import pytest

from grader.assignment.written.answer_cell import read, read_back
from grader.assignment.written.formula import Unreadable, parse
from grader.assignment.written.typed import read as typed
from grader.judging.cells import SavedCell

OUTPUTS = parse("1728*NF + 1280*NC")


@pytest.mark.parametrize(
    "text",
    [
        "The number of outputs is 1728*NF + 1280*NC",
        "outputs: 1728 NF + 1280 NC outputs",
        "1728NF + 1280NC (with biases)",
        "The total is 1728NF + 1280NC (without counting pooling).",
        "we get 1728 NF + 1280 NC in total.",
        "outputs = 1728NF + 1280NC",
        r"\frac{3456}{2} NF + 1280 NC",
        "(2^10 + 2^9 + 2^7 + 2^6)·NF + 5·2^8·NC",
    ],
)
def test_a_formula_with_words_around_it(text):
    assert typed(text).value == OUTPUTS


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("same", 1), ("The same.", 1), ("unchanged", 1), ("stays the same", 1), ("no change", 1),
        ("it does not change", 1), ("doesn't change", 1), ("same as above", 1),
        ("the same number of outputs", 1), ("x4", 4), ("×4", 4), ("4x", 4), ("4 × outputs", 4),
        ("4*outputs", 4), ("4 * A3['outputs']", 4), ("4 times as many", 4), ("four times", 4),
        ("quadrupled", 4), ("grows by a factor of 4", 4), ("multiplied by 4", 4), ("twice", 2),
        ("4 times the number of outputs", 4), ("2x", 2), ("fourfold", 4), ("4 outputs", 4),
    ],
)  # fmt: skip
def test_how_many_times_as_many(text, factor):
    assert (typed(text).factor, typed(text).value) == (factor, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("86.4k", "is '86.4k' thousands, or times the kernel? write it in full"),
        ("86k", "thousands, or times the kernel"),
        ("1.024*NF", "is '1.024' 1024 or a fraction? write 1024, or 1/2"),
        ("not the same", "cannot read"),
        ("4 times the outputs and connections", "cannot read"),
        ("changes", "cannot read"),
        ("9 NF F + 3 NC", "cannot read"),  # the end of a formula is none
        ("H*W*NF + 3 NC", "cannot read"),
        ("a NF + 3 NC", "cannot read"),
        ("maybe 9NF or 7NF", "cannot read"),
        ("4 times or 2 times", "cannot read"),
        ("many more", "cannot read"),
        ("4 x 4 x", "ends in the middle"),
    ],
)
def test_what_is_not_read(text, reason):
    with pytest.raises(Unreadable) as caught:
        typed(text)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"), [("4", "4"), ("512k^2 NF", "4608 NF"), ("0.125 NF", "NF/8")]
)
def test_numbers_that_are_not_in_doubt(text, value):
    assert typed(text).value == parse(value)


def answer(source):
    found = read([SavedCell(4, True, source)])
    assert found is not None
    return found


def test_times_is_told_by_ones_own_formula():
    found = answer(
        "A3 = {'weights': '9NF + 3', 'outputs': '7NF + NC', 'connections': 'H*W',\n"
        "'weights, doubled input': 'same', 'outputs, doubled input': '2x',\n"
        "'connections, doubled input': '4 * connections'}"
    )
    assert found.at("weights", 2) == (parse("9NF + 3"),)
    assert found.at("outputs", 2) == (parse("14NF + 2NC"),)  # wrong, and judged as what it is
    assert found.words == {("connections", 4)}
    assert [label for label, _ in found.unreadable] == ["connections"]


@pytest.mark.parametrize(
    "said",
    [
        "A3 = {'weights': 'same', 'outputs': '7NF'}",
        "A3 = {'weights, doubled': '4*outputs', 'outputs': '7NF'}",
    ],
)
def test_times_of_something_else_is_not_read(said):
    assert [label for label, _ in answer(said).unreadable] == ["weights"]


def test_places_that_are_empty_are_told():
    found = answer("A3 = {'weights': '', 'outputs': '...', 'outputs, doubled input': '?'}")
    assert found.formulas == ()
    assert found.empty == (("weights", 1), ("outputs", 1), ("outputs", 2))


def test_reading_back():
    said = read_back(
        {"weights": "9NF", "weights, doubled input": "same", "outputs, doubled input": "x4",
         "connections": "86.4k"}
    ).splitlines()  # fmt: skip
    assert said == [
        "weights: 9·NF; for NF = 2, NC = 3 that is 18",
        "weights, doubled input: 1 times your weights: 9·NF; for NF = 2, NC = 3 that is 18",
        "outputs, doubled input: 4 times a number that is not there yet",
        "connections: is '86.4k' thousands, or times the kernel? write it in full",
    ]
