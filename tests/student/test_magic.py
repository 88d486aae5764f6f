"""`%load_ext grader` and `%check` in IPython itself, in a process of their own."""

import os
import subprocess
import sys

from grader.student.entry import GRADED, NOT_NOW

CELLS = """import torch
from torch import nn
from reference import MyConv2d
before = set(dir())
%load_ext grader
%check {line}
"""
AFTER = 'print("new names:", [n for n in set(dir()) - before - {"before"} if n[0] != "_"])'


def ipython(tmp_path, line, **variables):
    """Return what IPython prints for a notebook that checks itself."""
    path = tmp_path / "cells.ipy"
    path.write_text(CELLS.format(line=line))
    environment = {k: v for k, v in os.environ.items() if k != GRADED}
    environment |= {"IPYTHONDIR": str(tmp_path), "HOME": str(tmp_path), **variables}
    code = (
        "import sys; from IPython.terminal.interactiveshell import TerminalInteractiveShell as S;"
        "s = S.instance(colors='nocolor');"
        "s.run_cell(open(sys.argv[1]).read()); s.run_cell(sys.argv[2])"
    )
    found = subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", "-c", code, str(path), AFTER],
        env=environment, capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip
    return found.stdout + found.stderr


def test_a_word_checks_what_is_defined_and_changes_nothing(tmp_path):
    said = ipython(tmp_path, "conv2d --no-hints")
    assert "A1-conv MyConv2d" in said
    assert "8 of 8 green" in said
    assert "look for" not in said
    assert "new names: []" in said


def test_a_word_that_names_nothing_is_one_line(tmp_path):
    said = ipython(tmp_path, "unett")
    assert "check: " in said
    assert "unett" in said
    assert "Traceback" not in said


def test_where_the_grader_runs_the_notebook_it_asks_by_itself(tmp_path):
    assert NOT_NOW in ipython(tmp_path, "conv2d", **{GRADED: "1"})
