"""`grader selftest`: the laws of the catalogue over every mutant and right variant."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from grader.basics.exits import GRADED, WITHHELD

HELP = "try the checks on known mistakes (source tree)"
EXAMPLES = (("grader selftest", "every check on every known mistake"),)
TESTS = Path(__file__).resolve().parents[3] / "tests"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--tests", type=Path, default=TESTS, help="folder with mutants/ and right_variants/"
    )


def run(options: argparse.Namespace) -> int:
    """Check the laws of the catalogue over the mutants and right variants of the source tree."""
    from grader.proving import selftest

    outcome = selftest.run(options.tests, options.jobs, tell=lambda line: print(line, flush=True))
    return GRADED if outcome else WITHHELD
