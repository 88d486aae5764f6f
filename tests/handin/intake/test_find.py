"""What comes in: every layout of a download is recognised, listed, and read one by one."""

import os
import tracemalloc

import pytest

from examples.writeup_pdf import pdf
from grader.basics.exits import BadInput
from grader.handin import intake, submissions
from grader.handin.intake import places
from tests.downloads import NOTEBOOK, put, zipped


def ids(found):
    return [entry.id for entry in found.entries]


def files(found):
    return {entry.id: sorted(entry.read().files) for entry in found.entries}


def test_a_notebook_is_one_submission_named_like_its_folder(tmp_path):
    put(tmp_path, "ada/a2-cnn.ipynb", "work.ipynb")
    found = intake.find(tmp_path / "ada" / "a2-cnn.ipynb", {})
    assert found.alone
    assert files(found) == {"ada": ["a2-cnn.ipynb"]}
    assert found.entries[0].read().only_notebook
    assert ids(intake.find(tmp_path / "work.ipynb", {})) == ["work"]


def test_a_folder_with_a_notebook_is_one_submission(tmp_path):
    put(tmp_path / "ada", "a2-cnn.ipynb", "a2-writeup.pdf", "pictures/plot.png")
    found = intake.find(tmp_path / "ada", {})
    assert found.alone
    assert files(found) == {"ada": ["a2-cnn.ipynb", "a2-writeup.pdf", "pictures/plot.png"]}
    assert not found.entries[0].read().only_notebook


def test_versions_of_one_notebook_are_one_submission(tmp_path):
    put(tmp_path / "ada", "a2-cnn (1).ipynb", "Copy of a2-cnn.ipynb", "a2-cnn-final.ipynb")
    found = intake.find(tmp_path / "ada", {})
    assert found.alone
    assert ids(found) == ["ada"]


def test_a_folder_of_folders_empty_ones_among_them(tmp_path):
    put(tmp_path, "b/a2-cnn.ipynb", "a/work.ipynb", "c/", "d/notes.txt", ".git/x", "__MACOSX/x")
    found = intake.find(tmp_path, {})
    assert not found.alone
    assert ids(found) == ["a", "b", "c", "d"]
    assert found.notes == ("empty folders, graded as nothing handed in: c",)


def test_a_markus_download_has_the_assignment_between(tmp_path):
    put(
        tmp_path / "download",
        "A2/group_0001/a2-cnn.ipynb", "A2/group_0001/a2-writeup.pdf",
        "A2/c1ada/a2-cnn.ipynb", "A2/group_0003/",
    )  # fmt: skip
    found = intake.find(tmp_path / "download", {})
    assert found.notes == (
        "empty folders, graded as nothing handed in: group_0003",
        "all of it lies in A2, taken for the folder of the class",
    )
    assert files(found) == {
        "c1ada": ["a2-cnn.ipynb"],
        "group_0001": ["a2-cnn.ipynb", "a2-writeup.pdf"],
        "group_0003": [],
    }


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("download/A2/ada/a2-cnn.ipynb", "ada"),
        ("download/ada/a2/a2-cnn.ipynb", "ada"),
        ("download/ada/a2-cnn.ipynb", "ada"),
        ("download/assignment/A2/ada/a2-cnn.ipynb", "ada"),
    ],
)
def test_a_class_of_one(tmp_path, name, id_):
    put(tmp_path, name)
    assert ids(intake.find(tmp_path / "download", {})) == [id_]


def test_the_folder_of_the_assignment_is_no_person(tmp_path):
    put(tmp_path, "ada/a2/a2-cnn.ipynb", "ada/a2/plot.png")
    found = intake.find(tmp_path / "ada", {})
    assert found.alone
    assert files(found) == {"ada": ["a2/a2-cnn.ipynb", "a2/plot.png"]}


def test_names_that_end_like_the_assignment_are_whole(tmp_path):
    put(tmp_path, "leea2.ipynb", "lee_a2.ipynb", "finlayson.ipynb", "A2-cnn-cnnfan.ipynb")
    assert ids(intake.find(tmp_path, {})) == ["cnnfan", "finlayson", "lee", "leea2"]


