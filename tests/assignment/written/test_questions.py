"""Text by question: the ways in which people number their answers, and what is not guessed."""

import json
import time

import pytest

from grader.assignment.written.questions import ANSWER_LIMIT, answered, clean
from grader.model import ManualQuestion, Submission, Writeup
from tests.hand_ins import code, text

ASKED = ("A2", "A3", "A4", "B2", "B3", "B4", "C3", "C4", "C5")


def found(writeup="", cells=None, asked=ASKED):
    """Return the answers by question, those that were found."""
    notebook = cells and json.dumps({"cells": cells})
    submission = Submission(
        "s", notebook_name="a2-cnn.ipynb", notebook=notebook or None,
        writeup=Writeup("a2-writeup.pdf", 1, 0, writeup) if writeup else None,
    )  # fmt: skip
    manual = [ManualQuestion(name, name, 0.3) for name in asked]
    return {q.question: q.answer for q in answered(manual, submission) if q.answer is not None}


def told(writeup):
    """Return the answers in a write-up, without where they stood."""
    return {k: v.removeprefix("[a2-writeup.pdf] ") for k, v in found(writeup).items()}


@pytest.mark.parametrize(
    "numbered",
    [
        ("A2. {}", "A3: {}", "B4) {}"),
        ("A.2 {}", "A.3 {}", "B.4 {}"),
        ("(A2) {}", "(A3) {}", "(B4) {}"),
        ("Part A\n2. {}", "3. {}", "Part B\n4. {}"),
        ("Part A: Colours\n\n2) {}\n", "(3) {}", "Part B - Skips\n4: {}"),
        ("PART A\nQuestion 2\n{}", "Question 3\n{}", "PART B\nQ4\n{}"),
        ("Part A, Question 2: {}", "Part A, Question 3: {}", "Part B, Question 4: {}"),
        ("Part A question 2\n{}", "Question 3. {}", "Part B question 4\n{}"),
        ("Question A2\n{}", "Question A3\n{}", "Question B4\n{}"),
        ("Question 2 of Part A\n{}", "Question 3 of Part A\n{}", "Question 4 of Part B: {}"),
        ("1 Part A\n1.2 {}", "1.3 {}", "2 Part B\n2.4 {}"),
        ("I Part A\nProblem 2 {}", "Problem 3 {}", "II Part B\nProblem 4 {}"),
        ("# A2\n{}", "## A3\n{}", "**B4** {}"),
        ("Answer to A2: {}", "Your answer to A3: {}", "Answer to question B4: {}"),
        ("Ada\n\nPart A\n1. see notebook\n2. {}", "3. {}", "Part B\n1. see notebook\n4. {}"),
        ("Part One / Question 2\n{}", "Part One / Question 3\n{}", "Part Two / Question 4\n{}"),
        ("Part One\nQuestion 2\n{}", "Question 3\n{}", "Part Two\nQuestion 4\n{}"),
        ("1. Part 1. (b)\n{}", "(c) {}", "2. Part 2. (d)\n{}"),
        ("1 Part 1\n(a) see notebook\n(b) {}", "(c) {}", "2 Part 2\n(a) none\n(d) {}"),
        ("Part I\nb) {}", "c) {}", "Part II\nd) {}"),
        ("Part 1: Question 2 (0.5 pts)\n{}", "Question 3 (0.5 pts)\n{}", "Part 2, Q4: {}"),
        ("Part A (2 points)\n2. {}", "3. {}", "Part B (2 pts)\n4. {}"),
        ("PartA_Q2\n{}", "PartA_Q3\n{}", "PartB_Q4\n{}"),
        ("A-2 {}", "A-3 {}", "B-4 {}"),
        ("Part A – 2. {}", "Part A – 3. {}", "Part B – 4. {}"),
        ("1 Colourization as classification\n1.2 {}", "1.3 {}", "2 Skip connections\n2.4 {}"),
        ("Assignment 2 – Part A\nQ2. {}", "Q3. {}", "CSC413 PA2: Part B\nQ4. {}"),
        ("Question 1.2\n{}", "Question 1.3\n{}", "Question 2.4\n{}"),
    ],
)
def test_ways_to_number_an_answer(numbered):
    texts = ("brown horses", "formulas", "smaller is better")
    lines = (line.format(text) for line, text in zip(numbered, texts, strict=True))
    answers = told("\n".join(lines))
    assert answers["A2"] == "brown horses"
    assert answers["A3"] == "formulas"
    assert answers["B4"] == "smaller is better"


