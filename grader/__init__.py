"""Autograder for CSC413/2516 Winter 2020, Programming Assignment 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.student.entry import check

__all__ = ["__version__", "check"]

__version__ = "0.1.0"


def load_ipython_extension(shell: Any) -> None:
    """Do what `%load_ext grader` asks for: give the shell the magic `%check`."""
    from grader.student.magic import register

    register(shell)


def __getattr__(name: str) -> Any:
    """Import `check` when it is asked for: nothing else here may wait for torch."""
    if name == "check":
        from grader.student.entry import check

        return check
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
