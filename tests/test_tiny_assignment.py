"""The seam: another assignment goes through the same engine by the same verbs, in seconds.

`tests/tiny_assignment` has a function, a class and a question for a person. It is told to the
program by a variable, so the program runs in a process of its own.
"""

import ast
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from grader.model.assignment import VARIABLE

ROOT = Path(__file__).parents[1]
TINY = ROOT / "tests" / "tiny_assignment"
GUIDE = ROOT / "docs" / "another-assignment.md"
MEAN = "def mean(values):\n    return sum(values) / len(values)"
COUNTER = """class Counter:
    def __init__(self):
        self.seen = {}

    def add(self, word):
        self.seen[word] = self.seen.get(word, 0) + 1
        return self.seen[word]"""
CLASS = {
    "ada": [MEAN, COUNTER],
    "bob": [MEAN, COUNTER.replace("return self.seen[word]", "return self.seen[word] - 1")],
    "cyd": [MEAN.replace("len(values)", "2")],
    "eve": [MEAN, COUNTER.replace("def add(self, word):", "def add(self, word:")],
    "data": ["values = [float(line) for line in open('numbers.txt')]\nassert values == [3, 4]"],
}


def run(*arguments, code=0, assignment="tests.tiny_assignment", path=ROOT):
    """Return what the program says about the tiny assignment."""
    environment = {**os.environ, VARIABLE: assignment, "PYTHONPATH": f"{path}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def hand_ins(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    for name, cells in CLASS.items():
        (folder / name).mkdir()
        code = [nbformat.v4.new_code_cell(cell) for cell in cells]
        nbformat.write(nbformat.v4.new_notebook(cells=code), folder / name / "a0.ipynb")
    return folder


@pytest.fixture(scope="module")
def results(hand_ins):
    out = hand_ins.parent / "results"
    run("grade", hand_ins, "--out", out, "--jobs", 2)
    return out


def report(results, name):
    return json.loads((results / name / "report.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "score", "statuses", "mistakes"),
    [
        ("ada", 2.0, ["passed", "passed"], []),
        ("bob", 1.75, ["passed", "failed"], ["starts_at_zero"]),
        ("cyd", 0.0, ["failed", "failed"], ["missing"]),
        ("data", 0.0, ["failed", "failed"], ["missing", "missing"]),
    ],
)
def test_a_class_is_graded(results, name, score, statuses, mistakes):
    found = report(results, name)
    assert (found["status"], found["score"], found["max_score"]) == ("graded", score, 2.0)
    assert [check["status"] for check in found["checks"]] == statuses
    assert [mistake for check in found["checks"] for mistake in check["mistakes"]] == mistakes
    assert [question["question"] for question in found["manual"]] == ["Q3"]
    assert [cell["status"] for cell in found["cells"]] == ["ok"] * len(CLASS[name])


def test_a_class_whose_cell_is_not_python_says_so(results):
    (found,) = report(results, "eve")["checks"][1]["findings"]
    assert found["actual"] == "the notebook defines no Counter, for its cell is not Python"
    assert "What is asked for is not there" in (results / "eve" / "report.html").read_text("utf-8")
    assert found["hint"] == "line 5 `def add(self, word:`: '(' was never closed."


def test_a_report_speaks_of_it_alone(results):
    page = (results / "bob" / "report.html").read_text("utf-8")
    assert "A tiny assignment" in page
    assert "The counter starts at zero" in page
    assert not WORDS.search(re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))


def test_the_same_verbs_serve_it(results, hand_ins, tmp_path):
    table = run("export", results, "--to", "csv")
    (bob,) = [row for row in csv.DictReader(table.splitlines()) if "bob" in row.values()]
    assert bob["Q2 automatic"] == "0.75"
    assert "The counter starts at zero" in run("explain", "starts_at_zero")
    dear = tmp_path / "rubric.toml"
    dear.write_text(run("rubric").replace("starts_at_zero = 0.25", "starts_at_zero = 0.5"))
    assert "1.75 -> 1.50" in run("rescore", results, "--rubric", dear)
    assert "1.50 -> 1.75" in run("rescore", results)
    said = run("check", hand_ins / "bob" / "a0.ipynb")
    assert "The counter starts at zero" in said
    assert "average.value" in said
    assert "network" not in said
    assert "no verdict of this assignment can be put as code" in run(
        "explain", results, "bob", "counter.counts", code=2
    )


def test_an_assignment_that_is_not_there_is_one_line():
    said = run("grade", "class", code=2, assignment="tests.tiny_asignment")
    assert said.startswith(f"grader: {VARIABLE} 'tests.tiny_asignment': there is no module")
    assert len(said.splitlines()) == 1


@pytest.fixture
def copied(tmp_path):
    """A copy of the folder that a newcomer has begun to change."""
    shutil.copytree(TINY, tmp_path / "own_assignment")
    return tmp_path / "own_assignment"


def test_a_copy_elsewhere_whose_handler_raises_withholds_and_says_why(copied, hand_ins):
    path = copied / "agent" / "handlers.py"
    text = path.read_text("utf-8").replace("    counter =", "    raise OSError('x')\n    counter =")
    path.write_text(text, "utf-8")
    out = copied.parent / "results"
    said = run(
        "grade", hand_ins / "ada", "--out", out, code=1, assignment=copied.name, path=copied.parent
    )
    assert "a person must look at this submission" in said
    (note,) = json.loads((out / "ada" / "report.json").read_text("utf-8"))["notes"]
    assert note.endswith("the reference gave no answer to counter: OSError: x")


PIECES = re.findall(
    r"^```(?:python|toml)\n# (\S+)\n(.+?)^```", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize(("name", "piece"), PIECES, ids=[name for name, _ in PIECES])
def test_the_guide_shows_its_own_code(name, piece):
    assert piece in (TINY / name).read_text("utf-8")


# No room but the assignment's names what is its own.

WORDS = re.compile(
    r"CNN|UNet|(?<!nn\.)conv2d|MyConv|horse|flower|deeplab|Part [ABC]\b|\bA3\b|a2-(?:cnn|write)",
    re.IGNORECASE,
)
# What names it all the same: torchvision's own networks, and the list of what students never get.
KNOWN = {
    "kernel/colab/inside/colab_world/hub.py",
    "student/shipping.py",
}


def named(path):
    """Yield what code names: names, attributes, texts that are no docstring."""
    tree = ast.parse(path.read_text("utf-8"))
    described = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, described) and ast.get_docstring(node, clean=False) is not None
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in docstrings:
                yield node.value
        elif isinstance(node, (ast.Name, ast.Attribute, ast.alias)):
            yield getattr(node, "id", None) or getattr(node, "attr", None) or node.name


def engine():
    for path in sorted((ROOT / "grader").rglob("*")):
        inner = path.relative_to(ROOT / "grader")
        if path.suffix in (".py", ".toml", ".html") and inner.parts[0] != "assignment":
            yield pytest.param(path, inner.as_posix(), id=inner.as_posix())


@pytest.mark.parametrize(("path", "inner"), list(engine()))
def test_the_engine_does_not_name_the_assignment(path, inner):
    texts = named(path) if path.suffix == ".py" else [path.read_text("utf-8")]
    found = sorted({match[0] for text in texts for match in WORDS.finditer(text)})
    assert not found or inner in KNOWN, found
    assert found or inner not in KNOWN, "take it out of KNOWN"