def test_files_side_by_side_belong_to_those_whom_they_name(tmp_path):
    put(
        tmp_path,
        "ada.ipynb", "ada.pdf", "bob_a2-cnn.ipynb", "bob_a2-writeup.pdf", "README.txt", "eve.zip",
    )  # fmt: skip
    found = intake.find(tmp_path, {})
    assert files(found) == {
        "ada": ["ada.ipynb", "ada.pdf"],
        "bob": ["bob_a2-cnn.ipynb", "bob_a2-writeup.pdf"],
        "eve": ["eve.zip"],
    }
    assert found.notes[0].endswith(
        "taken for 3 submissions by their names (ada, bob, eve); "
        "call a notebook a2-cnn.ipynb to make them one"
    )
    assert found.notes[1] == "beside the submissions, and nobody's: README.txt"
    assert not any(entry.read().only_notebook for entry in found.entries)


def test_notebooks_alone_side_by_side_need_no_write_up(tmp_path):
    put(tmp_path, "ada.ipynb", "bob.ipynb")
    assert all(entry.read().only_notebook for entry in intake.find(tmp_path, {}).entries)


def test_zips_side_by_side_may_hold_a_write_up(tmp_path):
    data = zipped([("a2-cnn.ipynb", NOTEBOOK), ("a2-writeup.pdf", pdf(["weights: NF"]))])
    put(tmp_path, "ada.zip", "bob.zip", data=data)
    put(tmp_path, "eve.ipynb", "max.ipynb")
    hand_ins = [entry.read() for entry in intake.find(tmp_path, {}).entries]
    assert [hand_in.only_notebook for hand_in in hand_ins] == [False, False, True, True]
    written = [submissions.parse(hand_in).writeup for hand_in in hand_ins]
    assert [each and each.name for each in written] == [
        "ada.zip/a2-writeup.pdf", "bob.zip/a2-writeup.pdf", None, None,
    ]  # fmt: skip


def test_two_notebooks_of_one_person_side_by_side_stay_together(tmp_path):
    put(tmp_path, "ada_a2-cnn.ipynb", "ada_a2-cnn (1).ipynb", "bob_a2-cnn.ipynb")
    assert len(files(intake.find(tmp_path, {}))["ada"]) == 2


def test_folders_beside_a_notebook_are_said_to_be_part_of_the_one_submission(tmp_path):
    put(tmp_path / "ada", "a2-cnn.ipynb", "old/a2-cnn.ipynb")
    found = intake.find(tmp_path / "ada", {})
    assert found.alone
    assert "all of it is one submission, old included" in found.notes[0]


def test_a_template_beside_a_class_does_not_hide_the_class(tmp_path):
    put(tmp_path, "a2-cnn.ipynb", *(f"{name}/a2-cnn.ipynb" for name in "abc"))
    found = intake.find(tmp_path, {})
    assert ids(found) == ["a", "b", "c"]
    assert found.notes == ("beside the submissions, and nobody's: a2-cnn.ipynb",)


def test_our_own_results_are_no_submission(tmp_path):
    put(tmp_path, "ada/a2-cnn.ipynb", "results/ada/report.json")
    put(tmp_path, "results/ada/evidence/executed.ipynb")
    found = intake.find(tmp_path, {})
    assert ids(found) == ["ada"]
    assert found.notes == ("results: results of this program, not a submission",)


def test_a_zip_of_folders(tmp_path):
    entries = [("A2/ada/a2-cnn.ipynb", NOTEBOOK), ("A2/bob/", b""), ("A2/eve/x.ipynb", NOTEBOOK)]
    (tmp_path / "class.zip").write_bytes(zipped([*entries, ("__MACOSX/A2/._x", b"x")]))
    found = intake.find(tmp_path / "class.zip", {})
    assert files(found) == {"ada": ["a2-cnn.ipynb"], "bob": [], "eve": ["x.ipynb"]}
    assert found.entries[0].read().files["a2-cnn.ipynb"] == NOTEBOOK


def test_a_zip_of_one_submission(tmp_path):
    (tmp_path / "ada.zip").write_bytes(
        zipped([("a2-cnn.ipynb", NOTEBOOK), ("a2-writeup.pdf", b"")])
    )
    found = intake.find(tmp_path / "ada.zip", {})
    assert found.alone
    assert files(found) == {"ada": ["a2-cnn.ipynb", "a2-writeup.pdf"]}


def test_a_zip_in_a_folder_stays_closed(tmp_path):
    put(tmp_path, "ada/a2.zip", data=b"not even a zip")
    put(tmp_path, "bob/a2-cnn.ipynb")
    assert intake.find(tmp_path, {}).entries[0].read().files == {"a2.zip": b"not even a zip"}


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (["x/notes.txt"], "no notebook (.ipynb) in it or in the folders below it"),
        (["x/"], "no notebook (.ipynb) in it or in the folders below it"),
    ],
)
def test_nothing_to_grade_is_one_line(tmp_path, names, line):
    put(tmp_path, *names)
    with pytest.raises(BadInput) as caught:
        intake.find(tmp_path, {})
    assert str(caught.value) == f"{tmp_path}: {line}"


