"""Whose fault is it that no kernel starts in the place of a dead one? Tried out, not guessed."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from grader.kernel import sandbox

if TYPE_CHECKING:
    from grader.kernel.session.execution import NotebookRunner


def blames(runner: NotebookRunner, killed_for: str | None, *, last: bool) -> bool:
    """Return whether the notebook is why the kernel that was to take another's place did not live.

    It is where a limit ended that kernel; and where, at the last attempt, one does start in folders
    of its own: nothing but what the notebook left in its folders is different there.
    """
    return bool(killed_for) or (last and _starts_elsewhere(runner))


def _starts_elsewhere(runner: NotebookRunner) -> bool:
    base = Path(tempfile.mkdtemp(prefix="grader-"))
    scratch, exchange = base / "content", base / "io"
    try:
        for folder in (scratch, exchange):
            folder.mkdir()
        settings = replace(runner.settings, scratch=scratch, exchange=exchange)
        other = type(runner)(runner.isolation, settings, runner.deadlines)
        with other.opened(nbformat.v4.new_notebook()):
            return True
    except sandbox.SandboxError:
        return False
    finally:
        sandbox.remove_tree(base)
