"""result.json, read back as Classroom 50's runner reads it."""

import pytest

from grader.basics.exits import BadInput
from grader.model import Status
from grader.platforms import classroom50
from tests.class_parts import check, report
from tests.platforms.classes import WRONG
from tests.platforms.classroom50.reader import room_of


def test_classroom50_has_a_test_a_question_in_hundredths():
    found = room_of(report("wrong", WRONG))
    first = found["tests"][0]
    assert (first["score"], first["max-score"], first["passed"]) == (50, 80, False)
    assert "look for: look there" in first["output"]


def test_classroom50_never_calls_a_question_full_that_is_not():
    almost = check("cnn.blocks", Status.FAILED, 0.5999, ("pool_after_relu",))
    first = room_of(report("x", (almost,)))["tests"][0]
    assert (first["score"], first["passed"]) == (79, False)


def test_classroom50_needs_its_runner_and_says_what_is_missing():
    with pytest.raises(BadInput, match=r"CLASSROOM, ASSIGNMENT, .* not set"):
        classroom50.result(report(), {"COMMIT_URL": "x"})
