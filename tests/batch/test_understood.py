"""`grader grade --dry-run`: how a download was understood; nothing is run, nothing is written."""

import pytest

from grader.batch.results import opened
from grader.cli import main as cli
from grader.handin.intake.ids import Given
from tests.downloads import put


@pytest.fixture
def download(tmp_path):
    """Return a download of Canvas: two hand-ins alike, one of them late."""
    put(
        tmp_path,
        "submissions/lovelaceada_11_101_a2-cnn.ipynb",
        "submissions/lovelaceada_11_102_a2-writeup.pdf",
        "submissions/bobbob_LATE_12_103_a2-cnn.ipynb",
    )
    for path in (tmp_path / "submissions").glob("*.ipynb"):
        path.write_text('{"cells": []}')
    return tmp_path / "submissions"


def dry(capsys, *arguments):
    assert cli.main(["grade", *map(str, arguments), "--dry-run"]) == 0
    return capsys.readouterr().out


def test_persons_files_late_ones_and_duplicates(capsys, download):
    said = dry(capsys, download)
    lines = said.splitlines()
    assert lines[0] == f"{download}: a download of Canvas, 2 submissions"
    assert "late" in next(line for line in lines if line.startswith("bobbob"))
    assert "a2-cnn.ipynb (1 kB)" in said
    assert "a2-writeup.pdf" in said
    assert "the same notebook, byte for byte, as bobbob" in said
    assert "late: bobbob" in said
    assert lines[-1] == "nothing was graded (--dry-run)"


def test_who_is_missing_and_who_is_nobody(capsys, download, tmp_path):
    roster = tmp_path / "class.csv"
    roster.write_text("id,name,email\n11,Ada Lovelace,ada@x.org\neve,Eve E,e@x.org\n")
    said = dry(capsys, download, "--roster", roster)
    assert "Ada Lovelace" in said
    assert "nothing came from: Eve E eve e@x.org" in said
    assert "not on the roster: bobbob" in said


def test_nothing_is_said_twice(capsys, tmp_path):
    """Neither an id beside itself nor, of each hand-in, that nobody is named."""
    for name in ("ada", "bob"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "a2-cnn.ipynb").write_text(name)
    said = dry(capsys, tmp_path / "in")
    assert said.count("nobody is named") == 1
    assert f"{'ada':28} a2-cnn.ipynb (1 kB)\n" in said
    roster = tmp_path / "class.csv"
    roster.write_text("id,name\nada,Ada Lovelace\nbob,\n")
    said = dry(capsys, tmp_path / "in", "--roster", roster)
    assert f"{'ada':28} Ada Lovelace\n{'':28} a2-cnn.ipynb (1 kB)\n" in said
    assert "not on the roster: nobody" in said
    assert "nobody is named" not in said


def test_nothing_is_written_and_ids_are_those_of_the_folder(capsys, download, tmp_path):
    out = tmp_path / "out"
    dry(capsys, download, "--out", out)
    assert not out.exists()
    with opened(out) as store:
        store.put("old", {"report.json": b"{}"}, None)
        store.remember([Given("ada-l", "lovelaceada", "lovelaceada_11")])
    before = sorted(out.rglob("*"))
    dry(capsys, download, "--out", out)
    assert sorted(out.rglob("*")) == before


def test_one_submission_alone(capsys, download):
    said = dry(capsys, download, "--only", "bobbob_12")
    assert "bobbob" in said
    assert "lovelaceada" not in said


def test_a_mistyped_id_is_one_line(capsys, download):
    assert cli.main(["grade", str(download), "--only", "love"]) == 2
    assert capsys.readouterr().err == (
        "grader: --only love: no such submission; did you mean 'lovelaceada_11'?\n"
    )
