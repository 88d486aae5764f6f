"""The output folder: whole or not at all, locked, and recovered after a kill at any point."""

import json
import os
import stat
from pathlib import Path

import pytest

from grader.basics.exits import BadInput
from grader.batch import results
from grader.batch.results import OWN, Key, opened
from grader.handin.intake.ids import Given

KEY = Key("e", "r")


def files(text):
    return {"report.json": json.dumps(text).encode(), "evidence/a.txt": text.encode()}


def read(out, id_="ann"):
    return json.loads((out / id_ / "report.json").read_text())


def test_a_result_is_put_and_replaced(tmp_path):
    with opened(tmp_path) as store:
        store.put("ann", files("one"), KEY)
        assert (read(tmp_path), store.key("ann")) == ("one", KEY)
        store.put("ann", {"report.json": b'"two"'}, None)
        assert (read(tmp_path), store.key("ann")) == ("two", None)
        assert not (tmp_path / "ann" / "evidence").exists()
        assert store.ids() == ["ann"]
    assert not list((tmp_path / OWN / "new").iterdir())
    assert not list((tmp_path / OWN / "old").iterdir())


def test_two_runs_into_one_folder_are_refused(tmp_path):
    assert not results.is_busy(tmp_path)
    with opened(tmp_path):
        assert results.is_busy(tmp_path)
        with pytest.raises(BadInput, match="another run is writing there"), opened(tmp_path):
            pass
    assert not results.is_busy(tmp_path)


def test_the_seed_is_kept_unless_another_is_wanted(tmp_path):
    with opened(tmp_path) as store:
        assert store.seed(None, 7) == 7
        assert store.seed(None, 8) == 7
        assert store.seed(3, 8) == 3
        assert store.seed(None, 8) == 3
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / OWN / "run.json").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / OWN).stat().st_mode) == 0o700


def test_ids_are_remembered_and_a_folder_without_a_note_is_known_by_its_name(tmp_path):
    with opened(tmp_path) as store:
        store.put("old", files("x"), KEY)
        assert store.given() == (Given("old", "old"),)
        store.remember([Given("ada", "ada", "submission_1")])
        store.remember([Given("ada", "ada", "submission_2"), Given("old", "old", "old/")])
    with opened(tmp_path) as store:
        assert store.given() == (Given("old", "old", "old/"), Given("ada", "ada", "submission_2"))
        (tmp_path / OWN / "ids.json").write_text("[")
        assert store.given() == (Given("old", "old"),)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"seed": "x"}', '{"seed": null}'])
def test_a_damaged_record_of_the_seed_is_replaced(tmp_path, damage):
    with opened(tmp_path) as store:
        (tmp_path / OWN / "run.json").write_text(damage)
        assert store.seed(None, 5) == 5


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a\\b", f"{OWN}/run.json", ""])
def test_no_name_leaves_the_folder(tmp_path, name):
    with opened(tmp_path) as store:
        with pytest.raises(ValueError, match="no name for a result"):
            store.put("ann", {name: b""}, KEY)
        with pytest.raises(ValueError, match="no name for a result"):
            store.put(name, files("x"), KEY)


class Killed(BaseException):
    """Stands for a kill: nothing catches it."""


def kill_at(monkeypatch, count):
    """Make the run end at the `count`-th call that changes a folder."""
    calls = {"n": 0}

    def wrap(function):
        def counted(*args, **kwargs):
            calls["n"] += 1
            if calls["n"] == count:
                raise Killed
            return function(*args, **kwargs)

        return counted

    monkeypatch.setattr(Path, "rename", wrap(Path.rename))
    monkeypatch.setattr(Path, "rmdir", wrap(Path.rmdir))
    monkeypatch.setattr(results.shutil, "rmtree", wrap(results.shutil.rmtree))
    monkeypatch.setattr(results.storage, "write", wrap(results.storage.write))
    return calls


@pytest.mark.parametrize("count", range(1, 12))
def test_after_a_kill_at_any_point_the_old_or_the_new_result_is_there_whole(
    tmp_path, monkeypatch, count
):
    with opened(tmp_path) as store:
        store.put("ann", files("old"), KEY)
        with monkeypatch.context() as patch:
            calls = kill_at(patch, count)
            try:
                store.put("ann", files("new"), Key("e2", "r"))
                finished = True
            except Killed:
                finished = False
    assert finished == (calls["n"] < count)
    with opened(tmp_path) as store:
        found = read(tmp_path)
        assert found in ("old", "new")
        assert (tmp_path / "ann" / "evidence" / "a.txt").read_text() == found
        assert store.key("ann") == (KEY if found == "old" else Key("e2", "r"))
        assert found == "new" or not finished
        assert store.ids() == ["ann"]
    assert not list((tmp_path / OWN / "new").iterdir())
    assert not list((tmp_path / OWN / "old").iterdir())


def test_the_points_of_a_kill_reach_behind_the_last_step(tmp_path, monkeypatch):
    """The range above covers every step of a replacement."""
    with opened(tmp_path) as store:
        store.put("ann", files("old"), KEY)
        calls = kill_at(monkeypatch, 10**6)
        store.put("ann", files("new"), KEY)
        assert calls["n"] < 11


def test_a_report_that_cannot_be_read_is_one_line(tmp_path):
    with opened(tmp_path) as store:
        store.put("ann", {"report.json": b"{"}, KEY)
        with pytest.raises(BadInput, match="remove this folder and grade again"):
            store.report("ann")
