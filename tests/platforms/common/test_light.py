"""Work on results needs the packages of requirements-light.txt, and no other: no torch."""

import csv
import functools
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from grader.basics import storage
from grader.platforms.common.distribution import requirements
from tests.cli.test_cli import graded
from tests.platforms.markus.server import KEY, serving

ROOT = Path(__file__).parents[3]
LIGHT = [
    line
    for line in (ROOT / "requirements-light.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
ALONE = """
import sys

ABSENT = {absent!r}


class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


sys.meta_path.insert(0, Absent())
from grader.__main__ import main

sys.argv[0] = "grader"
sys.exit(main())
"""


def name_of(requirement):
    return re.match(r"[\w.-]+", requirement)[0].lower().replace(".", "-").replace("_", "-")


@functools.cache
def absent():
    """Return the modules of the packages that a light installation goes without."""
    light = {name_of(line) for line in LIGHT}
    missing = {name_of(line) for line in requirements()} - light
    found = {
        module
        for module, owners in metadata.packages_distributions().items()
        if {name_of(owner) for owner in owners} & missing
    }
    assert {"torch", "torchvision", "nbformat", "IPython", "PIL", "cv2"} <= found
    return sorted(found)


def run(*arguments):
    """Run the grader in a process in which nothing else can be imported."""
    code = ALONE.format(absent=absent())
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def results(tmp_path):
    graded(tmp_path / "out", "ada")
    return tmp_path / "out"


def test_each_line_is_one_of_the_graders_own_requirements():
    assert set(LIGHT) < set(requirements())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["status", "{out}"], "1 submission: 1 graded"),
        (["rescore", "{out}"], "ada"),
        (["report", "{out}"], "report.html"),
        (["export", "{out}", "--to", "csv"], "ada"),
        (["export", "{out}", "--to", "junit"], "<testsuites"),
        (["export", "{out}", "--to", "github"], "## ada"),
        (["export", "{out}", "--to", "gradescope"], "cnn.blocks"),
        (["checks"], "cnn.blocks"),
        (["explain", "pool_after_relu"], "pool_after_relu"),
        (["rubric"], "[visibility]"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_work_on_results_needs_no_torch(results, arguments, said):
    found = run(*(each.format(out=results) for each in arguments))
    assert (found.returncode, found.stderr if not found.stdout else "") == (0, "")
    assert said in found.stdout


def test_marks_are_merged_without_torch(results, tmp_path):
    run("rescore", results)  # writes the table
    with (results / "marks.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with (tmp_path / "mine.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "points": "0.1"} for row in rows)
    found = run("merge", results, tmp_path / "mine.csv")
    assert (found.returncode, found.stderr) == (0, "")
    marked = storage.load_report(results / "ada").manual
    assert {question.points for question in marked} == {0.1}


def test_results_are_pushed_without_torch(results, monkeypatch):
    monkeypatch.setenv("MARKUS_API_KEY", KEY)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving("ada") as server:
        where = ("--url", server.url, "--course", 7, "--assignment", 3, "--test-group", 11)
        found = run("push", "markus", results, *where)
    assert "1 of 1 submissions are on" in found.stdout
    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [["grade", "{in}", "--out", "{in}/out"], ["check", "{in}/a2-cnn.ipynb"], ["validate"]],
    ids=lambda value: value[0],
)
def test_what_needs_more_says_so_in_one_line(tmp_path, arguments):
    (tmp_path / "a2-cnn.ipynb").write_text("{}")
    found = run(*(each.format(**{"in": tmp_path}) for each in arguments))
    assert found.returncode == 2
    (line,) = found.stderr.splitlines()
    assert re.match(r"grader: [\w.]+ is not installed, which this command needs; a light", line)
