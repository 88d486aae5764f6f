"""The lines of a tester and the body of a test run, read back as MarkUs reads them."""

import json

from grader.platforms.markus import results
from tests.class_parts import report
from tests.platforms.classes import WRONG, hidden
from tests.platforms.markus import reader


def test_hidden_checks_are_one_line_without_words_on_markus():
    tests, _ = reader.lines("\n".join(results.lines(hidden(kept=0.1))) + "\n")
    line = next(t for t in tests if t["name"] == "C2 hidden checks")
    assert (line["marks_earned"], line["status"]) == (0.1, "partial")
    assert "head_kernel" not in "\n".join(results.lines(hidden()))
    alone = reader.body(reader.body_of(hidden()))["test_groups"]
    assert "head_kernel" not in json.dumps(alone)
    assert "C2 hidden checks" in json.dumps(alone)
    open_, staff = reader.body(reader.body_of(hidden(), hidden_test_group=12))["test_groups"]
    assert "head_kernel" not in json.dumps(open_)
    assert "head_kernel" in json.dumps(staff)
    assert staff["extra_info"] == {
        "name": "hidden checks", "test_group_id": 12, "display_output": "instructors",
    }  # fmt: skip


def test_what_is_said_of_the_whole_is_a_test_of_no_marks_on_markus():
    """MarkUs would add an overall comment again with each run."""
    (group,) = reader.body(reader.body_of(report("wrong", WRONG)))["test_groups"]
    said = group["tests"][-1]
    assert (said["name"], said["marks_earned"], said["marks_total"]) == ("summary", 0, 0)
    assert "handin.epochs: 10 epochs" in said["output"]
    assert "marks: 1000 make one point" in said["output"]


def test_markus_is_told_what_is_wrong_and_where_an_error_was():
    tests, others = reader.lines("\n".join(results.lines(report("wrong", WRONG))) + "\n")
    by_name = {t["name"]: t for t in tests}
    assert by_name["A1 cnn.blocks"]["status"] == "partial"
    assert by_name["B1 unet.values"]["status"] == "error"
    assert by_name["B1 unet.skip_connections"]["status"] == "fail"
    assert by_name["A1 cnn.builds"]["time"] == 125
    assert "handin.epochs: 10 epochs" in others[0]["overall_comment"]
