"""Nine write-ups as LaTeX sets them, and what is read in each: see `writeups/` beside this file."""

from pathlib import Path

import pytest

from grader.assignment.written.answers import find
from grader.assignment.written.formula import parse
from grader.handin.writeup import document as writeup
from tests.assignment.written.test_questions import told

FOLDER = Path(__file__).parent / "writeups"
WEIGHTS = parse("9*NF + 72*NF^2 + 9*NF*NC + 9*NC^2")
OUTPUTS = parse("1728*NF + 1280*NC")
CONNECTIONS = parse("9216*NF + 8064*NF^2 + 2304*NF*NC + 9216*NC^2")
PLAIN = {("weights", 1): WEIGHTS, ("outputs", 1): OUTPUTS, ("connections", 1): CONNECTIONS}
IN_WORDS = {("weights", 1), ("outputs", 4), ("connections", 4)}
DOUBLED = {
    ("weights", 2): WEIGHTS,
    ("outputs", 2): OUTPUTS.times(4),
    ("connections", 2): CONNECTIONS.times(4),
}
READ = {
    "layers": (PLAIN, IN_WORDS),
    "table": (PLAIN, set()),
    "inline": (PLAIN | DOUBLED, set()),
    "letters": (
        PLAIN
        | {("weights", 1): WEIGHTS + parse("6*NF + 2*NC")}
        | {("connections", 1): CONNECTIONS + OUTPUTS},
        IN_WORDS,
    ),
    "apart": (PLAIN, set()),
    "boxed": (PLAIN, IN_WORDS),
    "rows": (PLAIN, IN_WORDS),
    "prose": (PLAIN | DOUBLED, set()),
    "wrong": (
        PLAIN
        | {("outputs", 2): OUTPUTS.times(4)}
        | {("connections", 1): CONNECTIONS + parse("-6912*NC^2")},
        {("weights", 1), ("connections", 4)},
    ),
}


def text(name):
    return writeup.read((FOLDER / f"{name}.pdf").read_bytes(), f"{name}.pdf").text


@pytest.mark.parametrize("name", READ)
def test_the_formulas_that_are_read(name):
    formulas, words = READ[name]
    answer = find(text(name), "x")
    assert {slot: answer.at(*slot) for slot, _ in answer.formulas} == {
        slot: (formula,) for slot, formula in formulas.items()
    }
    assert answer.words >= words
    assert answer.unreadable == ()
    assert answer.partial == frozenset()


def test_the_files_are_small():
    assert all(path.stat().st_size < 60_000 for path in FOLDER.glob("*.pdf"))


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("layers", "Block 2: 3 × 3 × NF × 2NF = 18NF^2"),
        ("inline", "• Number of weights: 9N_F + 72N_F^2 + 9N_FN_C + 9N_C^2"),
        ("letters", "W = 9(n_1 + 8n_1^2 + n_1n_2 + n_2^2) + 6n_1 + 2n_2"),
        ("table", "conv5 | 9NF · NC | 256NC | 2304NF · NC"),
        ("table", "1 Part 1."),
        ("apart", "+ 8^2 · 18NF^2 + 16^2 · 9NF NC + 32^2 · 9NC^2"),
        (
            "apart",
            "Total = 32^2NF + ((32/2))^2 2NF + ((32/4))^2 (2NF + NF) + ((32^2)/4)NC + 32^2NC",
        ),
    ],
)
def test_lines_as_they_are_set(name, line):
    assert line in text(name).splitlines()


ANSWERED = {
    "layers": {"A2": "The grass is green and the sky", "A3": "Weights\nBlock 1", "A4": "The first",
               "B3": "UNet is sharper"},
    "table": {"A2": "Mostly brown horses", "A3": "Only convolutions", "A4": "Scaling the input",
              "B3": "Skips bring back detail.", "B4": "Small batches are noisier"},
    "inline": {"A2": "The colours are dull", "A3": "• Number of weights", "A4": "Nothing much",
               "B3": "Sharper edges", "B4": "Batches of ten", "C4": "No gradients",
               "C5": "Four times the memory"},
    "letters": {"A2": "It guesses green", "A3": "Let n_1 be the number", "A4": "The weights of the",
                "B3": "Skips help", "B4": "Smaller is slower and better."},
    "apart": {"A2": "Train it\nPatches of colour", "A3": "Counting\nNumber of weights",
              "A4": "Scaling\nBatchNorm", "B3": "Comparison\nBetter by four percent."},
    "boxed": {"A2": "The pictures look", "A3": "(a) With N_F filters", "A4": "The first",
              "B2": "The loss falls faster.", "B3": "Skips carry"},
    "rows": {"A3": "Layer | Weights", "A4": "Nothing changes"},
    "prose": {"A2": "Grass and sky", "A3": "We count convolutions", "A4": "The network sees"},
    "wrong": {"A2": "Brown horses.", "A3": "original input | doubled", "A4": "It does not matter.",
              "C4": "Less memory", "C5": "Four times as much of everything but the parameters."},
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERED)
def test_the_answers_by_question(name):
    answers = told(text(name))
    assert {q: answer[: len(ANSWERED[name].get(q, ""))] for q, answer in answers.items()} == (
        ANSWERED[name]
    )
    assert not any(answer.rstrip().endswith(("\n1", "\n2")) for answer in answers.values())
