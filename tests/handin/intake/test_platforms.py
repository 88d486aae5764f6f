"""Moodle, Brightspace, Blackboard and GitHub: one person is one submission, whole."""

import pytest

from grader.handin import intake
from grader.model import Student
from tests.downloads import NOTEBOOK, put, zipped


def entries(folder):
    return {entry.id: entry for entry in intake.find(folder).entries}


def files(folder):
    return {id_: sorted(entry.read().files) for id_, entry in entries(folder).items()}


MOODLE = (
    "Ada Lovelace_100001_assignsubmission_file{}/a2-cnn.ipynb",
    "Ada Lovelace_100001_assignsubmission_file{}/a2-writeup.pdf",
    "Ada Lovelace_100001_assignsubmission_onlinetext{}/onlinetext.html",
    "Bob Noyce_100002_assignsubmission_file{}/deep/a2-cnn.ipynb",
    "Bob Noyce_100003_assignsubmission_onlinetext{}/onlinetext.html",
)


@pytest.mark.parametrize("ending", ["", "_"])
def test_moodle_makes_a_folder_for_each_part_of_one_submission(tmp_path, ending):
    put(tmp_path, *(name.format(ending) for name in MOODLE))
    assert files(tmp_path) == {
        "Ada Lovelace_100001": ["a2-cnn.ipynb", "a2-writeup.pdf", "onlinetext.html"],
        "Bob Noyce_100002": ["deep/a2-cnn.ipynb"],
        "Bob Noyce_100003": ["onlinetext.html"],
    }
    ada = entries(tmp_path)["Ada Lovelace_100001"]
    assert ada.students == (Student("Ada Lovelace", "Ada Lovelace", platform_id="100001"),)
    assert intake.find(tmp_path).notes == ("a Moodle download: 3 submissions",)


def test_moodle_without_folders_and_as_a_zip(tmp_path):
    names = [name.format("").replace("/", "_") for name in MOODLE]
    data = [(name, NOTEBOOK) for name in [*names, "grades.txt"]]
    (tmp_path / "csc413-A2-77.zip").write_bytes(zipped(data))
    assert files(tmp_path / "csc413-A2-77.zip") == {
        "Ada Lovelace_100001": ["a2-cnn.ipynb", "a2-writeup.pdf", "onlinetext.html"],
        "Bob Noyce_100002": ["deep_a2-cnn.ipynb"],
        "Bob Noyce_100003": ["onlinetext.html"],
    }
    notes = intake.find(tmp_path / "csc413-A2-77.zip").notes
    assert notes[1] == "beside the submissions, and nobody's: grades.txt"


def test_teams_and_hidden_names_of_moodle(tmp_path):
    put(tmp_path, "Team 5_31_assignsubmission_file/a2-cnn.ipynb")
    put(tmp_path, "Default group_assignsubmission_file/a2-cnn.ipynb")
    put(tmp_path, "Participant_100007_assignsubmission_file/a2-cnn.ipynb")
    assert list(entries(tmp_path)) == ["Default group", "Participant_100007", "Team 5_31"]


BRIGHTSPACE = "12345-678901 - Ada Lovelace - Feb {}, 2020 {} PM"


def test_brightspace_makes_a_folder_for_each_time(tmp_path):
    put(tmp_path, "index.html", f"{BRIGHTSPACE.format(9, '1105')}/a2-cnn.ipynb", data=b"old")
    put(tmp_path, f"{BRIGHTSPACE.format(10, '1159')}/a2-cnn.ipynb", data=b"new")
    put(tmp_path, f"{BRIGHTSPACE.format(9, '1200')}/a2-writeup.pdf", data=b"pdf")
    put(tmp_path, "23456-678902 - Bob-Jan Noyce - Feb 10, 2020 8:05 AM/a2-cnn.ipynb")
    found = entries(tmp_path)
    assert list(found) == ["Ada Lovelace_12345", "Bob-Jan Noyce_23456"]
    ada = found["Ada Lovelace_12345"]
    assert ada.read().files == {"a2-cnn.ipynb": b"new", "a2-writeup.pdf": b"pdf"}
    assert ada.students == (Student("Ada Lovelace", "Ada Lovelace", platform_id="12345"),)
    assert ada.notes == ("handed in again: a2-cnn.ipynb of Feb 10, 2020 1159 PM counts",)
    assert intake.find(tmp_path).notes == ("a Brightspace download: 2 submissions",)


