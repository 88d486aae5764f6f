"""`grader checks`: every check with its points."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from grader.basics.exits import GRADED

HELP = "list every check with its points"
EXAMPLES = (
    ("grader checks", "every check with its points"),
    ("grader checks --rubric mine.toml --json", "yours, for a program"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("--rubric", type=Path, help="TOML file (default: the shipped one)")
    parser.add_argument("--json", action="store_true", help="print JSON in place of a table")


def run(options: argparse.Namespace) -> int:
    """Print every check with its points and who sees it."""
    from grader.reports import catalogue_text
    from grader.scoring import rubric

    loaded = rubric.load(options.rubric or rubric.SHIPPED)
    if options.json:
        print(json.dumps(catalogue_text.plain(loaded), indent=1, ensure_ascii=False))
    else:
        print(catalogue_text.table(loaded), end="")
    return GRADED
