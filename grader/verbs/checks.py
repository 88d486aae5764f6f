"""`grader checks`: every check with its points."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.exits import GRADED

HELP = "list every check with its points"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("--rubric", type=Path, help="TOML file (default: the shipped one)")


def run(options: argparse.Namespace) -> int:
    """Print every check with its points and who sees it."""
    from grader import catalogue_text, rubric

    print(catalogue_text.table(rubric.load(options.rubric or rubric.SHIPPED)), end="")
    return GRADED
