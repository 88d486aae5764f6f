"""The handout's own text: known word for word, or told by how it speaks; answers stay."""

import json
from pathlib import Path

import pytest

from grader.assignment.written import handout

ROOT = Path(__file__).parents[3]
TEMPLATE = ROOT / "student_template" / "a2-cnn.ipynb"


def text_cells():
    cells = json.loads(TEMPLATE.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def test_what_is_known_is_what_the_template_says():
    made = json.loads(handout.PATH.read_text("utf-8"))["rows"]
    again = "python -m grader.assignment.written.handout student_template/a2-cnn.ipynb"
    assert made == handout.rows([TEMPLATE.read_text("utf-8")]), f"run {again}"


def test_nothing_is_left_of_the_template():
    left = " ".join(handout.own(said) for said in text_cells())
    assert not [word for word in left.split() if word.isalpha() and len(word) > 2]


def test_what_a_student_added_is_left():
    asked = next(said for said in text_cells() if "Question A4" in said)
    mine = "A factor a can be undone by the first weights.\nSo can a shift, but for the border."
    assert handout.own(asked + "\n" + mine).strip() == mine


@pytest.mark.parametrize(
    "mine",
    [
        "With an input of twice the width and height:",
        "The first layers can undo a and b.",
        "Train loss is lower than before.",
        "A mean for every weight. Fine-tuning the last layer\nkeeps one layer's input.",
        "A mean for every weight.\nFine-tuning the last layer\nkeeps one layer's input.",
        "It costs less, because\nfine-tuning the last layer\nkeeps one layer's input.",
        "",
    ],
)
def test_an_answer_in_similar_words_stays(mine):
    assert handout.own(mine) == mine


@pytest.mark.parametrize("title", ["## Fine-tuning the last layer", "Fine-tuning the last layer"])
def test_a_title_above_an_answer_goes(title):
    assert handout.own(f"{title}\nIt keeps one layer's input.") == "It keeps one layer's input."


QUESTIONS = [
    "Do these results look good to you? Why or why not?",
    "Run the main loop of the CNN. It will take a few minutes. How do the pictures look?",
    "Describe the effect of the batch size.",
    "Complete the forward function. You should use torch.cat.\nHint: mind the channels.",
    "Consider a picture of 32 x 32 pixels. Every layer has connections. How many are there? (1 pt)",
    "In your write-up, say what you see. (0.5 points)",
    "**Compare the two.** How does the loss differ?\n\n- which is lower\n\nWhy is that so?",
]


@pytest.mark.parametrize("asked", QUESTIONS)
def test_a_question_alone_is_no_answer(asked):
    assert handout.answer(asked) == ""


@pytest.mark.parametrize("asked", QUESTIONS)
def test_an_answer_behind_a_question(asked):
    mine = "The loss is lower and the edges are sharper.\nWhy? Because detail comes back."
    assert handout.answer(f"{asked}\n\n{mine}").endswith("Because detail comes back.")
    assert handout.answer(f"{asked}\n\nI trained it twice. My loss is lower.") == (
        "I trained it twice. My loss is lower."
    )


@pytest.mark.parametrize(
    "mine",
    [
        "The skips help. Why? Because detail comes back.",
        "Training with small batches takes longer, and you can see it in the curve.",
        "I compare the two: the loss is lower. How much? By 0.1.",
        "9*NF + 72*NF^2",
        "Runs with batch size 10 are noisier.",
        "Train loss: 1.33. Compared with Part A it is lower.",
    ],
)
def test_an_answer_alone_stays(mine):
    assert handout.answer(mine) == mine


def test_long_text_takes_no_time():
    assert handout.answer("a. " * 50_000)
    assert handout.own("Write here, about 50 to 150 words. " * 3000)
