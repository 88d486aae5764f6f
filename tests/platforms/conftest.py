"""A graded folder, a hand-in, and lines of Python that stand for `grader grade`."""

import sys
import textwrap

import pytest

from grader.basics import storage
from grader.model import Student, Submission
from grader.platforms.common import hosted
from tests.class_parts import report


@pytest.fixture
def graded(tmp_path):
    """A graded folder with two submissions."""
    for id_ in ("ada", "bo"):
        one = report(id_, submission=Submission(id_, students=(Student(id_),)))
        storage.save_report(tmp_path / "out" / id_, one)
    return tmp_path / "out"


@pytest.fixture
def hand_in(tmp_path):
    folder = tmp_path / "hand-in"
    folder.mkdir()
    (folder / "a2-cnn.ipynb").write_text("{}")
    return folder


@pytest.fixture
def grader(monkeypatch):
    """Let a few lines of Python stand for `grader grade`; `out` and `given` are its folders."""

    def stand_in(code):
        head = "import json, pathlib, sys, time\nout, given = map(pathlib.Path, sys.argv[1:])\n"
        monkeypatch.setattr(
            hosted,
            "_command",
            lambda order: [
                sys.executable, "-c", head + textwrap.dedent(code),
                str(order.work / "out"), str(order.work / "in"),
            ],
        )  # fmt: skip

    return stand_in
