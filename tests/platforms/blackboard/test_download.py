"""A Blackboard download: files side by side, and the last attempt counts."""

from grader.model import Student
from tests.downloads import entries, found, put

SAID = b"Name: Ada Lovelace (c1_ada)\nAssignment: A2\nDate Submitted: 2020\n"


BLACKBOARD = "A2_Part_1_{}_attempt_2020-02-{}-23-59-01"


def test_blackboards_last_attempt_counts_and_older_ones_are_nobody(tmp_path):
    for day, data in (("09", b"old"), ("13", b"new")):
        whose = BLACKBOARD.format("c1_ada", day)
        put(tmp_path, f"{whose}_a2-cnn.ipynb", f"{whose}_a2-writeup.pdf", data=data)
        put(tmp_path, f"{whose}.txt", data=SAID)
    put(tmp_path, BLACKBOARD.format("c1bob", "10") + "_a2-cnn.ipynb", "notes.txt")
    by_id = entries(tmp_path)
    assert list(by_id) == ["c1_ada", "c1bob"]
    assert by_id["c1_ada"].read().files == {"a2-cnn.ipynb": b"new", "a2-writeup.pdf": b"new"}
    assert by_id["c1_ada"].students == (Student("c1_ada", "Ada Lovelace"),)
    assert by_id["c1_ada"].notes == (
        ("handed in again: the attempt of 2020-02-13-23-59-01 counts, not 2020-02-09-23-59-01"),
    )
    assert found(tmp_path).notes == (
        "a Blackboard download: 2 submissions",
        "beside the submissions, and nobody's: notes.txt",
    )


def test_a_name_in_blackboards_file_that_its_own_name_does_not_bear_is_not_believed(tmp_path):
    whose = BLACKBOARD.format("c1eve", "09")
    put(tmp_path, f"{whose}_a2-cnn.ipynb")
    put(tmp_path, f"{whose}.txt", data=SAID)
    put(tmp_path, BLACKBOARD.format("c1bob", "09") + "_a2-cnn.ipynb")
    assert list(entries(tmp_path)) == ["c1bob", "c1eve"]
