"""The command line as people meet it: exit codes, one clear line, 80 columns."""

import dataclasses
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from grader.basics import storage
from grader.batch import warm
from grader.cli import main as cli
from grader.judging.catalog import catalogue
from grader.model import (
    CellRun,
    CheckResult,
    Finding,
    GradeReport,
    Outcome,
    Status,
    Submission,
    Verdict,
)
from grader.reports import catalogue_text, terminal
from grader.scoring import rubric

ROOT = Path(__file__).parents[2]


@pytest.fixture
def nothing_ready(monkeypatch):
    """Have no kernel and no reference made ready for a run in which no notebook gets that far."""
    monkeypatch.setattr(warm, "environment", lambda settings: {})


def run(capsys, *arguments):
    """Return the exit code and what was printed to stdout and stderr."""
    try:
        code = cli.main([str(a) for a in arguments])
    except SystemExit as stop:
        code = stop.code
    said = capsys.readouterr()
    return code, said.out, said.err


def one_line(capsys, *arguments):
    code, out, err = run(capsys, *arguments)
    assert code == cli.USAGE
    assert out == ""
    assert err.startswith("grader: ")
    assert err.count("\n") == 1
    return err


NOTEBOOK = {"nbformat": 4, "nbformat_minor": 0, "metadata": {}, "cells": []}


@pytest.mark.usefixtures("nothing_ready")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file or folder"),
        ("", "the file is empty"),
        ("{", "broken JSON"),
        ("hello", "broken JSON"),
        (json.dumps(NOTEBOOK | {"nbformat": 99}), "nbformat 99"),
    ],
)
def test_bad_notebooks_are_one_line_and_exit_code_2(capsys, tmp_path, content, said):
    path = tmp_path / "a2-cnn.ipynb"
    if content is not None:
        path.write_text(content)
    line = one_line(capsys, "grade", path, "--sandbox", "none")
    assert said in line
    assert str(path) in line


def test_a_folder_without_a_notebook(capsys, tmp_path):
    assert "no notebook (.ipynb)" in one_line(capsys, "grade", tmp_path, "--sandbox", "none")


@pytest.mark.usefixtures("nothing_ready")
def test_in_a_class_a_submission_without_a_notebook_gets_zero_and_the_reason(capsys, tmp_path):
    for name, file in (("ann", "a2-cnn.ipynb"), ("ben", "a2-cnn.html"), ("cem", "a2-cnn.ipynb")):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / file).write_text("<html>")
    (tmp_path / "class" / "dot").mkdir()
    out = tmp_path / "out"
    code, said, err = run(capsys, "grade", tmp_path / "class", "--sandbox", "none", "--out", out)
    assert (code, err) == (cli.GRADED, "")
    reports = {folder.name: storage.load_report(folder) for folder in storage.graded(out)}
    assert list(reports) == ["ann", "ben", "cem", "dot"]
    for report in reports.values():
        assert (report.status, report.score) == ("graded", 0)
        assert all(q.points == 0 for q in report.questions)
    problems = {name: r.submission.problem for name, r in reports.items()}
    assert [p.mistake for p in problems.values()] == ["not_a_notebook"] * 3 + ["notebook_missing"]
    assert "ann/a2-cnn.ipynb: an HTML page, not a notebook" in " ".join(said.split())
    assert "ben: no notebook (.ipynb), but a2-cnn.html" in " ".join(said.split())
    alone = one_line(capsys, "grade", tmp_path / "class" / "ann", "--sandbox", "none")
    assert "an HTML page, not a notebook" in alone


@pytest.fixture
def notebook(tmp_path):
    path = tmp_path / "student" / "a2-cnn.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps(NOTEBOOK))
    return path


def test_an_output_folder_that_cannot_be_written(capsys, tmp_path, notebook):
    (tmp_path / "file").write_text("x")
    line = one_line(capsys, "grade", notebook, "--out", tmp_path / "file")
    assert "cannot be written" in line
    assert "give another folder" in line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--seed", "-1"), "--seed -1: a seed is 0 or more"),
        (("--weights", "absent.pth"), "--weights absent.pth: no such file"),
        (("--data-root", "absent"), "--data-root absent: "),
        (("--rubric", "absent.toml"), "absent.toml: No such file"),
    ],
)
def test_wrong_options_are_named(capsys, notebook, options, said):
    assert said in one_line(capsys, "grade", notebook, "--sandbox", "none", *options)


@pytest.mark.usefixtures("without_bubblewrap")
def test_without_bubblewrap_a_foreign_notebook_is_refused(capsys, notebook):
    line = one_line(capsys, "grade", notebook)
    assert "bubblewrap" in line
    assert "--sandbox none" in line


