"""Whatever a student writes: each reader of text ends soon, in little memory, and never raises."""

import json
import resource
import time

import pytest

from grader.assignment.saved import run
from grader.assignment.written import answer_cell, answers, free_text, plain_math, questions
from grader.judging import cells
from grader.model import ManualQuestion, Submission, Writeup
from grader.reports.html import cells as shown_cells
from grader.reports.html import places as shown_places
from grader.reports.html import prose
from tests.fuzz.patterns import GENERIC
from tests.hand_ins import code, printed, text

SECONDS = 20  # of processor time; the slowest takes one
MEMORY = 300_000  # KiB more than before; 200,000 characters in a few hands
QUESTIONS = [ManualQuestion(name, name, 0.3) for name in ("A2", "A3", "B3", "C5")]
PUMPS = (
    *GENERIC, "&#9;", "&lt;", "*a ", "_a_", "[a](", "`", "~~", "|a|\n", "> ", "1. ", "    a\n",
    "<a href=", "](", "- a\n", "$$", "\\(", "a*b*", "weights: ", "weights = 9*NF + ", "Part A\n",
    "A2. ", "2.\n", "Question 1: ", "[1/25] loss ", "Epoch [1/25]", "batch size 5 ", "|1/25[",
    "\\frac{", "\\frac{1}{", "x**", "NF^", "(NF+", "same doubled weights ", "total ", "&#", "&#x",
    "weights = (NF+NC+1)^6+(NF+NC+1)^6 (NF+NC+1)^2(\n", "classifier", "weights = 9 NF 2 9 NF 2\n",
)  # fmt: skip


def notebook(*found):
    return json.dumps({"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def by_question(said):
    marked = notebook(text("# Part A\n" + said), text("**Your answer to A2**\n" + said))
    submission = Submission(
        "s", notebook_name="n", notebook=marked, writeup=Writeup("w", 1, 0, said)
    )
    return questions.answered(QUESTIONS, submission)


READERS = {
    "formulas": (lambda said: answers.find.__wrapped__(said, "x"), answers.TEXT_LIMIT),
    "plain": (plain_math.plain, answers.TEXT_LIMIT),
    "questions": (by_question, 150_000),
    "places": (
        lambda said: free_text.places(
            cells.read_cells.__wrapped__(notebook(text("**Your answer to A2**\n" + said)))
        ),
        cells.SOURCE_LIMIT,
    ),
    "answer cell": (
        lambda said: answer_cell.read(
            cells.read_cells.__wrapped__(
                notebook(code(f"A3 = {{'weights': {said!r}, 'outputs': {said}}}\n{said}"))
            )
        ),
        cells.SOURCE_LIMIT,
    ),
    "read back": (lambda said: answer_cell.read_back({"weights": said}), answers.TEXT_LIMIT),
    "saved outputs": (
        lambda said: run.read(notebook(code("train(args)\n" + said, printed(said)))),
        cells.PRINTED_LIMIT,
    ),
    "text in the report": (
        lambda said: shown_cells.read(notebook(text(said))),
        prose.MOST_PARSED,
    ),
    "code in the report": (
        lambda said: shown_places.find(
            shown_cells.read(notebook(code(said, printed(said))))[0]
        ),
        shown_cells.MOST_CODE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_a_reader_is_bounded_whatever_the_text(name):
    read, length = READERS[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for pump in PUMPS:
        started = time.process_time()
        read(pump * (length // len(pump)))
        assert time.process_time() - started < SECONDS, pump
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY


@pytest.mark.parametrize("digits", ["&#" + "9" * 5000, "&#x" + "9" * 5000, "9" * 5000, "٣" * 5000])
def test_more_digits_than_python_takes(digits):
    for read, _ in READERS.values():
        read(f"weights = {digits};")
