"""`grader explain CHECK`: the documentation of one check, or of one mistake."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.exits import GRADED, BadInput

HELP = "explain a check or a mistake"
EXAMPLES = (
    ("grader explain unet.skip_connections", "a check"),
    ("grader explain pool_after_relu", "a mistake"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("check", help="for instance unet.skip_connections")
    parser.add_argument("--rubric", type=Path, help="TOML file (default: the shipped one)")


def run(options: argparse.Namespace) -> int:
    """Print the documentation of one check, or of one mistake."""
    from grader import catalogue_text, rubric

    try:
        text = catalogue_text.explain(options.check, rubric.load(options.rubric or rubric.SHIPPED))
    except KeyError as error:
        raise BadInput(str(error.args[0])) from None
    print(text, end="")
    return GRADED