QUOTES = 'is more than it takes; a name or path with blanks stands in quotes, "like this"'


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("grad", "there is no verb 'grad'; did you mean 'grade'?"),
        ("", "missing: VERB; `grader --help` shows how"),
        ("status", "status: missing: out; `grader status --help` shows how"),
        ("explain out Gil van Dam cnn.values", f"explain: 'Dam cnn.values' {QUOTES}"),
        ("grade in --only Gil van Dam", f"grade: 'van Dam' {QUOTES}"),
        ("grade in --outt out", "grade: there is no option '--outt'; did you mean '--out'?"),
        ("merge out --silly=x", "merge: there is no option '--silly'; `grader merge --help` shows"),
        ("grade in --jobs many", "grade: --jobs: 'many' is no number; `grader grade --help` shows"),
        ("grade in --jobs", "grade: --jobs: a value must follow it; `grader grade --help` shows"),
        ("export out --to marcus", "export: --to 'marcus'; did you mean 'markus'?"),
        ("push out", "push: PLATFORM 'out': give one of markus"),
        ("push markus out --url u", "push markus: missing: --course, --assignment; `grader push"),
        ("grade in \x1b[31m\n", r"grade: '\x1b[31m\n' is more than it takes"),
    ],
)
def test_what_cannot_be_read_is_one_line_with_the_value_and_a_remedy(capsys, typed, said):
    assert said in one_line(capsys, *filter(None, typed.split(" ")))


