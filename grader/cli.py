"""The command line: verbs and exit codes. 0 graded, 1 a report withheld, 2 wrong usage."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import grader

GRADED, WITHHELD, USAGE = 0, 1, 2
TESTS = Path(__file__).resolve().parents[1] / "tests"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="grader", description="Grade CSC413/2516 Winter 2020, Programming Assignment 2."
    )
    top.add_argument("--version", action="version", version=f"grader {grader.__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    _grade_parser(verbs)
    rescore = verbs.add_parser("rescore", help="score graded submissions with another rubric")
    rescore.add_argument("out", type=Path, help="folder that `grader grade --out` wrote")
    rescore.add_argument("--rubric", type=Path, required=True)
    checks = verbs.add_parser("checks", help="list every check with its points")
    checks.add_argument("--rubric", type=Path, help="TOML file (default: the shipped one)")
    explain = verbs.add_parser("explain", help="explain a check or a mistake")
    explain.add_argument("check", help="for instance unet.skip_connections")
    explain.add_argument("--rubric", type=Path, help="TOML file (default: the shipped one)")
    selftest = verbs.add_parser("selftest", help="try the checks on known mistakes (source tree)")
    selftest.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    selftest.add_argument(
        "--tests", type=Path, default=TESTS, help="folder with mutants/ and right_variants/"
    )
    data = verbs.add_parser("data", help="make or download the data sets")
    kinds = data.add_subparsers(dest="what", required=True, metavar="WHAT")
    kinds.add_parser("make", help="build the small stand-in data").add_argument(
        "--to", type=Path, help="folder (default: the user's cache)"
    )
    kinds.add_parser("fetch", help="download and verify the real data sets").add_argument(
        "to", type=Path, help="folder for the data"
    )
    return top


def _grade_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    grade = verbs.add_parser("grade", help="grade a notebook, or a folder of submissions")
    grade.add_argument("path", type=Path, help="notebook, submission folder, or folder of these")
    grade.add_argument("--out", type=Path, help="folder for report.json and the evidence")
    grade.add_argument(
        "--sandbox",
        choices=("auto", "bubblewrap", "none"),
        default="auto",
        help="none: for your own notebook only (default: auto)",
    )
    grade.add_argument("--rubric", type=Path, help="TOML file (default: the shipped one)")
    grade.add_argument("--seed", type=int, help="secret seed of the inputs (default: a fresh one)")
    grade.add_argument("--data-root", type=Path, help="real CIFAR-10, colours and Oxford17 data")
    grade.add_argument("--weights", type=Path, help="weights file of the real deeplabv3_resnet101")
    grade.add_argument("--full", action="store_true", help="do not cut the training to one epoch")
    grade.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every expected failure is one line."""
    options = parser().parse_args(arguments)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # torch takes seconds to import: only where it is needed, and behind the parser
    from grader import commands
    from grader.rubric import RubricError
    from grader.sandbox import SandboxUnavailable
    from grader.submissions import BadInput

    try:
        return commands.run(options)
    except (BadInput, RubricError, SandboxUnavailable) as error:
        print(f"grader: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("grader: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
