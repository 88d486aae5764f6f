"""A folder remembers how it was graded; other points come to all of it or to nothing."""

from pathlib import Path

import pytest

from grader.basics import storage
from grader.basics.exits import BadInput
from grader.batch import record, results
from grader.batch.record import Record
from grader.batch.results import OWN, Key, opened
from grader.cli import main as cli
from grader.scoring import rubric
from tests.graded import held, passed, put

DOUBLE = rubric.SHIPPED.read_text("utf-8").replace("automatic = 0.8", "automatic = 1.8")


def rescore(folder, text, name="mine.toml"):
    file = folder.parent / name
    file.write_text(text)
    return cli.main(["rescore", str(folder), "--rubric", str(file)])


def most(folder):
    return {p.name: storage.load_report(p).max_score for p in storage.graded(folder)}


@pytest.fixture
def out(tmp_path):
    for name in ("ann", "ben"):
        put(tmp_path / "out", name, passed())
    held(tmp_path / "out", "cem")
    return tmp_path / "out"


def test_all_get_the_points_of_the_other_rubric_also_who_is_withheld(out, capsys):
    assert rescore(out, DOUBLE) == cli.GRADED
    assert most(out) == {"ann": 4.2, "ben": 4.2, "cem": 4.2}
    assert storage.load_report(out / "cem").status == "withheld"
    known = record.load(out)
    assert (known.name, known.rubric, known.scores()) == (
        "mine.toml", DOUBLE, rubric.of(DOUBLE.encode(), "")
    )  # fmt: skip
    assert {store_key(out, name).rubric for name in ("ann", "ben")} == {known.key}
    capsys.readouterr()
    assert cli.main(["rescore", str(out)]) == cli.GRADED
    assert "note: another rubric (the shipped rubric, before mine.toml)" in capsys.readouterr().out
    assert set(most(out).values()) == {3.2}


def store_key(out, name):
    return results.Results(out).key(name)


@pytest.mark.parametrize("damage", ["[", "[]"])
def test_one_that_cannot_be_scored_leaves_all_as_they_were(out, capsys, damage):
    (out / "ben" / "evidence" / "results.json").write_text(damage)
    before = {path: path.read_bytes() for path in out.glob("*/*.json")}
    assert rescore(out, DOUBLE) == cli.USAGE
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert str(out / "ben") in said
    assert {path: path.read_bytes() for path in out.glob("*/*.json")} == before
    assert not (out / OWN / "all").exists()
    assert record.load(out) is None


class Killed(BaseException):
    """Stands for a kill: nothing catches it."""


@pytest.mark.parametrize("count", range(1, 9))
def test_after_a_kill_at_any_point_all_have_the_old_points_or_all_the_new(
    tmp_path, monkeypatch, count
):
    with opened(tmp_path) as store:
        for name in ("ann", "ben"):
            store.put(name, {"report.json": b"old"}, Key("e", "old"))
        calls = {"n": 0}

        def counted(function):
            def call(*args, **kwargs):
                calls["n"] += 1
                if calls["n"] == count:
                    raise Killed
                return function(*args, **kwargs)

            return call

        with monkeypatch.context() as patch:
            for name in ("rename", "replace"):
                patch.setattr(Path, name, counted(getattr(Path, name)))
            patch.setattr(results.storage, "write", counted(results.storage.write))
            patch.setattr(results.shutil, "rmtree", lambda *a, **k: None)  # a kill cleans nothing
            try:
                changed = [(n, {"report.json": b"new"}, Key("e", "new")) for n in ("ann", "ben")]
                store.replace_all(changed, {"graded.json": b"new"})
            except Killed:
                pass
            else:
                pytest.skip("it was finished before")
    with opened(tmp_path) as store:
        found = {(tmp_path / n / "report.json").read_bytes() for n in ("ann", "ben")}
        kept = {store.key(name).rubric for name in ("ann", "ben")}
        assert (found, kept) in (({b"old"}, {"old"}), ({b"new"}, {"new"}))
        assert (tmp_path / OWN / "graded.json").exists() == (found == {b"new"})
        assert not (tmp_path / OWN / "all").exists()
        assert not (tmp_path / OWN / "all.ready").exists()


def test_a_catalogue_with_another_check_is_named(out, capsys):
    found = [r for r in passed() if r.id != "cnn.blocks"]
    storage.save_results(out / "ann" / storage.EVIDENCE / storage.RESULTS, tuple(found))
    assert rescore(out, DOUBLE) == cli.USAGE
    assert "before there was the check cnn.blocks; grade it again" in capsys.readouterr().err


def test_a_record_that_cannot_be_read_is_one_line(out):
    (out / OWN).mkdir()
    (out / record.FILE).write_text("{}")
    with pytest.raises(BadInput, match="give the rubric with --rubric"):
        record.load(out)


def test_which_rubric_is_meant(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text(DOUBLE)
    before = Record("1", DOUBLE, "theirs.toml")
    assert record.of_rubric(None).name == record.SHIPPED
    assert record.of_rubric(rubric.SHIPPED).name == record.SHIPPED
    assert record.of_rubric(None, before) == before
    assert record.of_rubric(mine, before).name == "mine.toml"
    with pytest.raises(rubric.RubricError, match=r"theirs\.toml: not TOML"):
        record.of_rubric(None, Record("1", "[", "theirs.toml"))


def test_what_is_graded_otherwise_is_said_in_words():
    before = Record("1.0", "", settings={"device": "cpu", "training": "1 epoch"})
    now = Record("1.1", "", settings={"device": "cuda", "training": "1 epoch"})
    assert record.differences(before, now) == ["grader 1.0, now 1.1", "device cpu, now cuda"]
    same = record.differences(before, before)
    assert same == ["another state of the grader, its libraries or its seed"]
