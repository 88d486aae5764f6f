"""A Moodle download: a folder or a file for each part of one submission."""

import pytest

from grader.model import Student
from tests.downloads import NOTEBOOK, entries, files, found, put, zipped

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
    assert found(tmp_path).notes == ("a Moodle download: 3 submissions",)


def test_moodle_without_folders_and_as_a_zip(tmp_path):
    names = [name.format("").replace("/", "_") for name in MOODLE]
    data = [(name, NOTEBOOK) for name in [*names, "grades.txt"]]
    (tmp_path / "csc413-A2-77.zip").write_bytes(zipped(data))
    assert files(tmp_path / "csc413-A2-77.zip") == {
        "Ada Lovelace_100001": ["a2-cnn.ipynb", "a2-writeup.pdf", "onlinetext.html"],
        "Bob Noyce_100002": ["deep_a2-cnn.ipynb"],
        "Bob Noyce_100003": ["onlinetext.html"],
    }
    notes = found(tmp_path / "csc413-A2-77.zip").notes
    assert notes[1] == "beside the submissions, and nobody's: grades.txt"


def test_teams_and_hidden_names_of_moodle(tmp_path):
    put(tmp_path, "Team 5_31_assignsubmission_file/a2-cnn.ipynb")
    put(tmp_path, "Default group_assignsubmission_file/a2-cnn.ipynb")
    put(tmp_path, "Participant_100007_assignsubmission_file/a2-cnn.ipynb")
    assert list(entries(tmp_path)) == ["Default group", "Participant_100007", "Team 5_31"]
