"""An assignment that cannot be used: one line with its name and what to do."""

import shutil
from pathlib import Path

import pytest

from grader.model import assignment
from grader.model.assignment import OURS, VARIABLE, WrongAssignment

TINY = Path(__file__).parents[1] / "tiny_assignment"
PACKAGE = "an_assignment"
INIT, COUNTER = "__init__.py", "counter.py"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the tiny assignment, as a newcomer makes one, that is chosen."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(VARIABLE, PACKAGE)
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    before = set(assignment.sys.modules)
    yield shutil.copytree(TINY, tmp_path / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    for name in set(assignment.sys.modules) - before:
        if name.partition(".")[0] == PACKAGE:
            del assignment.sys.modules[name]


def read():
    """Return what is wrong with the package, "" if nothing is."""
    try:
        for name in assignment.named(PACKAGE).checks:
            assignment.part(name)
    except WrongAssignment as wrong:
        return str(wrong)
    return ""


def test_a_copy_of_the_tiny_one_is_one(package):
    assert read() == ""


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        (INIT, "ASSIGNMENT = ", "OTHER = ", "it has no ASSIGNMENT of the class"),
        (INIT, "ASSIGNMENT = Assignment(", "ASSIGNMENT = dict(", "it has no ASSIGNMENT of the"),
        (INIT, "import tempfile", "import tempfile, nonesuch",
         "there is no module nonesuch, which an_assignment imports"),
        (INIT, "__name__}.counter", "__name__}.countr",
         "there is no module an_assignment.countr: mend the name"),
        (INIT, "title=", "titel=", "an_assignment cannot be imported: TypeError: "),
        (INIT, "def mean(", "def mean((", "an_assignment cannot be imported: SyntaxError: "),
        (INIT, "class Counter", "counter = 1\n\n\nclass Counter",
         "defines 'counter', and has a module an_assignment.counter: rename one"),
        (INIT, 'HOME / "agent"', 'HOME / "agents"', "agents, which is no folder"),
        (COUNTER, "Why it matters", "Why", "has no line 'Why it matters: ...'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line(package, file, before, after, said):
    path = package / file
    path.write_text(path.read_text("utf-8").replace(before, after, 1), "utf-8")
    found = read()
    assert found.startswith(f"{VARIABLE} '{PACKAGE}': ")
    assert said in found
    assert len(found.splitlines()) == 1


@pytest.mark.parametrize("name", ["nonesuch", "nonesuch.x", "an assignment/", ".x", "json"])
def test_a_name_that_is_none_is_one_line(name):
    with pytest.raises(WrongAssignment, match=f"^{VARIABLE} '.*{name[-1]}': .+"):
        assignment.named(name)


def test_ours_is_one():
    assert assignment.named(OURS) is assignment.named(OURS)
