"""A summary and annotations for GitHub Actions, and the workflow that shows them."""

import json
import re
import subprocess

import yaml

from grader.basics import storage
from grader.basics.exits import GRADED, USAGE
from grader.cli.main import main
from grader.model import Decision, Status
from grader.platforms.common.markdown import summary
from grader.platforms.github.package import WORKFLOW
from tests.class_parts import check, report

NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": "class CNN is asked for"},
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": "# é\nclass CNN:\n  0"},
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "source": ["\n", "class UNet: 0"],
        },
    ]
}


def test_github_gets_a_summary_and_the_failing_check_at_its_line(graded, tmp_path, capsys):
    found = check("cnn.blocks", Status.FAILED, 0.3, ("pool_after_relu",), message="a: b, 100 %")
    storage.save_report(graded / "ada", report("ada", (found,)))
    file = tmp_path / "a2-cnn.ipynb"
    file.write_text(json.dumps(NOTEBOOK, indent=1))
    out = tmp_path / "summary.md"
    options = ["--submission", "ada", "--notebook", str(file), "--out", str(out)]
    assert main(["export", str(graded), "--to", "github", *options]) == GRADED
    (said,) = capsys.readouterr().out.splitlines()
    at = 1 + next(i for i, t in enumerate(file.read_text().splitlines()) if "class CNN:" in t)
    assert said.startswith(f"::error file={file},line={at},title=cnn.blocks::what")
    assert "**cnn.blocks** (failed, 0.30 of 0.60)" in out.read_text()


def test_github_needs_a_notebook_that_is_there(graded, capsys):
    assert main(["export", str(graded), "--to", "github", "--notebook", "no.ipynb"]) == USAGE
    assert capsys.readouterr().err.startswith("grader: --notebook no.ipynb: ")


def test_the_workflow_grades_in_bubblewrap_and_names_what_was_lost():
    found = yaml.safe_load(WORKFLOW.read_bytes())
    assert found["permissions"] == {"contents": "read"}
    steps = {step.get("name"): step.get("run", "") for step in found["jobs"]["grade"]["steps"]}
    assert "--sandbox bubblewrap" in steps["Grade"]
    for script in steps.values():
        subprocess.run(["bash", "-n"], input=script.encode(), check=True)
    assert "--to github" in steps["Points"]
    assert "$GITHUB_STEP_SUMMARY" in steps["Points"]


def test_what_waits_and_costs_nothing_is_not_among_what_was_lost():
    free = check("unet.values", Status.SKIPPED, 0.65, message="not judged: it costs nothing")
    unpriced = check("handin.epochs", Status.SKIPPED, message="not judged")
    dear = check("finetune.head", Status.SKIPPED, message="not judged: finetune.loop did not pass")
    told = summary([report("ada", (free, unpriced, dear))]).decode()
    assert re.findall(r"\*\*(.+?)\*\* \(", told) == ["finetune.head"]


def test_what_a_person_gave_is_named_once():
    late = Decision("deduction", "two days late", "Kim", points=0.5)
    told = summary([report("ada", decisions=(late,))]).decode()
    assert "| Bonus and deduction | -0.50 |" in told
    assert "| A1 CNN | 0.80 of 0.80 |" in told
