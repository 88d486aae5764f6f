"""Canvas: whose each file is, what is late, and which of several uploads counts."""

from grader.model import Student
from tests.downloads import NOTEBOOK, entries, files, found, put, zipped


def test_a_download_is_split_by_user(tmp_path):
    put(
        tmp_path,
        "adalovelace_123_9001_a2-cnn.ipynb", "adalovelace_123_9002_a2-writeup.pdf",
        "hopper_grace_LATE_77_9003_a2-cnn.ipynb", "zoeelie_88_9004_notes.txt",
    )  # fmt: skip
    found = entries(tmp_path)
    assert list(found) == ["adalovelace_123", "hopper_grace_77", "zoeelie_88"]
    assert sorted(found["adalovelace_123"].read().files) == ["a2-cnn.ipynb", "a2-writeup.pdf"]
    assert found["adalovelace_123"].late is False
    assert found["adalovelace_123"].students == (Student("adalovelace", platform_id="123"),)
    assert found["hopper_grace_77"].late is True
    assert found["hopper_grace_77"].notes == ("late, as Canvas says",)
    assert not found["adalovelace_123"].read().only_notebook


def test_a_download_is_announced_and_strangers_are_named(tmp_path):
    put(tmp_path, "ada_1_2_a2-cnn.ipynb", "bob_LATE_3_4_a2-cnn.ipynb", "readme.txt", "more/x")
    assert found(tmp_path).notes == (
        "a Canvas download: 2 submissions, 1 of them late",
        "beside the submissions, and nobody's: more/, readme.txt",
    )


def test_the_last_upload_counts_and_the_others_are_named(tmp_path):
    put(tmp_path, "ada_1_900_a2-cnn.ipynb", data=b"first")
    put(tmp_path, "ada_1_950_a2-cnn-2.ipynb", data=b"last")
    put(tmp_path, "ada_1_920_a2-cnn-1.ipynb", data=b"second")
    hand_in = entries(tmp_path)["ada_1"].read()
    assert hand_in.files == {"a2-cnn.ipynb": b"last"}
    assert hand_in.notes == (
        (
            "handed in again: a2-cnn-2.ipynb (file 950) counts, "
            "not a2-cnn.ipynb (file 900), a2-cnn-1.ipynb (file 920)"
        ),
    )


def test_a_suffix_that_canvas_put_is_taken_off(tmp_path):
    put(tmp_path, "ada_1_950_a2-cnn-2.ipynb", "ada_1_951_a2-writeup-1.pdf")
    hand_in = entries(tmp_path)["ada_1"].read()
    assert sorted(hand_in.files) == ["a2-cnn.ipynb", "a2-writeup.pdf"]
    assert hand_in.notes[0] == "handed in again: Canvas calls it a2-cnn-2.ipynb"


def test_the_number_of_the_upload_decides_not_the_name(tmp_path):
    put(tmp_path, "ada_1_99_a2-cnn-1.ipynb", data=b"old")
    put(tmp_path, "ada_1_100_a2-cnn.ipynb", data=b"new")
    assert entries(tmp_path)["ada_1"].read().files == {"a2-cnn.ipynb": b"new"}


def test_files_of_a_series_are_no_versions(tmp_path):
    put(tmp_path, "ada_1_1_a2-cnn.ipynb", "ada_1_2_plot-1.png", "ada_1_3_plot-2.png")
    hand_in = entries(tmp_path)["ada_1"].read()
    assert sorted(hand_in.files) == ["a2-cnn.ipynb", "plot-1.png", "plot-2.png"]
    assert hand_in.notes == ()


def test_two_notebooks_of_one_attempt_are_both_kept(tmp_path):
    put(tmp_path, "ada_1_1_a2-cnn.ipynb", "ada_1_2_Untitled.ipynb")
    assert sorted(entries(tmp_path)["ada_1"].read().files) == ["Untitled.ipynb", "a2-cnn.ipynb"]


def test_two_students_of_one_name_are_told_apart(tmp_path):
    put(tmp_path, "smithjohn_1_10_a2-cnn.ipynb", "smithjohn_2_11_a2-cnn.ipynb")
    assert list(entries(tmp_path)) == ["smithjohn_1", "smithjohn_2"]


def test_anonymous_submissions(tmp_path):
    put(tmp_path, "anon_Ab3x9_10_a2-cnn.ipynb", "LATE_anon_Zz001_11_a2-cnn.ipynb")
    found = entries(tmp_path)
    assert list(found) == ["anon_Ab3x9", "anon_Zz001"]
    assert [entry.late for entry in found.values()] == [False, True]


def test_text_that_was_typed_in_is_kept_beside(tmp_path):
    put(tmp_path, "ada_1_10_a2-cnn.ipynb", "bob_2_text.html", "eve_3_11_a2-cnn.ipynb")
    assert list(entries(tmp_path)["bob_2"].read().files) == ["text.html"]


def test_a_zip_of_a_download_with_a_zip_in_it(tmp_path):
    inner = zipped([("a2-cnn.ipynb", NOTEBOOK)])
    data = zipped([("ada_1_10_a2.zip", inner), ("bob_2_11_a2-cnn.ipynb", NOTEBOOK)])
    (tmp_path / "submissions.zip").write_bytes(data)
    found = entries(tmp_path / "submissions.zip")
    assert found["ada_1"].read().files == {"a2.zip": inner}


def test_a_link_in_a_download_is_its_owners(tmp_path):
    put(tmp_path, "ada_1_10_a2-cnn.ipynb")
    (tmp_path / "ada_1_11_a2-writeup.pdf").symlink_to("/etc/passwd")
    (tmp_path / "eve_9_11_a2-cnn.ipynb").symlink_to("/etc/passwd")
    (tmp_path / "stray.pdf").symlink_to("/etc/passwd")
    download = found(tmp_path)
    assert [entry.read().refused for entry in download.entries] == [
        {"a2-writeup.pdf": "a link"}, {"a2-cnn.ipynb": "a link"},
    ]  # fmt: skip
    assert download.notes[1].endswith("nobody's: stray.pdf (a link)")


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
