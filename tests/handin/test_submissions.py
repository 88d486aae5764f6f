"""Opening what was handed in: one clear line for everything that cannot be graded."""

import json
from pathlib import Path

import pytest

from grader.basics.exits import BadInput
from grader.handin import intake
from grader.handin.submissions import open_submission, receive
from grader.model import Problem, Submission, Writeup


def cell(source="x = 1"):
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }


def notebook(**changes):
    return {"nbformat": 4, "nbformat_minor": 0, "metadata": {}, "cells": [cell()]} | changes


def put(folder: Path, content, name="a2-cnn.ipynb") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_a_folder_with_accents_and_spaces(tmp_path):
    folder = tmp_path / "Élève Žoë 1"
    put(folder, notebook())
    (folder / "a2-writeup.pdf").write_bytes(b"%PDF-1.4")
    found = open_submission(folder)
    assert found.id == "Élève Žoë 1"
    assert found.notebook_name == "a2-cnn.ipynb"
    assert [f.name for f in found.files] == ["a2-cnn.ipynb", "a2-writeup.pdf"]


def test_the_right_name_wins_and_the_other_is_named(tmp_path):
    put(tmp_path, notebook(cells=[cell("right")]))
    put(tmp_path, notebook(cells=[cell("other")]), "Copy of a2-cnn.ipynb")
    put(tmp_path, b"{}", ".ipynb_checkpoints/a2-cnn-checkpoint.ipynb")
    found = open_submission(tmp_path)
    assert found.notebook is not None
    assert "right" in found.notebook
    assert found.notes == ("several notebooks: a2-cnn.ipynb was graded, not Copy of a2-cnn.ipynb",)


NEWEST = ", the newest as far as names tell"


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["a2-cnn-checkpoint.ipynb", "a2-cnn_final.ipynb"], "a2-cnn_final.ipynb"),
        (["a2-cnn-checkpoint.ipynb", "zzz.ipynb"], "zzz.ipynb"),
        (["a2-cnn(1).ipynb", "a2-cnn(2).ipynb"], "a2-cnn(2).ipynb"),
        (["a2-cnn (9).ipynb", "a2-cnn (10).ipynb"], "a2-cnn (10).ipynb"),
        (["a2-cnn-v2.ipynb", "a2-cnn-v1.ipynb"], "a2-cnn-v2.ipynb"),
        (["a2_cnn_old.ipynb", "a2_cnn.ipynb"], "a2_cnn.ipynb"),
        (["a2-cnn-2020-02-13.ipynb", "a2-cnn-2020-02-09.ipynb"], "a2-cnn-2020-02-13.ipynb"),
        (["draft.ipynb", "Copy of a2-cnn.ipynb"], "Copy of a2-cnn.ipynb"),
        (["a2-cnn-final.ipynb", "a2-cnn-final2.ipynb", "a2-cnn3.ipynb"], "a2-cnn-final2.ipynb"),
    ],
)
def test_of_several_notebooks_the_newest_that_is_no_checkpoint_is_taken_and_said(
    tmp_path, names, chosen
):
    for name in names:
        put(tmp_path, notebook(), name)
    found = open_submission(tmp_path)
    assert found.notebook_name == chosen
    assert found.notes[0].startswith(f"several notebooks: {chosen} was graded{NEWEST}, not ")


def test_a_notebook_in_a_folder_below(tmp_path):
    put(tmp_path / "handin" / "a2", notebook())
    assert open_submission(tmp_path / "handin").notebook_name == "a2/a2-cnn.ipynb"


def test_a_link_is_not_followed(tmp_path):
    target = put(tmp_path, notebook(), "real.ipynb")
    (tmp_path / "a2-cnn.ipynb").symlink_to(target)
    with pytest.raises(BadInput, match="give a notebook or its folder"):
        open_submission(tmp_path / "a2-cnn.ipynb")


def test_no_notebook(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match=r"empty: no notebook .* it holds no files"):
        open_submission(tmp_path / "empty")
    with pytest.raises(BadInput, match="no such file or folder"):
        intake.find(tmp_path / "absent", {})
    with pytest.raises(BadInput, match=r"no notebook .* in it or in the folders below it"):
        intake.find(tmp_path, {})


