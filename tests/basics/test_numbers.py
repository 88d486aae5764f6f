"""A number agrees with its noun, in every line of the program that counts something."""

import re
from pathlib import Path

from grader.basics.numbers import many

GRADER = Path(__file__).parents[2] / "grader"
# `{len(...)} pairs`: a count whose noun does not know the number. Who counts uses `many`.
SLIP = re.compile(r"\{len\([^{}]*\)\} (?!of\b|more\b|times\b)[a-z-]+s\b")
# Never one: what several of are needed to come to the line, and what is counted in hundreds.
NEVER_ONE = (
    "columns fit", "groups fit", "submissions ({names})", "colours for", "figures, but", "cases,",
    "operations", "characters, over", "calls of MyConv2d", "withheld", "submissions are on",
    "epochs ->",
)  # fmt: skip


def test_a_number_and_its_noun():
    assert [many(n, "hand-in") for n in (0, 1, 2)] == ["0 hand-ins", "1 hand-in", "2 hand-ins"]


def test_no_line_counts_without_it():
    found = {
        f"{path.relative_to(GRADER)}: {line.strip()}"
        for path in GRADER.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if SLIP.search(line) and not any(known in line for known in NEVER_ONE)
    }
    assert found == set()
