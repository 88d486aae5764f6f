"""`grader package`: what a platform needs to grade by itself."""

from __future__ import annotations

import argparse

from grader import platforms
from grader.basics.exits import GRADED

HELP = f"make what lets a platform grade by itself: {platforms.named('package')}"
EXAMPLES = (
    ("grader package gradescope --out autograder.zip", "to upload to Gradescope"),
    ("grader package actions --out .github/workflows/grade.yml", "a workflow for GitHub"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the platforms that run the grader by themselves, each with its options."""
    kinds = parser.add_subparsers(dest="platform", required=True, metavar="PLATFORM")
    for platform in platforms.verbs("package"):
        kind = kinds.add_parser(platform.NAME, help=platform.HELP)
        platform.arguments(kind)
        kind.set_defaults(make=platform.run)


def run(options: argparse.Namespace) -> int:
    """Write the files that a platform needs."""
    options.make(options)
    return GRADED