def test_not_an_ipynb(tmp_path):
    path = put(tmp_path, b"print(1)", "a2-cnn.py")
    with pytest.raises(BadInput, match=r"not a notebook; give the \.ipynb"):
        open_submission(path)


def test_a_large_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "FILE_LIMIT", 10)
    path = put(tmp_path, notebook())
    with pytest.raises(BadInput, match="larger than 10 bytes"):
        open_submission(path)


def test_find_gives_each_folder_of_a_class(tmp_path):
    for name in ("b", "a"):
        put(tmp_path / name, notebook())
    put(tmp_path / "c", b"x", "note.txt")
    assert [e.id for e in intake.find(tmp_path, {}).entries] == ["a", "b", "c"]


def test_an_empty_folder_of_a_class_is_somebodys_too(tmp_path):
    put(tmp_path / "a", notebook())
    for name in ("b", ".git", "__MACOSX"):
        (tmp_path / name).mkdir()
    assert [e.id for e in intake.find(tmp_path, {}).entries] == ["a", "b"]


@pytest.mark.parametrize(
    ("files", "mistake", "reason"),
    [
        ({}, "notebook_missing", "s: no notebook (.ipynb) in this folder; it holds no files"),
        (
            {"notes.txt": b"x", "a2-writeup.pdf": b"x"},
            "notebook_missing",
            "s: no notebook (.ipynb) in this folder; it holds 2 files",
        ),
        (
            {"a2-cnn.html": b"<html>"},
            "not_a_notebook",
            "s: no notebook (.ipynb), but a2-cnn.html; hand in a2-cnn.ipynb",
        ),
        (
            {"a2-cnn.ipynb.txt": b"{}"},
            "not_a_notebook",
            "s: no notebook (.ipynb), but a2-cnn.ipynb.txt; hand in a2-cnn.ipynb",
        ),
        (
            {"a2-cnn.ipynb": b""},
            "not_a_notebook",
            "s/a2-cnn.ipynb: the file is empty; save the notebook and hand it in again",
        ),
    ],
)
def test_a_folder_without_a_usable_notebook_is_received_with_the_reason(
    tmp_path, files, mistake, reason
):
    (tmp_path / "s").mkdir()
    for name, data in files.items():
        put(tmp_path / "s", data, name)
    found = receive(tmp_path / "s")
    assert found.notebook is None
    assert found.problem == Problem(mistake, reason)
    assert [f.name for f in found.files] == sorted(files)
    with pytest.raises(BadInput) as caught:
        open_submission(tmp_path / "s")
    assert str(caught.value) == reason


def test_of_several_notebooks_one_that_can_be_read_is_taken(tmp_path):
    put(tmp_path, b"", "a2-cnn.ipynb")
    put(tmp_path, notebook(), "a2-cnn (1).ipynb")
    found = receive(tmp_path)
    assert found.notebook_name == "a2-cnn (1).ipynb"
    assert found.problem is None


def test_a_link_beside_the_notebook_costs_only_itself(tmp_path):
    put(tmp_path, notebook())
    (tmp_path / "a2-writeup.pdf").symlink_to("/etc/hostname")
    found = open_submission(tmp_path)
    assert [f.name for f in found.files] == ["a2-cnn.ipynb"]
    assert found.writeup is not None
    assert found.writeup.problem is not None
    assert found.writeup.problem.mistake == "writeup_missing"
    assert found.notes[0].startswith("not looked at: ")


def test_a_link_in_place_of_the_notebook_is_refused(tmp_path):
    put(tmp_path / "elsewhere", notebook())
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "a2-cnn.ipynb").symlink_to(tmp_path / "elsewhere" / "a2-cnn.ipynb")
    found = receive(tmp_path / "s")
    assert found.problem is not None
    assert found.problem.mistake == "not_a_notebook"


def test_the_write_up_is_read_only_when_a_folder_was_given(tmp_path):
    path = put(tmp_path, notebook())
    assert open_submission(path).writeup is None
    assert open_submission(tmp_path).writeup is not None


def test_a_report_names_the_submission_without_its_contents():
    writeup = Writeup("a.pdf", 1, 0, "secret words")
    bare = Submission("x", notebook="{}", writeup=writeup).without_contents()
    assert bare == Submission("x", writeup=Writeup("a.pdf", 1, 0, ""))
    assert Submission("x").without_contents() == Submission("x")
