"""The command line: verbs and exit codes. 0 graded, 1 a report withheld, 2 wrong usage."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections.abc import Sequence

import grader
from grader.exits import GRADED, INTERRUPTED, USAGE, WITHHELD, BadInput

__all__ = ["GRADED", "USAGE", "WITHHELD", "main", "parser"]

VERBS = (
    "doctor", "grade", "status", "report", "rescore", "merge", "export", "package", "push",  # staff
    "check", "bundle", "template",  # students
    "checks", "explain", "selftest", "validate", "data",  # the catalogue and its proof
)  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="grader", description="Grade CSC413/2516 Winter 2020, Programming Assignment 2."
    )
    top.add_argument("--version", action="version", version=f"grader {grader.__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name in filter(_is_there, VERBS):
        module = importlib.import_module(f"grader.verbs.{name}")
        verb = verbs.add_parser(name, help=module.HELP, description=module.__doc__)
        module.arguments(verb)
        verb.set_defaults(run=module.run)
    return top


def _is_there(verb: str) -> bool:
    """Return whether this installation has a verb: the students' has no grading in it."""
    return importlib.util.find_spec(f"grader.verbs.{verb}") is not None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every expected failure is one line."""
    options = parser().parse_args(arguments)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        code: int = options.run(options)
    except BadInput as error:
        print(f"grader: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:  # `| head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GRADED
    except KeyboardInterrupt:
        print("grader: interrupted", file=sys.stderr)
        return INTERRUPTED
    return code


if __name__ == "__main__":
    sys.exit(main())
