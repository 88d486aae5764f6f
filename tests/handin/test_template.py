"""The students' notebook: made from the master, complete but for the gaps, without a solution."""

import json
import math
import re
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from grader.assignment import ASSIGNMENT
from grader.assignment.checks import counts, handin
from grader.assignment.saved.settings import training_calls
from grader.assignment.written import answer_cell
from grader.assignment.written.free_text import places
from grader.basics.exits import BadInput
from grader.cli import main as cli
from grader.handin import template
from grader.handin.template import Region, leaked, regions, solution_lines, squeezed
from grader.judging.cells import read_cells
from grader.model import Evidence, ExecutedNotebook, Replies, Submission

ROOT = Path(__file__).parents[2]
MASTER = template.master()
COMMITTED = ROOT / "student_template" / "a2-cnn.ipynb"
TEXT = template.template(MASTER)
EXERCISE = template.template(MASTER, ["conv2d"])
GAPS = {
    "A1": ("CNN", "CNN.forward"),
    "B1": ("UNet", "UNet.forward"),
    "C1": ("learned_parameters",),
    "C2": ("the new last layer",),
}


def source(text, identity):
    cell = next(cell for cell in json.loads(text)["cells"] if cell["id"] == identity)
    return "".join(cell["source"])


def run(*cells, text=TEXT, **names):
    """Run cells of a template and return what they define."""
    space = {"torch": torch, "nn": nn, "F": F, "math": math, **names}
    for identity in cells:
        exec(source(text, identity), space)  # noqa: S102 - our own text
    return space


def test_the_committed_template_is_a_fresh_one():
    assert COMMITTED.read_text("utf-8") == TEXT, "run `grader template`"
    assert template.template(MASTER) == TEXT


@pytest.mark.parametrize("text", [TEXT, EXERCISE, MASTER.read_text("utf-8")])
def test_a_valid_python_3_notebook_without_outputs_and_with_ids_that_say_what_is_there(text):
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert {cell.execution_count for cell in notebook.cells if cell.cell_type == "code"} == {None}
    assert not any(cell.get("outputs") for cell in notebook.cells)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids) > 50
    assert {"cnn", "unet", "train-c", "freeze-and-train", "a3-answer"} <= set(ids)


def test_the_master_is_in_the_form_in_which_it_is_written():
    assert template.as_text(template.read(MASTER)) == MASTER.read_text("utf-8")


@pytest.mark.parametrize(("text", "exercises"), [(TEXT, []), (EXERCISE, ["conv2d"])])
def test_no_line_of_a_solution_is_in_a_template(text, exercises):
    assert len(solution_lines(MASTER, exercises)) > 40
    assert leaked(MASTER, text, exercises) == []
    assert "SOLUTION" not in text
    assert "TEMPLATE" not in text


def test_a_solution_that_leaks_is_found():
    cells = json.loads(TEXT)
    line = next(r for r in regions(MASTER) if r.label == "B1: UNet.forward").solution[-1]
    cells["cells"][3]["source"] = ["x = 1\n", "   " + line.replace(" ", "")]
    assert leaked(MASTER, json.dumps(cells)) == ["   " + line.replace(" ", "")]


def test_no_line_of_the_reference_package_is_in_the_template():
    given = {squeezed(line) for line in source(TEXT, "my-conv2d").splitlines()}
    lines = {squeezed(line) for cell in json.loads(TEXT)["cells"] for line in cell["source"]}
    for name in ("blocks", "cnn", "unet", "counts", "convention"):
        code = (ROOT / "reference" / f"{name}.py").read_text("utf-8").splitlines()
        code = {squeezed(line) for line in code if not line.startswith(("import", "from"))}
        shared = {line for line in (code & lines) - given if len(line) > 24}
        starts = ("def__init__(", "self,kernel:", "learned_parameters:")
        assert {line for line in shared if not line.startswith(starts)} == set(), name