def test_a_list_inside_an_answer_is_no_question():
    answers = told(
        "Part B\n3. Two reasons:\n1. detail comes back\n2. gradients flow\n4. batch sizes: two\n"
    )
    assert answers["B3"] == "Two reasons:\n1. detail comes back\n2. gradients flow"
    assert answers["B4"] == "batch sizes: two"


def test_letters_in_an_answer_are_no_questions():
    answers = told("Part A\n2. Two things:\n(a) horses\n(b) grass\n(c) sky\n3. formulas")
    assert answers["A2"] == "Two things:\n(a) horses\n(b) grass\n(c) sky"
    assert answers["A3"] == "formulas"


def test_a_part_inside_a_question_is_no_part():
    answers = told("Part A\nQuestion 2\nhorses\nQuestion 3\nPart 1: weights\nPart 2: outputs\n")
    assert answers["A3"] == "Part 1: weights\nPart 2: outputs"


def test_a_question_that_a_list_may_hide_is_said():
    answers = found("Part A\n2. Three things:\n1. horses\n2. grass\n3. sky or formulas\n4. no")
    assert answers["A3"] == "[a2-writeup.pdf: perhaps in the list inside A2]"
    assert answers["A4"] == "[a2-writeup.pdf: perhaps in the list inside A2]"


def test_two_questions_answered_at_once():
    assert told("Part A\n2./3. both in the notebook\n4. nothing changes") == {
        "A2": "both in the notebook", "A3": "both in the notebook", "A4": "nothing changes",
    }  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "A 3 x 3 kernel sees more.",
        "A 2 pixel border stays.",
        "B 4 times as many",
        "C, D and E",
        "3.5 of them",
        "2 x 2 pooling",
        "32 filters",
        "Part B is better than part A, as the pictures show.",
        "A2C is something else",
    ],
)
def test_words_of_a_sentence_are_no_heading(line):
    assert told(f"Part A\n2. the answer\n{line}\nends here")["A2"] == (
        f"the answer\n{line}\nends here"
    )


@pytest.mark.parametrize("title", ["A2 write-up, chen", "A2, Ada", "A2 CNN report", "CSC413 A2"])
def test_the_name_of_the_assignment_is_no_question(title):
    assert "A2" not in told(f"{title}\n\nPart A\n3. formulas")


def test_an_opened_question_without_text_is_empty():
    assert found("Part A\n2.\n3.\n4. something\nPart B\n2.\n3.\n4.") == {
        "A4": "[a2-writeup.pdf] something"
    }


def test_a_part_that_is_not_told_apart_is_given_whole():
    answers = found(
        "Part A\nThe horses are brown.\nPreprocessing changes nothing.\nPart B\n3. detail"
    )
    whole = (
        "[a2-writeup.pdf: part A, not told apart by question] The horses are brown.\n"
        "Preprocessing changes nothing."
    )
    assert answers == {
        "A2": whole, "A3": whole, "A4": whole, "B3": "[a2-writeup.pdf] detail",
    }  # fmt: skip


def test_a_text_without_any_heading_is_given_whole_and_that_is_said():
    answers = found("horses " * 1000, asked=["A2", "B3"])
    assert answers["A2"] == answers["B3"]
    assert answers["A2"].startswith("[a2-writeup.pdf: not told apart by question] horses horses")
    assert answers["A2"].endswith(" ... (cut; see what was handed in)")


def test_an_answer_is_bounded():
    answer = found("A2. " + "word " * 5000)["A2"]
    assert len(answer) == ANSWER_LIMIT
    assert answer.endswith(" ... (cut; see what was handed in)")


def test_text_cells_are_read_beside_the_write_up():
    cells = [text("# Part A"), text("### Question 2\nthe horses"), code("x"), text("just a note")]
    answers = found("A2. brown", cells)
    assert answers == {
        "A2": "[a2-writeup.pdf] brown\n\n[a2-cnn.ipynb, text cell 2] the horses"
    }  # fmt: skip


