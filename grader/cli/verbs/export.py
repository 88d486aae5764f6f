"""`grader export`: a graded folder in the format of a platform."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader import platforms

HELP = "write results for a platform, GitHub Actions, JUnit or a spreadsheet"
EXAMPLES = (
    ("grader export results/ --to csv --out grades.csv", "a spreadsheet"),
    (
        "grader export results/ --to canvas --gradebook download.csv --assignment A2 --out up.csv",
        "the platform's own file, filled in",
    ),
    (
        "grader export results/ --to feedback --download download.zip --out feedback.zip",
        "the reports, back to the students",
    ),
)
OWN = ("csv", "feedback")  # no platform's


def formats() -> tuple[str, ...]:
    """Return what --to takes."""
    return (*platforms.names(), *OWN)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("graded", type=Path, help="folder that `grader grade --out` wrote")
    parser.add_argument("--to", required=True, choices=formats(), help="the format")
    parser.add_argument(
        "--out",
        "--to-file",
        dest="out",
        type=Path,
        help="file, or folder for a file a submission (default: standard output)",
    )
    parser.add_argument("--submission", metavar="ID", help="this one only")
    filled = parser.add_argument_group("a platform's own file")
    filled.add_argument("--gradebook", type=Path, help="the platform's file, to be filled in")
    filled.add_argument("--assignment", help="title of the assignment, or its Canvas id")
    filled.add_argument(
        "--score",
        choices=("automatic", "total"),
        help="without manual marks or with them (default: with, once `grader merge` brought some)",
    )
    filled.add_argument("--scale", action="store_true", help="stretch to the platform's points")
    feedback = parser.add_argument_group("feedback")
    feedback.add_argument(
        "--download",
        type=Path,
        help="what the platform gave and was graded: the zip has its names",
    )
    github = parser.add_argument_group("github")
    github.add_argument(
        "--notebook", type=Path, help="in the repository: print annotations at its lines"
    )


def run(options: argparse.Namespace) -> int:
    """Write a graded folder in a platform's format."""
    from grader.platforms.common.exporting import export

    return export(options)
