"""The master notebook is a source of nbgrader's: its gaps, and the points that people give."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.handin import template
from grader.handin.template import leaked, regions
from grader.scoring import rubric

MASTER = template.master()
CELLS = json.loads(MASTER.read_text("utf-8"))["cells"]
NOTED = {
    cell["id"]: cell["metadata"]["nbgrader"] for cell in CELLS if "nbgrader" in cell["metadata"]
}
PROGRAM = shutil.which("nbgrader", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")


def has_region(cell):
    return "BEGIN SOLUTION" in "".join(cell["source"])


def test_what_nbgrader_0_9_demands_of_a_source_notebook():
    """`nbgraderformat/v3.py` and `preprocessors/clearsolutions.py` say so."""
    assert [cell["id"] for cell in CELLS if has_region(cell)] == list(NOTED)
    for cell in CELLS:
        noted = NOTED.get(cell["id"])
        if noted is None:
            continue
        assert set(noted) - {"points"} == {
            "grade", "grade_id", "locked", "schema_version", "solution", "task",
        }  # fmt: skip
        assert (noted["schema_version"], noted["solution"], noted["task"]) == (3, True, False)
        assert ("points" in noted) == noted["grade"]
        assert cell["cell_type"] == "code" or noted["grade"], "text is graded, or no solution"
    ids = [noted["grade_id"] for noted in NOTED.values()]
    assert len(set(ids)) == len(ids)


def test_people_mark_in_nbgrader_what_they_mark_here():
    manual = {q.id: q.manual for q in rubric.load().questions if q.manual}
    asked = {id_: noted["points"] for id_, noted in NOTED.items() if noted["grade"]}
    assert {id_.replace("answer-", "").replace("-answer", "").upper(): points
            for id_, points in asked.items()} == manual  # fmt: skip


def test_students_without_nbgrader_see_nothing_of_it():
    assert "nbgrader" not in template.template(MASTER)


@pytest.mark.skipif(PROGRAM is None, reason="nbgrader is not installed: pip install '.[nbgrader]'")
def test_nbgrader_makes_an_assignment_of_it(tmp_path):
    folder = tmp_path / "source" / "a2"
    folder.mkdir(parents=True)
    shutil.copy(MASTER, folder)
    made = subprocess.run(
        [PROGRAM, "generate_assignment", "a2", f"--course={tmp_path}"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=200,
        env={**os.environ, "PATH": f"{Path(PROGRAM).parent}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    text = (tmp_path / "release" / "a2" / MASTER.name).read_text("utf-8")
    assert leaked(MASTER, text) == []
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(text)["cells"]}
    asked = [region for region in regions(MASTER) if not region.exercise]
    every = "".join(cells.values())
    stubs = every.count("raise NotImplementedError()") + every.count("YOUR ANSWER HERE")
    assert stubs == len(asked)
    assert "return F.conv2d(input, self.weight" in cells["my-conv2d"], "it is handed out complete"
    for id_, source in cells.items():
        if "raise NotImplementedError()" in source:
            compile(source, id_, "exec")
