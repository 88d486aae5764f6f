"""What `--only` and `check(...)` understand."""

from dataclasses import replace

import pytest

from grader.assignment import ASSIGNMENT
from grader.basics.exits import BadInput
from grader.scoring import rubric
from grader.student.selection import choose, public

RULES = rubric.load()
BY_STAFF = ASSIGNMENT.live.by_staff


def names(*words, **options):
    return {name for chosen in choose(words, RULES, **options) for name in chosen.checks}


def questions(*words):
    return [chosen.question.id for chosen in choose(words, RULES)]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("unet", ["B1"]),
        ("UNet", ["B1"]),
        ("B1", ["B1"]),
        ("b1", ["B1"]),
        ("conv2d", ["A1-conv"]),
        ("MyConv2d", ["A1-conv"]),
        ("C1", ["C1"]),
        ("C", ["C1", "C2"]),
        ("Part C", ["C1", "C2"]),
        ("finetune", ["C1", "C2"]),
        ("A", ["A1-conv", "A1", "A3"]),
        ("hand-in", ["hand-in"]),
        ("training", ["A1", "B1"]),
        ("unet.blocks", ["B1"]),
    ],
)
def test_words_name_questions(word, found):
    assert questions(word) == found


def test_a_network_brings_its_training_along():
    assert "training.unet_accuracy" in names("unet")
    assert "training.cnn_accuracy" not in names("unet")


def test_several_words_add_up():
    assert names("cnn.blocks", "C1") == {"cnn.blocks", "finetune.selection"}


def test_without_words_everything_public_is_meant():
    assert names() == {n for c in public(RULES) for n in c.checks}


def test_in_the_live_kernel_nothing_of_the_file_is_looked_at():
    assert not [n for n in names(live=True) if n.startswith(("handin.", "counts."))]


def test_the_right_formulas_are_compared_by_staff_alone():
    assert not names() & set(BY_STAFF)
    assert "counts.readable" in names()


def test_hidden_checks_are_not_shown():
    hidden = replace(RULES, visibility={"default": "public", "cnn.blocks": "hidden"})
    found = {name for chosen in choose((), hidden) for name in chosen.checks}
    assert "cnn.blocks" not in found
    assert "cnn.values" in found


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("unett", "did you mean 'unet'?"),
        (
            "A2",
            "A2 (What the pictures of the CNN show) has no public check: it is marked by people",
        ),
        ("\x1b[31m", "'\\x1b[31m' names no check"),
    ],
)
def test_a_word_that_names_nothing_gets_one_line(word, line):
    with pytest.raises(BadInput) as raised:
        choose([word], RULES)
    assert line in str(raised.value)
    assert "\n" not in str(raised.value)
