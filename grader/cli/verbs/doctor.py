"""`grader doctor`: what this machine can promise while it runs strangers' notebooks."""

from __future__ import annotations

import argparse
import json
import textwrap
from typing import Any

from grader.basics.exits import GRADED, WITHHELD

HELP = "try the sandbox of this machine, and say what is missing"
EXAMPLES = (
    ("grader doctor", "what holds on this machine, and what to do about the rest"),
    ("grader doctor --json", "the same for a program"),
)
WIDTH = 80
WORDS = {"held": "held", "broken": "DOES NOT HOLD", "lesser": "not here", "unchecked": "not tried"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument(
        "--sandbox",
        choices=("auto", "bubblewrap", "uid", "none"),
        default="auto",
        help="the tier to try (default: auto)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON in place of a page")


def run(options: argparse.Namespace) -> int:
    """Try a tier and print what holds; 0 if `grader grade` may go on with it, else 1."""
    from grader.kernel.sandbox import checkup

    found = checkup.examine(options.sandbox)
    print(json.dumps(found, indent=2) if options.json else page(found), end="\n")
    return GRADED if found["may_grade"] else WITHHELD


def page(found: dict[str, Any]) -> str:
    """Return the page for a terminal, at most 80 columns wide.

    Args:
        found: what `grader.kernel.sandbox.checkup.examine` returned.
    """
    lines = [f"sandbox: {found['tier']}", ""]
    if found["promises"]:
        lines += ["A program inside", ""]
    for promise in found["promises"]:
        lines.append(f"  {WORDS[promise['state']]:<14} {promise['text']}"[:WIDTH])
        if promise["state"] in ("broken", "lesser"):
            lines += _wrapped(promise["remedy"], " " * 17)
    if found["promises"]:
        lines.append("")
    lines += [f"  {name:<14} {value}"[:WIDTH] for name, value in found["machine"].items()]
    lines += ["", *_wrapped(found["verdict"], "")]
    return "\n".join(lines)


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
