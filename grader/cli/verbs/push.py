"""`grader push markus`: the results of a graded folder to a platform, over its REST interface."""

from __future__ import annotations

import argparse

from grader import platforms

HELP = f"send results and reports to a platform: {platforms.named('push')}"
EXAMPLES = (
    (
        "grader push markus results/ --url https://markus.example.edu --course 7 --assignment 3",
        "the key is in MARKUS_API_KEY",
    ),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the platforms that take results over the network, each with its options."""
    kinds = parser.add_subparsers(dest="platform", required=True, metavar="PLATFORM")
    for platform in platforms.verbs("push"):
        kind = kinds.add_parser(platform.NAME, help=platform.HELP, description=platform.DESCRIPTION)
        platform.arguments(kind)
        kind.set_defaults(send=platform.run)


def run(options: argparse.Namespace) -> int:
    """Send the results of a graded folder."""
    code: int = options.send(options)
    return code