def test_python_m_grader():
    done = subprocess.run(
        [sys.executable, "-m", "grader", "--version"], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0
    assert done.stdout.startswith("grader 0.")


def test_checks_lists_each_check_once(capsys):
    code, out, _ = run(capsys, "checks")
    assert code == cli.GRADED
    assert [line.split()[0] for line in out.splitlines()[1:]] == list(catalogue())
    assert all(len(line) <= 80 for line in out.splitlines())


def test_explain_a_check_and_a_mistake(capsys):
    code, out, _ = run(capsys, "explain", "unet.skip_connections")
    assert code == cli.GRADED
    assert "Why it matters: without a skip the decoder must invent" in out
    assert all(len(line) <= 80 for line in out.splitlines())
    out = run(capsys, "explain", "relu_missing")[1]
    assert "20 % of the question's automatic points for each place, 50 % at most" in out
    line = one_line(capsys, "explain", "unet.skips")
    assert "there is no check or mistake 'unet.skips'" in line


def test_the_page_of_checks_is_up_to_date(tmp_path, capsys):
    page = ROOT / "docs" / "checks.md"
    assert catalogue_text.main([str(page), "--check"]) == 0
    stale = tmp_path / "checks.md"
    stale.write_text("old")
    assert catalogue_text.main([str(stale), "--check"]) == 1
    assert "is stale: run" in capsys.readouterr().err
    assert catalogue_text.main([str(stale)]) == 0
    assert stale.read_text("utf-8") == page.read_text("utf-8")


def graded(folder, name="Žoë 1"):
    """Write a small graded submission, with one mistake, and return its results."""
    results = tuple(
        CheckResult(
            check,
            Status.FAILED if check == "cnn.blocks" else Status.PASSED,
            (Finding("block 1 of CNN", "pool first", "ReLU first", "pool_after_relu"),)
            if check == "cnn.blocks"
            else (),
        )
        for check in catalogue()
    )
    scored = rubric.score(results, rubric.load())
    report = GradeReport(
        Submission(name),
        "graded",
        scored.points,
        scored.max_points,
        "bubblewrap",
        scored.questions,
        scored.manual,
        scored.checks,
        cells=(CellRun(0, Outcome.OK, 0.5),),
    )
    storage.save_report(folder / name, report)
    storage.save_results(folder / name / storage.EVIDENCE / storage.RESULTS, results)
    return report


def test_rescore_uses_the_new_rubric_and_runs_nothing(capsys, tmp_path):
    old = graded(tmp_path / "out")
    mine = tmp_path / "mine.toml"
    text = rubric.SHIPPED.read_text("utf-8")
    mine.write_text(text.replace("pool_after_relu = 0.2", "pool_after_relu = 0.5"), "utf-8")
    code, out, _ = run(capsys, "rescore", tmp_path / "out", "--rubric", mine)
    assert code == cli.GRADED
    assert "Žoë 1" in out
    assert f"{terminal.points(old.score)} -> {terminal.points(old.score - 0.24)} of 3.20" in out
    assert storage.load_report(tmp_path / "out" / "Žoë 1").score == pytest.approx(old.score - 0.24)
    assert run(capsys, "rescore", tmp_path / "out")[0] == cli.GRADED
    assert storage.load_report(tmp_path / "out" / "Žoë 1").score == old.score


def test_the_shipped_rubric_is_printed_to_be_copied(capsys, tmp_path):
    code, out, _ = run(capsys, "rubric")
    assert code == cli.GRADED
    (tmp_path / "mine.toml").write_text(out, "utf-8")
    assert rubric.load(tmp_path / "mine.toml") == rubric.load()


def test_rescore_of_nothing(capsys, tmp_path):
    line = one_line(capsys, "rescore", tmp_path, "--rubric", rubric.SHIPPED)
    assert "no report.json in the folders below it" in line


def test_rescore_of_a_broken_report(capsys, tmp_path):
    graded(tmp_path)
    (tmp_path / "Žoë 1" / storage.REPORT).write_text("{}")
    assert "remove this folder and grade again" in one_line(
        capsys, "rescore", tmp_path, "--rubric", rubric.SHIPPED
    )


def test_a_report_fits_80_columns_and_obeys_no_student(tmp_path):
    report = graded(tmp_path, "x" * 200 + "\x1b[2J")
    text = terminal.render(report)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "\x1b" not in text
    assert "pool_after_relu" in text
    assert "look for" in text
    coloured = terminal.render(report, colour=True)
    assert "\x1b[31mfailed  \x1b[0m cnn.blocks" in coloured


def test_of_checks_without_points_only_what_was_found_is_shown(tmp_path):
    note = Finding("the write-up", "a2-writeup.pdf", "a2-writeup.pdf (pages: 2)", note=True)
    results = [
        CheckResult(name, Status.PASSED, (note,) if name == "handin.writeup" else ())
        for name in catalogue()
    ]
    scored = rubric.score(results, rubric.load())
    report = GradeReport(
        Submission("x"), "graded", 1, 1, "none", scored.questions, (), scored.checks
    )
    text = terminal.render(report)
    assert "hand-in  The hand-in\n  passed   handin.writeup\n      note      the write-up" in text
    assert "handin.epochs" not in text
    assert "cnn.blocks" in text


def test_a_withheld_report_shows_no_score(tmp_path):
    report = dataclasses.replace(graded(tmp_path), status="withheld", questions=())
    text = terminal.render(report)
    assert "WITHHELD" in text
    assert "automatic points" not in text


def test_reports_survive_the_json_round_trip(tmp_path):
    report = graded(tmp_path)
    again = storage.from_json(GradeReport, storage.to_json(report))
    assert again == report
    assert storage.to_json(again) == storage.to_json(report)


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    target = tmp_path / "report.json"
    storage.write(target, b"old")

    def fail(self, other):
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        storage.write(target, b"new")
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["report.json"]  # noqa: PTH208


def test_each_verb_shows_examples_that_can_be_typed(capsys):
    for verb in cli.VERBS:
        code, said, _ = run(capsys, verb, "--help")
        assert code == 0
        _, _, examples = said.partition("examples:\n")
        typed = [line.strip() for line in examples.splitlines() if line.startswith("    grader ")]
        assert typed, verb
        for line in typed:
            arguments = shlex.split(line.partition(" > ")[0])[1:]
            assert cli.parser().parse_args(arguments).verb == verb


def test_checks_as_json_are_the_table(capsys):
    _, table, _ = run(capsys, "checks")
    code, said, _ = run(capsys, "checks", "--json")
    assert code == cli.GRADED
    rows = [line.split() for line in table.splitlines()[1:]]
    assert [
        [c["id"], c["question"], f"{c['points']:.3f}", c["visibility"]] for c in json.loads(said)
    ] == rows


def test_status_as_json_has_no_score_for_a_withheld_report(capsys, tmp_path):
    whole = graded(tmp_path / "out", "ada")
    held = dataclasses.replace(
        whole, submission=Submission("bo"), status="withheld", score=0.0, reason="no memory",
        questions=(), verdict=Verdict.GRADER_FAILURE,
    )  # fmt: skip
    storage.save_report(tmp_path / "out" / "bo", held)
    code, said, _ = run(capsys, "status", tmp_path / "out", "--json")
    found = json.loads(said)
    assert code == cli.WITHHELD
    assert (found["busy"], found["graded"], found["withheld"]) == (False, 1, 1)
    assert [(s["id"], s["score"], s["reason"]) for s in found["submissions"]] == [
        ("ada", whole.score, ""), ("bo", None, "no memory"),
    ]  # fmt: skip


def test_watching_is_for_people_and_json_for_programs(capsys, tmp_path):
    line = one_line(capsys, "check", tmp_path / "a2-cnn.ipynb", "--watch", "--json")
    assert "leave one of them out" in line


def test_shtab_completes_verbs_and_formats(tmp_path):
    """`shtab --shell=bash grader.cli.main.parser` makes what README tells people to install."""
    shtab = pytest.importorskip("shtab")
    script = tmp_path / "grader.bash"
    script.write_text(shtab.complete(cli.parser(), "bash"))

    def completed(*words):
        typed = " ".join(map(shlex.quote, words))
        ask = f"COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}; _shtab_grader"
        code = f"source {shlex.quote(str(script))}; {ask}; echo ${{COMPREPLY[@]}}"
        found = subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=True)
        return found.stdout.split()

    assert completed("grader", "ex") == ["export", "explain"]
    assert completed("grader", "export", "--to", "m") == ["markus", "moodle"]
