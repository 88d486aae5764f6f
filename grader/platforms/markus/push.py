"""`grader push markus`: the results of a graded folder to the groups of an assignment."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.basics.exits import BadInput

NAME = "markus"
HELP = "send to MarkUs; the key is read from MARKUS_API_KEY"
DESCRIPTION = "Send results to MarkUs. The API key is read from the variable MARKUS_API_KEY."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the platform."""
    parser.add_argument("graded", type=Path, help="folder that `grader grade --out` wrote")
    parser.add_argument("--url", required=True, help="of the server, https")
    parser.add_argument("--course", type=int, required=True, help="id of the course in MarkUs")
    parser.add_argument("--assignment", type=int, required=True, help="id of the assignment")
    parser.add_argument(
        "--test-group", type=int, help="id of the test group (default: the assignment's only one)"
    )
    parser.add_argument(
        "--hidden-test-group",
        type=int,
        help="id of one that only instructors see (default: hidden checks are lines without words)",
    )
    parser.add_argument(
        "--criterion", help="send the mark of this criterion alone (servers before 2.9)"
    )
    parser.add_argument("--submission", metavar="ID", help="this one only")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be sent, send nothing"
    )
    parser.add_argument(
        "--attempts", type=int, default=5, help="tries of a call that a busy server refuses"
    )


def run(options: argparse.Namespace) -> int:
    """Send the results of a graded folder."""
    from grader.platforms.markus.client import Patience
    from grader.platforms.markus.sending import push

    if options.attempts < 1:
        raise BadInput(f"--attempts {options.attempts}: at least 1")
    if options.criterion and (options.test_group or options.hidden_test_group):
        raise BadInput("--criterion sends a mark alone; leave out --test-group, or --criterion")
    return push(options, Patience(attempts=options.attempts))