def test_the_words_that_would_give_it_away_are_not_there():
    for words in (r"startswith", r"classifier\[4\]", r"cat\(\(", r"requires_grad\s*=", "1728"):
        assert not re.search(words, TEXT), words


def test_every_gap_names_its_question():
    raising = [r for r in regions(MASTER) if not r.template and not r.exercise]
    labels = [r.label for r in raising]
    assert labels == [f"{q}: {what}" for q, names in GAPS.items() for what in names]
    for region in raising:
        comment, _, message = (line.strip() for line in region.shown(()))
        assert comment.startswith(f"# {region.label[:2]}: your code here")
        assert f"Question {region.label} is not written yet. Fill in its gap" in message


@pytest.mark.parametrize(
    ("cell", "name", "question"), [("cnn", "CNN", "A1"), ("unet", "UNet", "B1")]
)
def test_an_unfilled_network_raises_when_it_is_built_and_takes_nothing_with_it(
    cell, name, question
):
    space = run("my-conv2d", cell)
    with pytest.raises(NotImplementedError, match=f"Question {question}: {name} is not written"):
        space[name](3, 8, 24, 1)
    layer = space["MyConv2d"](2, 3, 5)
    x = torch.randn(2, 2, 8, 8)
    assert torch.equal(layer(x), F.conv2d(x, layer.weight, layer.bias, padding=2))


def test_the_exercise_leaves_my_conv2d_to_the_student():
    space = run("my-conv2d", text=EXERCISE)
    with pytest.raises(NotImplementedError, match="Question A1: MyConv2d is not written yet"):
        space["MyConv2d"](1, 1, 3)
    assert "F.conv2d" not in source(EXERCISE, "my-conv2d")
    others = [c["id"] for c in json.loads(TEXT)["cells"] if c["id"] != "my-conv2d"]
    assert all(source(TEXT, identity) == source(EXERCISE, identity) for identity in others)


def test_part_c_raises_before_anything_is_trained():
    with pytest.raises(NotImplementedError, match="Question C2: the new last layer is not written"):
        run("batches", "freeze-and-train", train=lambda *_: pytest.fail("trained"), model=None)


@pytest.mark.parametrize(("text", "written"), [(TEXT, False), (MASTER.read_text("utf-8"), True)])
def test_answers_are_empty_in_the_template_and_all_there_in_the_master(text, written):
    cells = read_cells(text)
    found = places(cells)
    assert [p.question for p in found] == ["A2", "A4", "B2", "B3", "B4", "C3", "C4", "C5"]
    assert {bool(p.words) for p in found} == {written}
    answer = answer_cell.read(cells)
    assert answer is not None
    assert (len(answer.formulas), len(answer.empty)) == ((6, 0) if written else (0, 6))


def test_nothing_is_read_out_of_the_untouched_template_as_an_answer():
    submission = Submission("x", notebook=TEXT)
    student = Evidence(submission, ExecutedNotebook("none"), Replies({}))
    assert [answer.formulas for answer in counts.answers(student)] == [()]
    (finding,) = handin.was_run(student, Replies({}))
    assert finding.mistake == "never_run"


def test_the_runs_that_the_template_asks_for_are_those_of_the_handout():
    asked = [(c.network, c.epochs, c.batch_size) for c in training_calls(read_cells(TEXT))]
    filled = [
        (c.network, c.epochs, c.batch_size)
        for c in training_calls(read_cells(MASTER.read_text("utf-8")))
    ]
    assert asked[:2] == [("CNN", 25, 100), ("UNet", 25, 100)]
    assert {size for network, _, size in asked if network == "UNet"} == {100, 20, 500}
    assert filled == asked
    assert filled[-1][0] == "DeepLab"


def test_only_cells_that_meet_a_gap_may_raise():
    tagged = [c["id"] for c in json.loads(TEXT)["cells"] if c["metadata"].get("tags")]
    assert tagged == ["train-cnn", "train-unet", "batch-sizes", "freeze-and-train"]


