"""The untouched template runs to its end in Jupyter's own runners, without GPU and network."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from grader.assignment.world.building import build_world, default_world_root

TEMPLATE = Path(__file__).parents[2] / "student_template" / "a2-cnn.ipynb"
RUNNERS = {
    "jupyter execute": ["-c", "from nbclient.cli import main; main()", "--output=out.ipynb"],
    "jupyter nbconvert": [
        "-m", "nbconvert", "--to=notebook", "--execute", "--allow-errors", "--output=out.ipynb",
    ],
}  # fmt: skip
# A student's machine without a GPU and without a network.
OFFLINE = {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"} | dict.fromkeys(
    ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9"
)


@pytest.mark.parametrize("runner", RUNNERS)
def test_the_template_runs_to_its_end(runner, tmp_path):
    build_world(default_world_root())
    shutil.copyfile(TEMPLATE, tmp_path / "a2-cnn.ipynb")
    done = subprocess.run(
        [sys.executable, *RUNNERS[runner], "a2-cnn.ipynb"],
        cwd=tmp_path,
        env={**os.environ, **OFFLINE, "PYTHONWARNINGS": "default"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    notebook = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    nbformat.validate(notebook)
    outputs = {cell.id: cell.get("outputs", []) for cell in notebook.cells}
    raised = {i: [o.evalue for o in os if o.output_type == "error"] for i, os in outputs.items()}
    assert {i: e[0][:12] for i, e in raised.items() if e} == {
        "train-cnn": "Question A1:",
        "train-unet": "Question B1:",
        "batch-sizes": "Question B1:",
        "freeze-and-train": "Question C2:",
    }
    pictures = [i for i, os in outputs.items() if any("image/png" in o.get("data", {}) for o in os)]
    assert pictures == ["show-data", "predictions"]
    said = "".join(o.get("text", "") for os in outputs.values() for o in os)
    assert "Data: the small stand-in, in " in said
    assert "the small stand-in takes its place" in said
