"""`grader validate`: prove the grader itself, for course staff and CI."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from grader.basics.exits import GRADED, WITHHELD

HELP = "prove the grader: the laws, the master notebook, the template (source tree)"
EXAMPLES = (("grader validate", "what CI runs beside the tests"),)
TESTS = Path(__file__).resolve().parents[3] / "tests"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("--jobs", type=int, metavar="N", default=os.cpu_count() or 1)
    parser.add_argument(
        "--notebooks-only", action="store_true", help="leave out the laws, which take most time"
    )
    parser.add_argument("--sandbox", choices=("auto", "bubblewrap", "none"), default="auto")
    parser.add_argument(
        "--tests", type=Path, default=TESTS, help="folder with mutants/ and right_variants/"
    )


def run(options: argparse.Namespace) -> int:
    """Prove everything and print the table; exit code 1 if something does not hold."""
    from grader.proving import validate

    holds = validate.run(
        options.tests,
        options.jobs,
        options.sandbox,
        lambda line: print(line, flush=True),
        laws=not options.notebooks_only,
    )
    return GRADED if holds else WITHHELD
