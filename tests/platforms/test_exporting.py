"""`grader export` from the command line: files, standard output, exit codes, refusals."""

import json

import pytest

from grader.basics import storage
from grader.basics.exits import GRADED, USAGE, WITHHELD
from grader.cli.main import main
from grader.platforms import classroom50
from grader.scoring.marks import Mark, Marks
from tests.class_parts import withheld
from tests.platforms.gradescope import reader


@pytest.mark.parametrize(
    ("to", "name"),
    [("gradescope", "results.json"), ("markus", "results.jsonl"), ("classroom50", "result.json")],
)
def test_a_file_a_submission_goes_into_a_folder(graded, tmp_path, capsys, monkeypatch, to, name):
    for variable in classroom50.TOLD.values():
        monkeypatch.setenv(variable, "submit/1")
    code = main(["export", str(graded), "--to", to, "--out", str(tmp_path / "files")])
    assert code == GRADED
    assert sorted(p.parent.name for p in (tmp_path / "files").glob(f"*/{name}")) == ["ada", "bo"]
    assert f"2 files: {tmp_path}/files/*/{name}" in capsys.readouterr().err


def test_one_submission_goes_to_standard_output_alone(graded, capfdbinary):
    assert main(["export", str(graded), "--to", "gradescope", "--submission", "ada"]) == GRADED
    assert reader.results(capfdbinary.readouterr().out)["score"] == 3.0


def test_the_folder_of_one_submission_will_do(graded, tmp_path):
    place = tmp_path / "r.json"
    code = main(["export", str(graded / "bo"), "--to", "gradescope", "--to-file", str(place)])
    assert code == GRADED
    assert reader.results(place.read_bytes())["score"] == 3.0


def test_a_withheld_report_is_said_and_is_the_exit_code(graded, tmp_path, capsys):
    storage.save_report(graded / "cy", withheld("cy", "no memory"))
    for to in ("gradescope", "junit", "csv"):
        code = main(["export", str(graded), "--to", to, "--out", str(tmp_path / to / "x")])
        assert code == WITHHELD
        assert "cy: not graded: a person must look at this submission (no memory)" in (
            capsys.readouterr().err
        )


def test_csv_and_junit_go_to_a_file(graded, tmp_path):
    for to, start in (("csv", b"\xef\xbb\xbfsubmission"), ("junit", b"<?xml")):
        place = tmp_path / f"x.{to}"
        assert main(["export", str(graded), "--to", to, "--out", str(place)]) == GRADED
        assert place.read_bytes().startswith(start)


def canvas(graded, tmp_path, *options, possible="3.00"):
    book = tmp_path / "book.csv"
    book.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,A2 (5)\r\n"
        f"    Points Possible,,,,,{possible}\r\nAda,1,,ada,L1,\r\nBo,2,,bo,L1,\r\n",
        newline="",
    )
    place = tmp_path / "filled.csv"
    options = ("--gradebook", str(book), "--assignment", "A2", "--out", str(place), *options)
    code = main(["export", str(graded), "--to", "canvas", *options])
    return code, place.read_text().splitlines()[2:] if place.exists() else []


def test_canvas_gets_automatic_points_until_marks_are_merged(graded, tmp_path, capsys):
    assert canvas(graded, tmp_path) == (GRADED, ["Ada,1,,ada,L1,3.00", "Bo,2,,bo,L1,3.00"])
    assert (
        "2 scores (automatic points, without manual, with bonus and deduction) in A2 (5)"
        in capsys.readouterr().err
    )


def test_merged_marks_make_totals_and_what_is_not_marked_has_none(graded, tmp_path, capsys):
    marks = Marks({"ada": {"A2": Mark(0.3), "B3": Mark(0.2)}})
    storage.save_report(graded / "ada", marks.of(storage.load_report(graded / "ada")))
    code, rows = canvas(graded, tmp_path, possible="3.70")
    assert (code, rows) == (GRADED, ["Ada,1,,ada,L1,3.50", "Bo,2,,bo,L1,"])
    said = capsys.readouterr().err
    assert "Bo: not marked in full, so no total; left as it was" in said
    assert "1 scores (automatic and manual points, with bonus and deduction) in A2 (5)" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--to", "gradescope"], "give a folder with --out, or name one with --submission"),
        (["--to", "canvas"], "--to canvas needs --gradebook FILE"),
        (
            ["--to", "csv", "--scale"],
            "--scale belongs to --to blackboard, ",
        ),
        (["--to", "junit", "--notebook", "a.ipynb"], "--notebook belongs to --to github"),
        (["--to", "csv", "--submission", "eve"], "--submission eve: no such submission"),
        (
            ["--to", "canvas", "--gradebook", "/no/such.csv"],
            "--gradebook /no/such.csv: no such file",
        ),
        (["--to", "csv", "--out", "/dev/null/x"], "cannot be written"),
    ],
)
def test_wrong_usage_is_one_line_with_the_remedy(graded, capsys, arguments, words):
    assert main(["export", str(graded), *arguments]) == USAGE
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_a_folder_without_reports_and_a_broken_report_are_named(graded, tmp_path, capsys):
    assert main(["export", str(tmp_path / "nothing"), "--to", "csv"]) == USAGE
    assert "no report.json there" in capsys.readouterr().err
    (graded / "bo" / "report.json").write_text(json.dumps({"format": 1}))
    assert main(["export", str(graded), "--to", "csv"]) == USAGE
    assert "remove this folder and grade again" in capsys.readouterr().err
