"""`grader check`: the public checks of your own notebook, on your own machine."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from grader.basics import screen
from grader.basics.exits import GRADED, WITHHELD, BadInput
from grader.model.assignment import chosen

NAME, WORD = chosen().notebook, chosen().examples.word
HELP = "check your own notebook: public checks, with hints"
EXAMPLES = (
    (f"grader check {NAME}", "all public checks"),
    (f"grader check {NAME} --only {WORD} --watch", "one part, each time you save"),
    (f"grader check {NAME} --json", "for a program"),
)
CLEAR = "\x1b[2J\x1b[H"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("notebook", type=Path, help=f"your {NAME}")
    parser.add_argument(
        "--only",
        metavar="WHAT",
        action="append",
        default=[],
        help=f"a question, a part, a class ({WORD}) or one check; may be repeated",
    )
    parser.add_argument("--watch", action="store_true", help="check again each time it is saved")
    parser.add_argument(
        "--hints",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="say what to look for (default: yes)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON in place of a page")


def run(options: argparse.Namespace) -> int:
    """Check a notebook once, or each time that it is saved."""
    if options.watch and options.json:
        raise BadInput("--watch is for people, --json for programs; leave one of them out")
    if not options.watch:
        return _once(options)
    from grader.student.watch import watch

    watch(options.notebook, lambda: _again(options))
    print("no longer watching")
    return GRADED


def _again(options: argparse.Namespace) -> None:
    """Check once more; what cannot be checked now may be in order after the next save.

    What was said before stays in sight until the new verdicts are there.
    """
    try:
        _once(options, clear=screen.moves(sys.stdout))
    except BadInput as bad:
        print(f"grader: {bad}", file=sys.stderr)
    print(f"\nwatching {options.notebook.name}; Ctrl-C ends it", flush=True)


def _once(options: argparse.Namespace, *, clear: bool = False) -> int:
    from grader.model import Status
    from grader.student import text
    from grader.student.notebook import check_file
    from grader.student.plain import plain
    from grader.student.progress import progress

    with progress() as tell:
        report = check_file(options.notebook, options.only, hints=options.hints, tell=tell)
    if options.json:
        print(json.dumps(plain(report), indent=1, ensure_ascii=False))
    else:
        start = CLEAR if clear else ""
        print(start + text.render(report, colour=screen.colours(sys.stdout)), flush=True)
    return WITHHELD if Status.BROKEN in report.statuses.values() else GRADED
