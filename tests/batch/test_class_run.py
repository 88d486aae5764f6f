"""An instructor's run over a small class, in real sandboxes: finished work is never done twice."""

import csv
import json
import re
from pathlib import Path

import pytest

from grader.basics import storage
from grader.batch import results
from grader.cli import main as cli
from grader.model import Verdict
from grader.scoring import rubric

SEED = "4711000000000000001"
NET = """import torch
from torch import nn
class CNN(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        self.conv = nn.Conv2d(num_in_channels, num_colours, kernel, padding=kernel // 2)
    def forward(self, x):
        return self.conv(x)
"""


def notebook(*sources):
    cells = [
        {"cell_type": "code", "metadata": {}, "source": s, "outputs": [], "execution_count": None}
        for s in sources
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells})


@pytest.fixture(scope="module")
def hand_ins(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hand-ins") / "class"
    for name in ("ann", "ben", "Žoë", "dot"):
        (folder / name).mkdir(parents=True)
    (folder / "ann" / "a2-cnn.ipynb").write_text(notebook(NET))
    (folder / "ben" / "a2-cnn.ipynb").write_text(notebook("import os\nos._exit(0)", "print(1)"))
    (folder / "Žoë" / "a2-cnn.ipynb").write_text("<html>")
    (folder / "dot" / "notes.txt").write_text("I was ill")
    return folder


@pytest.fixture(scope="module")
def roster(tmp_path_factory):
    path = tmp_path_factory.mktemp("roster") / "students.csv"
    path.write_text("id,name,email\nann,Ann A,a@x.org\nben,Ben B,b@x.org\neve,Eve E,e@x.org\n")
    return path


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("results") / "out"


def run(capsys, *arguments):
    code = cli.main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    assert said.err == ""
    assert all(len(line) <= 80 for line in said.out.splitlines() if "/" not in line), said.out
    return code, said.out


def grade(capsys, hand_ins, out, *more):
    return run(
        capsys,
        "grade",
        hand_ins,
        "--out",
        out,
        "--jobs",
        "2",
        "--seed",
        "4711000000000000001",
        *more,
    )


def times(out):
    return {path: path.stat().st_mtime_ns for path in sorted(out.glob("*/evidence/*"))}


def test_every_submission_gets_a_line_and_a_folder_and_the_class_its_files(
    capsys, hand_ins, out, roster
):
    code, said = grade(capsys, hand_ins, out, "--roster", roster)
    assert code == cli.GRADED
    names = {line.split()[0] for line in said.splitlines() if " 3.20 " in line}
    assert names >= {"ann", "ben", "Žoë", "dot"}
    assert "4 submissions: 4 graded, 0 withheld" in said
    assert "eve: on the roster, but nothing came" in said
    assert "nothing to run: Žoë/a2-cnn.ipynb: an HTML page" in said
    verdicts = {r.submission.id: r.verdict for r in map(storage.load_report, storage.graded(out))}
    assert verdicts["ben"] is Verdict.STUDENT_ERROR
    assert verdicts["Žoë"] is Verdict.REFUSED_FILE
    for name in ("index.html", "gradebook.csv", "summary.json", "marks.csv"):
        assert (out / name).stat().st_size > 100, name
    for folder in storage.graded(out):
        assert "<title>" in (folder / "report.html").read_text("utf-8")
        assert json.loads((folder / "evidence" / "cost.json").read_text())["peak_bytes"] < 1 << 30
    with (out / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["name"] for row in rows} >= {"Ann A", "Ben B", "Eve E"}


def test_nothing_is_done_twice(capsys, hand_ins, out):
    before = times(out)
    assert before
    code, said = grade(capsys, hand_ins, out)
    assert code == cli.GRADED
    assert "4 of 4 are graded already" in said
    assert times(out) == before


def test_only_what_was_handed_in_again_is_graded_again(capsys, hand_ins, out):
    before = times(out)
    (hand_ins / "dot" / "a2-cnn.ipynb").write_text("<html>late")
    _, said = grade(capsys, hand_ins, out)
    assert "3 of 4 are graded already" in said
    changed = {path.parts[-3] for path, time in times(out).items() if before.get(path) != time}
    assert changed == {"dot"}


def test_another_rubric_changes_points_and_runs_nothing(capsys, hand_ins, out, tmp_path):
    before = times(out)
    other = tmp_path / "other.toml"
    text = rubric.SHIPPED.read_text("utf-8")
    other.write_text(text.replace("automatic = 0.8", "automatic = 8.0"))
    code, said = grade(capsys, hand_ins, out, "--rubric", other)
    assert code == cli.GRADED
    assert "note: another rubric (other.toml, before the shipped rubric): all" in said
    assert times(out) == before
    assert most(out) == {10.4}
    assert "before" not in grade(capsys, hand_ins, out, "--rubric", other)[1]
    code, said = grade(capsys, hand_ins, out, "--rubric", rubric.SHIPPED)
    assert code == cli.GRADED
    assert "note: another rubric (the shipped rubric, before other.toml): all" in said
    assert most(out) == {3.2}
    assert times(out) == before


def most(out):
    """Return the most points of each submission and of each row of the gradebook."""
    with (out / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row["automatic_max"] for row in csv.DictReader(file)]
    return {storage.load_report(f).max_score for f in storage.graded(out)} | {
        float(row) for row in rows if row
    }


def test_one_student_again_never_mixes_rubrics(capsys, hand_ins, out, tmp_path):
    """What a folder was scored with is kept in it, also when the rubric's file is gone."""
    other = tmp_path / "other.toml"
    text = rubric.SHIPPED.read_text("utf-8")
    other.write_text(text.replace("automatic = 0.8", "automatic = 1.8"))
    assert run(capsys, "rescore", out, "--rubric", other)[0] == cli.GRADED
    other.unlink()
    (hand_ins / "ann" / "a2-cnn.ipynb").write_text(notebook(NET, "print('again')"))
    again = [hand_ins / "ann", "--out", out, "--jobs", "1", "--seed", SEED]
    _, said = run(capsys, "grade", *again)
    assert "scored with the rubric that this folder was scored with (other.toml)" in said
    assert "graded by grader" in run(capsys, "status", out)[1]
    assert most(out) == {4.2}
    _, said = run(capsys, "grade", *again, "--rubric", rubric.SHIPPED)
    assert "another rubric (the shipped rubric, before other.toml)" in said
    assert most(out) == {3.2}


def test_the_log_says_what_was_done_and_not_the_seed(out):
    text = (out / "grader.log").read_text("utf-8")
    assert " to grade, 0 done before; isolation " in text
    for id_ in results.Results(out).ids():
        assert f" {id_}: " in text
    assert json.loads((out / ".grader" / "run.json").read_text())["seed"] not in map(
        int, re.findall(r"\d{16,}", text)
    )


def test_one_that_is_named_is_graded_again_and_no_other(capsys, hand_ins, out):
    before = times(out)
    _, said = grade(capsys, hand_ins, out, "--only", "dot")
    assert "1 submission: 1 graded" in said
    changed = {path.parts[-3] for path, time in times(out).items() if before.get(path) != time}
    assert changed == {"dot"}
    assert len(storage.graded(out)) == 4


def test_status_says_how_far_it_is(capsys, out, tmp_path):
    code, said = run(capsys, "status", out)
    assert code == cli.GRADED
    assert "no run is at work" in said
    assert "4 graded, 0 withheld" in said
    with results.opened(out):
        assert "a run is grading into it" in run(capsys, "status", out)[1]
    assert cli.main(["status", str(tmp_path)]) == cli.USAGE
    assert "nothing is graded there" in capsys.readouterr().err


def test_a_second_run_into_the_folder_is_refused(capsys, hand_ins, out):
    with results.opened(out):
        assert cli.main(["grade", str(hand_ins), "--out", str(out)]) == cli.USAGE
    assert "another run is writing there" in capsys.readouterr().err


def test_the_results_hold_nothing_but_results(out):
    private = Path(out, results.OWN)
    assert not list((private / "new").iterdir())
    assert not list((private / "old").iterdir())


def test_a_late_hand_in_that_looks_like_another_takes_nothing_from_it(capsys, hand_ins, out):
    before = (out / "ann" / "report.json").read_bytes()
    (hand_ins / "ANN").mkdir()
    (hand_ins / "ANN" / "a2-cnn.ipynb").write_text("<html>")
    code, said = grade(capsys, hand_ins, out)
    assert code == cli.GRADED
    late = next(path.name for path in out.iterdir() if path.name.startswith("ANN-"))
    assert f"note: ANN: looks like ann, so its results are in {late}" in said
    assert "4 of 5 are graded already and have not changed" in said
    assert (out / "ann" / "report.json").read_bytes() == before
    code, said = grade(capsys, hand_ins, out)
    assert "5 of 5 are graded already" in said


def test_a_seed_that_could_be_found_by_trying_is_refused_for_a_class(capsys, hand_ins, out):
    assert cli.main(["grade", str(hand_ins), "--out", str(out), "--seed", "1"]) == cli.USAGE
    line = capsys.readouterr().err
    assert line.startswith(
        "grader: --seed 1: whoever hands in could find so small a seed by trying"
    )
    assert line.endswith("give a secret one of at least 1000000000000000\n")


def test_a_new_run_scores_by_the_decisions_that_are_there(capsys, hand_ins, out):
    """From its own line on: what a person decided needs no second merge."""
    (out / "overrides.csv").write_text(
        "submission,question or check,points or verdict,reason,who\ndot,A1,0.3,was ill,Kim\n"
        "dot,deduction,0.1,late,Lee\n"
    )
    run(capsys, "merge", out)
    (hand_ins / "dot" / "a2-cnn.ipynb").write_text("<html>later")
    said = grade(capsys, hand_ins, out)[1]
    assert re.search(r"^dot +0\.20 / ", said, re.MULTILINE)
    assert "dot A1: handed in again since a person decided; look" in said
    report = storage.load_report(out / "dot")
    assert (report.score, [d.what for d in report.decisions]) == (0.3, ["A1", "deduction"])
    log = (out / "grader.log").read_text()
    assert re.search(r"INFO merge\n.* INFO note: dot A1: 0\.00 before, 0\.30 of", log)
    assert re.search(r"INFO dot: \w+, 0\.20 of ", log)
