"""The command line: verbs and exit codes. 0 graded, 1 a report withheld, 2 wrong usage."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import grader
from grader.basics import interrupts
from grader.basics.exits import (
    GRADED,
    INTERRUPTED,
    USAGE,
    WITHHELD,
    BadInput,
    NoRoom,
    full,
    no_room,
    shown,
)
from grader.basics.nearest import meant
from grader.cli import usual, words
from grader.model.assignment import WrongAssignment, chosen

__all__ = ["GRADED", "USAGE", "WITHHELD", "main", "parser"]

LIGHT = (
    "is not installed, which this command needs; a light installation works on results only: "
    "install the grader with all of its packages (pip install .)"
)
VERBS = (
    "doctor", "grade", "status", "report", "rubric", "rescore", "merge", "export",  # staff
    "compare", "similar", "package", "push",
    "check", "bundle", "template",  # students
    "checks", "explain", "selftest", "validate", "data",  # the catalogue and its proof
)  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = words.Parser(prog="grader", description=f"Grade {chosen().title}.")
    top.add_argument("--version", action="version", version=f"grader {grader.__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name in filter(_is_there, VERBS):
        module = importlib.import_module(f"grader.cli.verbs.{name}")
        verb = verbs.add_parser(
            name,
            help=module.HELP,
            description=module.__doc__,
            epilog=_examples(module.EXAMPLES),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.arguments(verb)
        verb.set_defaults(run=module.run)
    return top


def _examples(examples: Sequence[tuple[str, str]]) -> str:
    """Return what people type, each with what it is for."""
    lines = (f"    {typed}\n        {what}" for typed, what in examples)
    return "\n".join(("examples:", *lines))


def _is_there(verb: str) -> bool:
    """Return whether this installation has a verb: the students' has no grading in it."""
    return importlib.util.find_spec(f"grader.cli.verbs.{verb}") is not None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every expected failure is one line.

    Args:
        arguments: of the command; those of this process if none are given.
    """
    if arguments is not None:
        return _run(arguments)
    _speak_utf8()
    with interrupts.expected():
        return _run(sys.argv[1:])


def _run(arguments: Sequence[str]) -> int:
    try:
        _known_verb(arguments)
        completed, of_file = usual.completed(arguments)
        if of_file:
            print(f"note: of {usual.FILE}: {shown(shlex.join(of_file))}", file=sys.stderr)
        options = parser().parse_args(completed)
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        code: int = options.run(options)
    except KeyboardInterrupt:
        return _interrupted()
    except Exception as error:  # noqa: BLE001 - what nobody expected is raised again
        if interrupts.pressed():  # a library that made an error of its own of it
            return _interrupted()
        return _failed(error)
    return code


def _known_verb(arguments: Sequence[str]) -> None:
    """Raise BadInput for a verb that is not there, and say which one may be meant."""
    verb = arguments[0] if arguments else "-"
    known = list(filter(_is_there, VERBS))
    if not verb.startswith("-") and verb not in known:
        near = meant(verb, known) or "; `grader --help` lists them"
        raise BadInput(f"there is no verb {shown(verb)!r}{near}")


def _interrupted() -> int:
    print(f"grader: {interrupts.line()}", file=sys.stderr)
    return INTERRUPTED


def _failed(error: Exception) -> int:
    """Say in a line what went wrong, and return the exit code; raise what nobody expected."""
    if isinstance(error, (BadInput, WrongAssignment)):
        print(f"grader: {error}", file=sys.stderr)
        return USAGE
    if isinstance(error, BrokenPipeError):  # `| head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GRADED
    if isinstance(error, OSError) and full(error):
        known = error if isinstance(error, NoRoom) else no_room(error, Path(error.filename or "."))
        print(f"grader: {known}", file=sys.stderr)
        return WITHHELD
    if isinstance(error, ModuleNotFoundError) and not str(error.name).startswith("grader"):
        print(f"grader: {error.name} {LIGHT}", file=sys.stderr)
        return USAGE
    raise error


def _speak_utf8() -> None:
    """Start again with UTF-8 where the locale has less: names of students are in any script."""
    if sys.platform == "win32" or sys.getfilesystemencoding().lower().startswith("utf"):
        return
    os.environ["PYTHONUTF8"] = "1"
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - ourselves


if __name__ == "__main__":
    sys.exit(main())