def test_what_is_not_there_or_no_notebook_is_one_line(tmp_path):
    put(tmp_path, "a2-cnn.py")
    with pytest.raises(BadInput, match="no such file or folder"):
        intake.find(tmp_path / "absent", {})
    with pytest.raises(BadInput, match=r"not a notebook; give the \.ipynb, its folder or a zip"):
        intake.find(tmp_path / "a2-cnn.py", {})


def test_links_and_pipes_are_named_and_never_followed(tmp_path):
    put(tmp_path, "secret/key.ipynb", "class/ada/a2-cnn.ipynb", "class/bob/a2-cnn.ipynb")
    folder = tmp_path / "class" / "ada"
    (folder / "b.ipynb").symlink_to(tmp_path / "secret" / "key.ipynb")
    (folder / "all").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "pipe.ipynb")
    hand_in = intake.find(tmp_path / "class", {}).entries[0].read()
    assert list(hand_in.files) == ["a2-cnn.ipynb"]
    assert hand_in.refused == {
        "all": "a link", "b.ipynb": "a link", "pipe.ipynb": "not a plain file",
    }  # fmt: skip


def test_a_link_in_a_class_is_nobodys(tmp_path):
    put(tmp_path, "class/ada/a2-cnn.ipynb", "class/bob/a2-cnn.ipynb", "key/a2-cnn.ipynb")
    (tmp_path / "class" / "eve").symlink_to(tmp_path / "key")
    found = intake.find(tmp_path / "class", {})
    assert ids(found) == ["ada", "bob"]
    assert found.notes == ("not looked at: eve: a link",)


def test_heaps_of_data_do_not_crowd_out_the_notebook(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "FILES_LIMIT", 3)
    monkeypatch.setattr(places, "TOTAL_LIMIT", 2 * len(NOTEBOOK) + 10)
    monkeypatch.setattr(places, "FILE_LIMIT", 2 * len(NOTEBOOK))
    put(tmp_path, *(f"ada/data/{n}.bin" for n in range(5)), "ada/deep/a2-cnn.ipynb")
    put(tmp_path, "ada/huge.bin", data=b"x" * 5000)
    hand_in = intake.single(tmp_path / "ada").read()
    assert set(hand_in.files) == {"deep/a2-cnn.ipynb", "data/0.bin"}
    assert set(hand_in.refused.values()) == {f"more than {2 * len(NOTEBOOK) + 10} bytes together"}


def test_a_folder_without_end_is_looked_at_so_far(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "WALK_LIMIT", 10)
    put(tmp_path, "ada/a2-cnn.ipynb", *(f"ada/data/{n}" for n in range(20)))
    refused = intake.single(tmp_path / "ada").read().refused
    assert refused == {"(more files)": "more than 10 files and folders"}


def test_a_very_deep_folder_is_looked_at_so_far(tmp_path):
    deep = tmp_path / "ada"
    for _ in range(30):
        deep /= "d"
    put(deep, "x.txt")
    put(tmp_path / "ada", "a2-cnn.ipynb")
    assert list(intake.single(tmp_path / "ada").read().refused.values()) == [
        "more than 20 folders deep"
    ]


def test_names_that_look_alike_are_spelt_out(tmp_path):
    put(tmp_path / "ada", "a2-cnn.ipynb", "а2-cnn.ipynb", "A2-CNN.ipynb")
    notes = intake.single(tmp_path / "ada").read().notes
    assert notes == (
        r"names that look alike: A2-CNN.ipynb, a2-cnn.ipynb, \u04302-cnn.ipynb",
    )  # fmt: skip


def test_a_class_is_found_without_being_read(tmp_path):
    for number in range(40):
        put(tmp_path, f"s{number:02}/a2-cnn.ipynb", data=b"x" * 1_000_000)
    tracemalloc.start()
    found = intake.find(tmp_path, {})
    for entry in found.entries:
        assert len(entry.read().files) == 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found.entries) == 40
    assert peak < 6_000_000


def test_repositories_of_an_assignment_are_called_like_their_students(tmp_path):
    put(tmp_path, *(f"assignment-2-{name}/a2-cnn.ipynb" for name in ("ada-l", "adam", "bob")))
    found = intake.find(tmp_path, {})
    assert [entry.id for entry in found.entries] == ["ada-l", "adam", "bob"]
    assert found.notes == ("repositories of an assignment: assignment-2- is taken off their names",)
