"""The answer cell of question A3: what people make of it is read, and never run."""

import resource
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.assignment.written.answer_cell import read, read_back
from grader.assignment.written.formula import Unreadable, parse
from grader.assignment.written.typed import stated
from grader.judging.cells import SavedCell

RIGHT = {("weights", 1): parse("9NF"), ("outputs", 1): parse("7NF + NC")}


def cell(source, index=4):
    return SavedCell(index, True, source)


def slots(*sources):
    answer = read([cell(source, index) for index, source in enumerate(sources)])
    return {} if answer is None else {slot: answer.at(*slot) for slot, _ in answer.formulas}


WAYS = {
    "as the template has it": "A3 = {\n    'weights': '9*NF',\n    'outputs': '7*NF + NC',\n}",
    "without quotes": "A3 = {'weights': 9*NF, 'outputs': 7*NF + NC}",
    "as functions": "A3 = dict(weights=lambda NF, NC: 9*NF, outputs=lambda NF, NC: 7*NF + NC)",
    "one by one": "A3 = {}\nA3['weights'] = '9 NF'\nA3['outputs'] = '7 NF + NC'",
    "with a type": "A3: dict = {'weights': '9NF', 'outputs': '7NF + NC'}",
    "with the name before it": "A3 = {'weights': 'weights = 9NF', 'outputs': 'outputs=7NF+NC'}",
    "as a chain": "A3 = {'weights': '3NF*3 = 9NF', 'outputs': '4NF + 3NF + NC = 7NF + NC'}",
    "other keys": "answers = {'Number of weights': '9NF', 'num_outputs': '7NF+NC'}",
    "in several lines": "A3 = {'weights': '9'\n  '*NF', 'outputs': '''7*NF +\n NC'''}",
    "behind a line that is no Python": "what is this\nA3 = {'weights': '9NF', 'outputs': '7NF+NC'}",
}


@pytest.mark.parametrize("way", WAYS)
def test_ways_to_fill_it_in(way):
    found = slots(WAYS[way])
    assert found == {slot: (formula,) for slot, formula in RIGHT.items()}


@pytest.mark.parametrize(
    "source",
    [
        "A3 = {'weights, doubled input': '9NF', 'outputs (64x64)': '4NF'}",
        "A3 = {'doubled': {'weights': '9NF', 'outputs': '4NF'}}",
        "A3 = {'weights': {'twice as large': '9NF'}, 'outputs': {'doubled': '4NF'}}",
        "doubled_input = {'weights': '9NF', 'outputs': '4NF'}",
        "A3 = {}\nA3['doubled'] = {'weights': '9NF'}\nA3['doubled']['outputs'] = '4NF'",
    ],
)
def test_the_doubled_input_is_told_by_the_words_on_the_way(source):
    doubled = {("weights", 2): (parse("9NF"),), ("outputs", 2): (parse("4NF"),)}
    assert slots(source) == doubled


@pytest.mark.parametrize(
    "source",
    [
        "A3 = {'weights': '', 'outputs': '?', 'connections': '...', 'weights doubled': ' TODO '}",
        "history = {'outputs': '9NF'}",
        "weights = '9NF'",
        "A3 = {'loss': '9NF', 'accuracy': '7NF'}",
        "f({'weights': '9NF', 'outputs': '4NF'})",
        "",
    ],
)
def test_what_is_no_answer(source):
    assert slots(source) == {}


def test_the_last_cell_with_an_answer_counts_and_text_cells_do_not():
    first = "A3 = {'weights': '1NF', 'outputs': '1NC'}"
    assert slots(first, WAYS["without quotes"], "print(A3['weights'])")[("weights", 1)] == (
        parse("9NF"),
    )
    assert read([SavedCell(0, False, first)]) is None


def test_what_cannot_be_read_is_told_with_the_reason():
    long = "H*W*" * 30
    answer = read([cell(f"A3 = {{'weights': '9 NF F', 'outputs, doubled': {long!r}}}")])
    assert answer is not None
    assert answer.source == "the answer cell (cell 5)"
    (label, text), (other, cut) = answer.unreadable
    assert (label, text) == ("weights", "weights: 9 NF F (cannot read 'F')")
    assert other == "outputs"
    assert cut.startswith("outputs, doubled input: H*W*H*W*")
    assert "… (cannot read 'H*W*" in cut
    assert len(cut) < 130


@pytest.mark.parametrize(
    ("text", "meant"), [("½NF", "NF/2"), ("NF(½ NF + ¼)", "NF^2/2 + NF/4"), ("2*½", "1")]
)
def test_fractions_of_one_sign(text, meant):
    assert stated(text) == stated(meant)


def test_a_number_with_a_fraction_behind_it_is_not_misread():
    with pytest.raises(Unreadable):
        stated("3½ NF")


def test_two_sides_that_differ_are_no_formula():
    with pytest.raises(Unreadable, match="the two sides of '=' differ"):
        stated("9NF = 8NF")


def test_reading_back_says_how_and_not_whether_it_is_right():
    said = read_back({"weights": "2NF(NF+1)/3", "outputs": "NF^99", "connections": " ", "x": 12})
    assert said.splitlines() == [
        "weights: 2/3·NF² + 2/3·NF; for NF = 2, NC = 3 that is 4",
        "outputs: the exponent 99; write NF and NC with * and ^, for example 4*NF^2 + 7*NF*NC",
        "connections: nothing yet",
        "x: 12; for NF = 2, NC = 3 that is 12",
    ]


PIECES = ["NF", "NC", "N_F", "^", "**", "(", ")", "9", "1728", "*", "·", "/", "-", "+", " ", "\n"]
PIECES += [
    "²",
    "⁹",
    "٣",
    "９",
    "𝟗",
    "½",
    "e",
    "=",
    "k",
    "1e9",
    "^99",
    "{",
    "}",
    "\\frac{",
    "$",
    "x",
]
PIECES += ["\x00", "NFNC", "10^10^10", "'", '"', "lambda:", "[", ",", ":", "<sup>", "&nbsp;", "𝑁𝐹"]
HOSTILE = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.tuples(st.sampled_from(PIECES), st.integers(1, 4000)).map(lambda p: p[0] * p[1]),
)


@settings(max_examples=1500)
@given(HOSTILE)
def test_any_text_is_a_formula_or_is_told_in_one_line(text):
    said = read_back({"weights": text})
    assert said.startswith("weights: ")
    assert len(said) < 3000
    assert "\n" not in said


@settings(max_examples=500)
@given(HOSTILE)
def test_any_cell_is_read_or_left(text):
    sources = [f"A3 = {{'weights': {text!r}, 'outputs': {text}}}", f"A3 = {text}\nweights"]
    read([cell(source) for source in sources])


LARGE = {
    "parentheses": "(" * 10_000,
    "closed parentheses": "(" * 5000 + "1" + ")" * 5000,
    "powers": "NF" + "^6" * 5000,
    "a tower": "10**10**10**10",
    "a product of sums": "*".join(["(NF+NC+1)"] * 150),
    "powers of a sum": "*".join(["(NF+NC+1)^6"] * 100),
    "fractions": "1/7+" * 450 + "1",
    "digits": "9" * 10_000,
    "other digits": "٣" * 10_000,
    "signs": "-" * 10_000 + "1",
    "names": "NF" * 5000,
}


@pytest.mark.parametrize("name", LARGE)
def test_large_formulas_cost_neither_time_nor_memory(name):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    read([cell(f"A3 = {{'weights': {LARGE[name]!r}, 'outputs': {LARGE[name]}}}")])
    read_back({"weights": LARGE[name]})
    assert time.process_time() - started < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB
