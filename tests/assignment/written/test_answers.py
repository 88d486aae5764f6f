"""Finding the answer to question A3 in whatever layout it was written."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.assignment.written.answers import TEXT_LIMIT, find
from grader.assignment.written.formula import parse

WEIGHTS = "9*NF + 72*NF^2 + 9*NF*NC + 9*NC^2"
OUTPUTS = "1728*NF + 1280*NC"
CONNECTIONS = "9216*NF + 8064*NF^2 + 2304*NF*NC + 9216*NC^2"
OUTPUTS_2 = "6912*NF + 5120*NC"
CONNECTIONS_2 = "36864*NF + 32256*NF^2 + 9216*NF*NC + 36864*NC^2"
PLAIN = {"weights": WEIGHTS, "outputs": OUTPUTS, "connections": CONNECTIONS}
DOUBLED = {"weights": WEIGHTS, "outputs": OUTPUTS_2, "connections": CONNECTIONS_2}
ALL = {(n, 1): (parse(t),) for n, t in PLAIN.items()} | {
    (n, 2): (parse(t),) for n, t in DOUBLED.items()
}


def slots(text):
    answer = find(text, "text")
    return {slot: answer.at(*slot) for slot, _ in answer.formulas}


LAYOUTS = {
    "cell": "```\n"
    + "".join(f"{n} = {t}\n" for n, t in PLAIN.items())
    + "".join(f"doubled {n} = {t}\n" for n, t in DOUBLED.items())
    + "```",
    "blocks": "3.\n"
    + "".join(f"Number of {n}: {t}.\n" for n, t in PLAIN.items())
    + "\nIf width and height are doubled:\n"
    + "".join(f"Number of {n}: {t}.\n" for n, t in DOUBLED.items()),
    "pairs": "\n".join(f"- **{n}**: {PLAIN[n]}; with doubled sides {DOUBLED[n]}" for n in PLAIN),
    "interleaved": "\n".join(f"{n}: {PLAIN[n]}\n{n} (doubled input): {DOUBLED[n]}" for n in PLAIN),
    "table": "| | as it is | twice the size |\n|---|---|---|\n"
    + "".join(f"| {n} | {PLAIN[n]} | {DOUBLED[n]} |\n" for n in PLAIN),
    "functions": "".join(f"{n}(NF, NC) = {t}\n" for n, t in PLAIN.items())
    + "For an input of 64x64 pixels:\n"
    + "".join(f"{n}(NF, NC) = {t}\n" for n, t in DOUBLED.items()),
    "underscores": "".join(f"{n} = {t}\n{n}_doubled = {DOUBLED[n]}\n" for n, t in PLAIN.items()),
    "below": "".join(f"Total {n[:-1]}s in the network:\n\n    {t}\n\n" for n, t in PLAIN.items())
    + "Doubled:\n"
    + "".join(f"# of {n}:\n{t}\n" for n, t in DOUBLED.items()),
    "latex": "".join(f"\\textbf{{{n}}} $= {t}$ \\\\\n" for n, t in PLAIN.items()).replace(
        "*", r" \cdot "
    )
    + "\nTwice the input:\n"
    + "\n".join(f"{n} $= {t}$" for n, t in DOUBLED.items()),
    "chains": "".join(f"{n} = {t} = {t.replace('*', ' ')}\n" for n, t in PLAIN.items())
    + "doubled input, "
    + "".join(f"{n} = {t}\n" for n, t in DOUBLED.items()),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_all_six_formulas_are_found(layout):
    assert slots(LAYOUTS[layout]) == ALL


def test_a_doubled_input_in_words():
    said = find(f"weights: {WEIGHTS}\nDoubled: the same number of weights.", "x").words
    assert ("weights", 1) in said
    said = find("For the doubled input outputs and connections are four times as many.", "x").words
    assert {("outputs", 4), ("connections", 4)} <= said
    said = find(f"- weights: {WEIGHTS}; doubled sides: unchanged", "x").words
    assert ("weights", 1) in said
    assert not find("weights do not change", "x").words
    said = find(
        "If we double the input, weights are unchanged, outputs and connections\nbecome four times "
        "as many.", "x"
    ).words  # fmt: skip
    assert said == {("weights", 1), ("outputs", 4), ("connections", 4)}
    assert not find("Doubled: the outputs are not the same.", "x").words
    assert not find("Doubled input, outputs: 4*NF", "x").words
    said = find("| | 32x32 | 64x64 |\n| weights | 9NF | same |\n| outputs | 7NF | x4 |", "x").words
    assert said == {("weights", 1), ("outputs", 4)}


def test_numbers_stand_for_the_widths_of_the_handout():
    text = "With NF = 32, NC = 24: weights = 86,112, outputs = 86 016; connections: 15630336."
    values = {slot: found[0](32, 24) for slot, found in slots(text).items()}
    assert values == {("weights", 1): 86112, ("outputs", 1): 86016, ("connections", 1): 15630336}


@pytest.mark.parametrize(
    "text",
    [
        "What is the number of weights, outputs, and connections as a function of NF and NC?",
        "3. (0.5 points) weights, outputs, connections: answer for NF filters and NC colours.",
        "weights: 3 layers of them",
        "The weights of CNN(3, 32, 24, 1) are printed below.",
        "weights: see the write-up",
        "outputs = model(images)",
        "",
        "no labels: 9*NF + 72*NF^2",
    ],
)
def test_text_without_an_answer(text):
    answer = find(text, "x")
    assert answer.formulas == ()
    assert answer.unreadable == ()


@pytest.mark.parametrize(
    "text",
    [
        "outputs = 32*32*NF + H*W*NC",
        "weights = 9*NF + 72*NF^2 = 9*NC",
        "connections = (9*NF + 3",
        "outputs = NF",
        "weights: 9*NF + \\sum_l 3*NF",
    ],
)
def test_what_cannot_be_read_is_named(text):
    answer = find(text, "x")
    assert answer.formulas == ()
    assert [label for label, _ in answer.unreadable] == [text.partition(" ")[0].strip(":")]


def test_an_answer_that_is_wrapped_by_the_page():
    text = "connections = 9216*NF + 8064*NF^2 +\n   2304*NF*NC\n   + 9216*NC^2\nThat is all."
    assert slots(text) == {("connections", 1): (parse(CONNECTIONS),)}


def test_a_doubled_formula_is_not_taken_for_a_plain_one_that_cannot_be_read():
    text = f"weights: {WEIGHTS}\noutputs: H*W*NF + NC\nDoubled:\noutputs: {OUTPUTS_2}\n"
    answer = find(text, "x")
    assert answer.at("outputs", 1) == ()
    assert answer.at("outputs", 2) == (parse(OUTPUTS_2),)
    assert answer.unreadable == (("outputs", "outputs: H*W*NF + NC"),)
    missing = find(f"weights: {WEIGHTS}\nDoubled sides:\noutputs: {OUTPUTS_2}\n", "x")
    assert missing.at("outputs", 2) == (parse(OUTPUTS_2),)


def test_steps_of_a_derivation_are_no_answers_beside_the_total():
    text = f"weights: 9*NF in block 1, 18*NF^2 in block 2, in total {WEIGHTS}"
    assert slots(text)["weights", 1] == (parse(WEIGHTS),)


WORDS = ["weights", "outputs = ", "connections: ", "doubled ", "9*NF", "+", "NC^2", "(", ")", "\n"]
WORDS += ["\n\n", "|", " = ", "the same", "four times", "86,112", "2 x ", "64x64", ". ", "NF", "$"]


@settings(max_examples=500)
@given(st.lists(st.sampled_from(WORDS), max_size=80).map("".join))
def test_any_text_is_searched(text):
    started = time.process_time()
    answer = find(text, "x")
    assert all(label in PLAIN and scale in (1, 2) for (label, scale), _ in answer.formulas)
    assert time.process_time() - started < 15


@pytest.mark.parametrize(
    "piece",
    ["weights: 1 (", "weights = 9*NF + 1 (2 (3 ", "2x", "same doubled ", "a", "N", "{", "\\", "=",
     "doubled weights: NF+", "| ", "9" * 40, " ", "weights\n", "64 x 64", "**", "<sup>"],
)  # fmt: skip
def test_hostile_text_is_bounded_in_time(piece):
    text = piece * (TEXT_LIMIT // len(piece) + 1)
    started = time.process_time()
    find(text, "x")
    assert time.process_time() - started < 30