def test_an_answer_may_go_on_in_the_next_text_cell():
    cells = [text("**Part B, question 3**"), text("more detail"), text("# Part C\nintroduction")]
    assert found(cells=cells) == {"B3": "[a2-cnn.ipynb, text cell 2] more detail"}


def test_lists_and_sections_of_a_notebook_are_no_answers():
    cells = [text("# Part A"), text("1. do this\n2. do that"), text("# Helper code\nA2 is late")]
    assert found(cells=cells) == {}


def test_the_templates_places_are_preferred_to_its_questions():
    cells = [
        text("### A2. What do the pictures show?"),
        text("**Your answer to A2:**\n\n*Write here, in a few sentences.*\nbrown horses"),
        text("### A4. What changes?"),
        text("**Your answer to A4:**\n\n*Write here.*"),
        text("**Your answer to B2:**\n\nYOUR ANSWER HERE"),
    ]
    assert found(cells=cells) == {"A2": "[a2-cnn.ipynb, text cell 2] brown horses"}


def test_nothing_handed_in_is_no_answer():
    assert found() == {}


def test_questions_of_another_rubric_are_left_to_a_person():
    assert found("A2. brown", asked=["essay", "A2-pictures"]) == {
        "A2-pictures": "[a2-writeup.pdf] brown"
    }


def test_control_characters_never_come_through():
    assert clean("a\x1b[31m\x00\u202eb\n\n\n\nc\td") == "a [31m  b\n\nc\td"


@pytest.mark.parametrize(
    "writeup", ["(" * 150_000, "A " * 75_000, "Part A\n" * 20_000, " \n" * 75_000, "2.\n" * 50_000,
                "q" * 150_000, "- " * 75_000, "Part A\n" + "1 " * 70_000]
)  # fmt: skip
def test_hostile_text_takes_no_time(writeup):
    begun = time.process_time()
    found(writeup)
    assert time.process_time() - begun < 20


RUN_IT = (
    "## Question 2\nRun main training loop of CNN. It will train for a few epochs and draw "
    "pictures at the end.\nDo these results look good to you? Why or why not?"
)
AS_HANDED_OUT = [text("# Part A: Colours (2 points)"), text(RUN_IT), code("cnn = train(args)")]


def test_the_handouts_text_is_no_answer_and_hides_none():
    assert found("Part One\nQuestion 2\nbrown horses", AS_HANDED_OUT) == {
        "A2": "[a2-writeup.pdf] brown horses"
    }
    whole = found("The horses are brown.", AS_HANDED_OUT)["A2"]
    assert whole == "[a2-writeup.pdf: not told apart by question] The horses are brown."
    assert found(cells=AS_HANDED_OUT) == {
        "A2": "[a2-cnn.ipynb, text cell 2: nothing but the question, it seems]"
    }


def test_an_answer_below_the_question_is_given_without_it():
    cells = [AS_HANDED_OUT[0], text(RUN_IT + "\n\nThe sky is blue, and the horses are brown.")]
    assert found(cells=cells) == {
        "A2": "[a2-cnn.ipynb, text cell 2] The sky is blue, and the horses are brown."
    }
    further = [*AS_HANDED_OUT[:2], text("I think that they look good.")]
    assert found(cells=further) == {
        "A2": "[a2-cnn.ipynb, text cell 3] I think that they look good."
    }


def test_a_question_that_was_copied_into_the_write_up_is_left_out():
    asked = "Compare with Part A: the loss, the accuracy, the pictures. Give two reasons why skip"
    answers = told(f"B3. {asked}\nconnections can help.\nDetail comes back.")
    assert answers["B3"] == "Detail comes back."


def test_an_answer_in_the_notebook_does_not_hide_a_write_up_without_headings():
    cells = [text("**Your answer to A2**\n\nbrown horses")]
    assert found("All of it is here.", cells)["A2"] == (
        "[a2-cnn.ipynb, text cell 1] brown horses\n\n"
        "[a2-writeup.pdf: not told apart by question] All of it is here."
    )
