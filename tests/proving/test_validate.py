"""`grader validate`: what it says, with the heavy parts faked; CI runs the real ones."""

import json
import sys
from pathlib import Path

import pytest

from grader.assignment import ASSIGNMENT
from grader.cli import main as cli
from grader.handin import template
from grader.proving import selftest, validate
from grader.proving.validate import Proof

TESTS = Path(__file__).parents[1]
GOOD = {"status": "graded", "score": 3.2, "max_score": 3.2}
NOTHING = {"status": "graded", "score": 0.0, "max_score": 3.2}


@pytest.fixture
def faked(monkeypatch):
    """Return a function that runs it with these reports and this outcome of the laws."""

    def run(master=GOOD, template_=NOTHING, laws=True, lines=(), arguments=(), said=""):
        def graded(class_, out, jobs, sandbox):
            assert sorted(p.parent.name for p in class_.rglob("a2-cnn.ipynb")) == [
                "master",
                "template",
            ]
            for name, report in (("master", master), ("template", template_)):
                (out / name).mkdir(parents=True)
                if report is not None:
                    (out / name / "report.json").write_text(json.dumps(report))
            return said

        def judged(tests, jobs, tell):
            for line in (*lines, "3 mutants, 2 right variants, 50 checks: 0 cases wrong"):
                tell(line)
            return laws

        monkeypatch.setattr(validate, "_graded", graded)
        monkeypatch.setattr(selftest, "run", judged)
        return cli.main(["validate", "--jobs", "2", "--sandbox", "none", *arguments])

    return run


def test_what_it_says_when_everything_holds(faked, capsys):
    assert faked() == 0
    first, *table, last = capsys.readouterr().out.splitlines()
    assert first.endswith(" min")
    assert " cases in 2 processes, then the master notebook and the template" in first
    assert [line.split("  ")[0] for line in table] == [
        "the committed template is what the master makes",
        "no line of a solution is in the template",
        "the laws of the catalogue",
        "the master earns every automatic point",
        "the untouched template earns none",
    ]
    assert all("WRONG" not in line and len(line) <= 100 for line in table)
    assert "3.20 of 3.20" in table[3]
    assert last == "everything holds"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"master": {**GOOD, "score": 3.1}}, "WRONG  3.10 of 3.20"),
        ({"master": {"status": "withheld", "reason": "a check broke"}}, "withheld: a check broke"),
        ({"master": None}, "WRONG  no report"),
        ({"master": None, "said": "grader: no sandbox"}, "WRONG  grader: no sandbox"),
        ({"template_": {**NOTHING, "score": 0.2}}, "WRONG  0.20 of 3.20"),
        ({"laws": False}, "the laws of the catalogue                                  WRONG"),
    ],
)
def test_what_does_not_hold_is_told_and_is_exit_code_1(faked, capsys, change, said):
    assert faked(**change) == 1
    out = capsys.readouterr().out
    assert said in out
    assert out.splitlines()[-1].endswith("do not hold")


def test_of_the_long_table_only_what_is_wrong_is_shown(faked, capsys):
    lines = ["cnn.a   ...# ok", "cnn.b   ...- WRONG", "    not caught by cnn.values"]
    faked(laws=False, lines=[*lines, "no mutant fails cnn.new"])
    out = capsys.readouterr().out
    assert "cnn.a" not in out
    assert all(line in out for line in (*lines[1:], "no mutant fails cnn.new"))


def test_notebooks_only_leaves_the_laws_out(faked, capsys):
    assert faked(arguments=["--notebooks-only"]) == 0
    out = capsys.readouterr().out
    assert "laws" not in out
    assert "cases" not in out


def test_a_template_that_was_edited_by_hand_is_found(faked, capsys, monkeypatch, tmp_path):
    root = tmp_path / "reference"
    root.mkdir()
    (root / ASSIGNMENT.notebook).write_bytes(template.master().read_bytes())
    monkeypatch.setattr(template, "master", lambda: root / ASSIGNMENT.notebook)
    assert faked() == 1
    assert "the committed template is what the master makes            WRONG" in (
        capsys.readouterr().out
    )


def test_wrong_use(capsys):
    assert cli.main(["validate", "--jobs", "0"]) == 2
    assert "--jobs 0: at least 1" in capsys.readouterr().err


def test_what_the_grading_program_said_last_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert validate._graded(tmp_path, tmp_path, 1, "none") == "it said nothing"


def test_a_line_of_the_table():
    assert str(Proof("x", holds=True, shown="3 of 3", seconds=61.2)).split() == [
        "x", "ok", "3", "of", "3", "61", "s"
    ]  # fmt: skip
