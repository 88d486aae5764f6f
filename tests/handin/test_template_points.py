"""The points that the students' notebook names are those of the rubric."""

import re

import nbformat
import pytest

from grader.handin import template
from grader.scoring import rubric

RULES = rubric.load()
HEADING = re.compile(r"^## Question ([A-C]\d): .*\(([\d.]+) points?\)$", re.MULTILINE)
PART = re.compile(r"^# Part ([A-C]): .*\((\d) points\)$", re.MULTILINE)
ROW = re.compile(r"^\| \[Part ([A-C])\]\([^)]*\).*\| (\d) \| [^|]*\|$", re.MULTILINE)
TEXT = "\n".join(
    cell.source
    for cell in nbformat.reads(template.master().read_text("utf-8"), 4).cells
    if cell.cell_type == "markdown"
)


def worth(start):
    """Return the points of the questions whose ids begin with `start`."""
    return sum(q.automatic + q.manual for q in RULES.questions if q.id.startswith(start))


def test_every_question_of_the_rubric_has_its_heading():
    named = {name for name, _ in HEADING.findall(TEXT)}
    assert named == {q.id[:2] for q in RULES.questions if re.match(r"[A-C]\d", q.id)}


@pytest.mark.parametrize(("name", "points"), HEADING.findall(TEXT))
def test_a_question_is_worth_what_its_heading_says(name, points):
    assert float(points) == pytest.approx(worth(name))


@pytest.mark.parametrize(("name", "points"), [*PART.findall(TEXT), *ROW.findall(TEXT)])
def test_a_part_is_worth_what_its_heading_and_the_table_say(name, points):
    assert float(points) == pytest.approx(worth(name))


def test_all_three_parts_are_in_both_places():
    assert [name for name, _ in PART.findall(TEXT)] == ["A", "B", "C"]
    assert [name for name, _ in ROW.findall(TEXT)] == ["A", "B", "C"]
