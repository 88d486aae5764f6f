"""`grader rubric`: the rubric that comes with the grader, to copy and change."""

from __future__ import annotations

import argparse

from grader.basics.exits import GRADED, BadInput, shown

HELP = "print the shipped rubric"
EXAMPLES = (("grader rubric > mine.toml", "a rubric to change, for --rubric mine.toml"),)


def arguments(_parser: argparse.ArgumentParser) -> None:
    """Take no options: `grader rubric > my-rubric.toml`."""


def run(_options: argparse.Namespace) -> int:
    """Print the shipped rubric."""
    from grader.scoring import rubric

    if not rubric.SHIPPED.is_file():
        raise BadInput(f"{shown(rubric.SHIPPED)}: not there; the assignment needs a rubric")
    print(rubric.SHIPPED.read_text("utf-8"), end="")
    return GRADED