def test_brightspace_without_folders(tmp_path):
    put(tmp_path, "12345-678901 - Ada Lovelace - a2-cnn.ipynb", "index.html")
    put(tmp_path, "12345-678901 - Ada Lovelace - Feb 10, 2020 1159 PM - a2-writeup.pdf")
    put(tmp_path, "23456-678901 - Bob Noyce- Feb 10, 2020 1159 PM - my - a2.ipynb")
    assert files(tmp_path) == {
        "Ada Lovelace_12345": ["a2-cnn.ipynb", "a2-writeup.pdf"],
        "Bob Noyce_23456": ["my - a2.ipynb"],
    }


def test_where_brightspaces_first_number_is_the_assignments_the_second_tells_people_apart(tmp_path):
    put(tmp_path, "1-21 - Ada L - Feb 10, 2020 1159 PM/a2-cnn.ipynb")
    put(tmp_path, "1-22 - Bob N - Feb 10, 2020 1159 PM/a2-cnn.ipynb")
    assert [entry.students[0].platform_id for entry in intake.find(tmp_path).entries] == [
        "21",
        "22",
    ]


SAID = b"Name: Ada Lovelace (c1_ada)\nAssignment: A2\nDate Submitted: 2020\n"
BLACKBOARD = "A2_Part_1_{}_attempt_2020-02-{}-23-59-01"


def test_blackboards_last_attempt_counts_and_older_ones_are_nobody(tmp_path):
    for day, data in (("09", b"old"), ("13", b"new")):
        whose = BLACKBOARD.format("c1_ada", day)
        put(tmp_path, f"{whose}_a2-cnn.ipynb", f"{whose}_a2-writeup.pdf", data=data)
        put(tmp_path, f"{whose}.txt", data=SAID)
    put(tmp_path, BLACKBOARD.format("c1bob", "10") + "_a2-cnn.ipynb", "notes.txt")
    found = entries(tmp_path)
    assert list(found) == ["c1_ada", "c1bob"]
    assert found["c1_ada"].read().files == {"a2-cnn.ipynb": b"new", "a2-writeup.pdf": b"new"}
    assert found["c1_ada"].students == (Student("c1_ada", "Ada Lovelace"),)
    assert found["c1_ada"].notes == (
        ("handed in again: the attempt of 2020-02-13-23-59-01 counts, not 2020-02-09-23-59-01"),
    )
    assert intake.find(tmp_path).notes == (
        "a Blackboard download: 2 submissions",
        "beside the submissions, and nobody's: notes.txt",
    )


def test_a_name_in_blackboards_file_that_its_own_name_does_not_bear_is_not_believed(tmp_path):
    whose = BLACKBOARD.format("c1eve", "09")
    put(tmp_path, f"{whose}_a2-cnn.ipynb")
    put(tmp_path, f"{whose}.txt", data=SAID)
    put(tmp_path, BLACKBOARD.format("c1bob", "09") + "_a2-cnn.ipynb")
    assert list(entries(tmp_path)) == ["c1bob", "c1eve"]


def test_repositories_of_an_assignment_are_called_like_their_students(tmp_path):
    put(tmp_path, *(f"assignment-2-{name}/a2-cnn.ipynb" for name in ("ada-l", "adam", "bob")))
    found = intake.find(tmp_path)
    assert [entry.id for entry in found.entries] == ["ada-l", "adam", "bob"]
    assert found.notes == ("repositories of an assignment: assignment-2- is taken off their names",)


def test_groups_of_canvas_whose_names_end_in_a_number(tmp_path):
    put(tmp_path, "a2_group_12_501_9001_a2-cnn.ipynb", "a2_group_12_501_9002_notes.txt")
    put(tmp_path, "a2_group_13_LATE_502_9003_a2-cnn.ipynb")
    assert files(tmp_path) == {
        "a2_group_12_501": ["a2-cnn.ipynb", "notes.txt"],
        "a2_group_13_502": ["a2-cnn.ipynb"],
    }


def test_groups_of_canvas_whose_files_have_any_name(tmp_path):
    put(tmp_path, "team_1_501_9001_work.zip", "team_2_502_9002_work.zip", "team_3_503_9003_x.zip")
    assert list(entries(tmp_path)) == ["team_1_501", "team_2_502", "team_3_503"]


def test_files_of_canvas_whose_names_begin_with_a_number(tmp_path):
    put(tmp_path, "ada_501_9001_2020_a2.ipynb", "bob_502_9002_2020_a2.ipynb")
    assert files(tmp_path) == {"ada_501": ["2020_a2.ipynb"], "bob_502": ["2020_a2.ipynb"]}