def test_without_the_package_a_check_cell_says_in_one_line_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "grader", None)
    space = run("self-check")
    space["check"](object, "C1", verbose=True)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Not checked: the package `grader` is not installed. To get it: %pip")


def notebook(tmp_path, *lines, kind="code"):
    cell = {"cell_type": kind, "id": "x", "metadata": {}, "source": "\n".join(lines)}
    path = tmp_path / "master.ipynb"
    path.write_text(json.dumps({"cells": [cell]}), "utf-8")
    return path


def test_what_is_between_the_marks_is_replaced(tmp_path):
    lines = ["a", "  ### BEGIN SOLUTION B2: it", "  secret", "  ### END SOLUTION", "b"]
    (region,) = regions(notebook(tmp_path, *lines))
    assert region == Region("B2: it", "", "  ", ("  secret",), ())
    shown = json.loads(template.template(notebook(tmp_path, *lines)))["cells"][0]["source"]
    assert "".join(shown).splitlines()[0::4] == ["a", "b"]
    assert "secret" not in "".join(shown)


def test_text_cells_have_marks_in_comments_and_a_text_of_their_own(tmp_path):
    lines = ["q", "<!-- BEGIN SOLUTION A2 -->", "answer", "<!-- TEMPLATE -->", "<!-- _here_ -->"]
    path = notebook(tmp_path, *lines, "<!-- END SOLUTION -->", kind="markdown")
    assert json.loads(template.template(path))["cells"][0]["source"] == ["q\n", "_here_"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["### BEGIN SOLUTION A1: x", "y"], "'### BEGIN SOLUTION A1: x' has no other half"),
        (["### END SOLUTION"], "'### END SOLUTION' has no other half"),
        (["### TEMPLATE"], "'### TEMPLATE' has no other half"),
        (["### BEGIN SOLUTION A1: x"] * 2, "has no other half"),
        (["### BEGIN SOLUTION", "### END SOLUTION"], "BEGIN SOLUTION names no question"),
    ],
)
def test_a_wrong_mark_is_told_with_its_cell(tmp_path, lines, said):
    with pytest.raises(BadInput, match="cell x") as raised:
        template.template(notebook(tmp_path, *lines))
    assert said in str(raised.value)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": [1]}', '{"cells": [{}]}'])
def test_what_is_no_notebook_is_refused(tmp_path, text):
    (tmp_path / "x").write_text(text)
    with pytest.raises(BadInput, match="is not a notebook of nbformat 4"):
        template.read(tmp_path / "x")


def test_a_missing_master_is_refused(tmp_path, monkeypatch):
    with pytest.raises(BadInput, match="No such file"):
        template.read(tmp_path / "x")
    elsewhere = replace(ASSIGNMENT, notebook="nowhere.ipynb")
    monkeypatch.setattr(template, "chosen", lambda: elsewhere)
    with pytest.raises(BadInput, match=r"reference/nowhere.ipynb is not here"):
        template.master()


def test_the_command_writes_checks_and_refuses(tmp_path, capsys):
    out = tmp_path / "new" / "a2-cnn.ipynb"
    assert cli.main(["template", "--exercise", "conv2d", "--out", str(out)]) == 0
    assert out.read_text("utf-8") == EXERCISE
    assert capsys.readouterr().out == f"{out}\n"
    assert cli.main(["template", "--check"]) == 0
    assert cli.main(["template", "--out", str(out), "--check"]) == 1
    assert "is not what the master notebook makes" in capsys.readouterr().out
    assert cli.main(["template", "--out", str(out)]) == 2
    assert "is there already; give another FILE, or --force" in capsys.readouterr().err
    assert cli.main(["template", "--out", str(out), "--force"]) == 0
    assert out.read_text("utf-8") == TEXT
    assert cli.main(["template", "--exercise", "conv2d"]) == 2
    assert "--exercise: give --out FILE too" in capsys.readouterr().err
    assert cli.main(["template", "--exercise", "conv3d", "--out", str(out)]) == 2
    assert "no exercise is called 'conv3d': choose from conv2d" in capsys.readouterr().err
