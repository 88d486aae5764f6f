"""`%load_ext grader`, then `%check WORD`: the checks by a magic of IPython's."""

from __future__ import annotations

from typing import Any

from grader.model.assignment import chosen
from grader.student.entry import NotNow, check_with
from grader.student.report import PublicReport

USE = f"%check {chosen().examples.word}, or %check for all; --no-hints leaves out what to look for"


def register(shell: Any) -> None:
    """Give a shell of IPython's the magic `%check`."""

    def check(line: str) -> PublicReport | NotNow:
        words = line.split()
        hints = "--no-hints" not in words
        what = tuple(word for word in words if word != "--no-hints")
        return check_with(shell.user_ns, what, hints=hints)

    check.__doc__ = f"Check what is defined so far: {USE}."
    shell.register_magic_function(check, "line", "check")
