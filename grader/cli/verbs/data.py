"""`grader data make|fetch`: the stand-in data, or the real sets."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.basics.exits import GRADED, writable

HELP = "make or download the data sets"
EXAMPLES = (
    ("grader data make", "the small data, once a machine"),
    ("grader data fetch FOLDER", "the real data sets"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    kinds.add_parser("make", help="build the small stand-in data").add_argument(
        "--to", type=Path, help="folder (default: the user's cache)"
    )
    kinds.add_parser("fetch", help="download and verify the real data sets").add_argument(
        "to", type=Path, help="folder for the data"
    )


def run(options: argparse.Namespace) -> int:
    """Make the stand-in data, or download the real sets."""
    from grader.model.assignment import chosen

    if options.what == "make":
        print(chosen().data.make(options.to))
        return GRADED
    writable(options.to, "the folder for the data")
    print(chosen().data.fetch(options.to))
    return GRADED
