"""`grader data make|fetch`: the stand-in data, or the real sets."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.basics.exits import GRADED, BadInput, writable

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
    from grader.kernel.colab.world import build_world, default_world_root

    if options.what == "make":
        print(build_world(options.to or default_world_root()))
        return GRADED
    from grader.kernel.colab import fetch

    writable(options.to, "the folder for the data")
    try:
        fetch.fetch_data(options.to)
        print(fetch.fetch_deeplab(options.to / "deeplabv3_resnet101.safetensors"))
    except fetch.FetchError as error:
        raise BadInput(str(error)) from None
    return GRADED
