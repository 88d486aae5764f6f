"""The places of free-text answers, and how much stands there."""

import time

import pytest

from grader.assignment.written.free_text import places
from grader.judging.cells import SavedCell


def said(*sources):
    cells = [
        SavedCell(i, source.startswith("code"), source, pictures=source.count("!["))
        for i, source in enumerate(sources)
    ]
    return [str(place) for place in places(cells)]


MARK = "**Your answer to A2** (what the pictures show)\n\n"
EMPTY = "_Write here, about 50 to 150 words._"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (EMPTY, "A2: empty"),
        ("", "A2: empty"),
        ("<!-- nothing to see -->", "A2: empty"),
        (EMPTY + "\n\nGrass is green.", "A2: 3 words"),
        ("Grass", "A2: 1 word"),
        ("The sky isn't green; a·x + b is.", "A2: 8 words"),
        ("![curve](data:image/png;base64,AAAA)", "A2: a picture, no words"),
        ("See:\n\n![curve](attachment:a.png)", "A2: 1 word"),
        ("Write here what I saw", "A2: 5 words"),
        ("YOUR ANSWER HERE", "A2: empty"),
        ("YOUR ANSWER HERE is brown", "A2: 5 words"),
    ],
)
def test_how_much_stands_there(text, told):
    assert said(MARK + text) == [told]


@pytest.mark.parametrize(
    "mark",
    [
        "**Your answer to A2**",
        "Your answer to A2:",
        "### Your answer to question A2",
        "> your answer to a2",
    ],
)
def test_marks_in_other_hands(mark):
    assert said(f"{mark}\nfour words stand here") == ["A2: 4 words"]


def test_an_answer_goes_on_up_to_code_a_heading_or_the_next_mark():
    assert said(MARK + "one", "two", "code three", "four") == ["A2: 2 words"]
    assert said(MARK + "one", "## Question A3\nmore words") == ["A2: 1 word"]
    assert said(MARK + "one", "<a name='b'></a>\n# Part B") == ["A2: 1 word"]
    both = "**Your answer to B3**\none two\n\n**Your answer to B4**\nthree"
    assert said(MARK + "one", both, "four") == ["A2: 1 word", "B3: 2 words", "B4: 2 words"]


def test_a_notebook_without_marks_has_no_places():
    assert said("## A2\nSee the write-up.", "code Your answer to A2") == []


@pytest.mark.parametrize("text", ["<" * 20_000, "![" * 10_000, "<!--" * 5000, "_Write here" * 2000])
def test_hostile_text_is_bounded_in_time(text):
    started = time.process_time()
    assert len(said(MARK + text)) == 1
    assert time.process_time() - started < 20
