"""Six write-ups as LaTeX sets them, and what is read in each: see `writeups/` beside this file."""

from pathlib import Path

import pytest

from grader.written import writeup
from grader.written.answers import find
from grader.written.formula import parse

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
