"""A Brightspace download: a folder for each time that somebody handed in."""

from grader.model import Student
from tests.downloads import entries, files, found, put

BRIGHTSPACE = "12345-678901 - Ada Lovelace - Feb {}, 2020 {} PM"


def test_brightspace_makes_a_folder_for_each_time(tmp_path):
    put(tmp_path, "index.html", f"{BRIGHTSPACE.format(9, '1105')}/a2-cnn.ipynb", data=b"old")
    put(tmp_path, f"{BRIGHTSPACE.format(10, '1159')}/a2-cnn.ipynb", data=b"new")
    put(tmp_path, f"{BRIGHTSPACE.format(9, '1200')}/a2-writeup.pdf", data=b"pdf")
    put(tmp_path, "23456-678902 - Bob-Jan Noyce - Feb 10, 2020 8:05 AM/a2-cnn.ipynb")
    by_id = entries(tmp_path)
    assert list(by_id) == ["Ada Lovelace_12345", "Bob-Jan Noyce_23456"]
    ada = by_id["Ada Lovelace_12345"]
    assert ada.read().files == {"a2-cnn.ipynb": b"new", "a2-writeup.pdf": b"pdf"}
    assert ada.students == (Student("Ada Lovelace", "Ada Lovelace", platform_id="12345"),)
    assert ada.notes == ("handed in again: a2-cnn.ipynb of Feb 10, 2020 1159 PM counts",)
    assert found(tmp_path).notes == ("a Brightspace download: 2 submissions",)


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
    assert [entry.students[0].platform_id for entry in found(tmp_path).entries] == [
        "21",
        "22",
    ]
