"""`grader template`: make the students' notebook out of the master notebook."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.basics.exits import GRADED, WITHHELD, BadInput, shown
from grader.model.assignment import chosen

MADE = f"student_template/{chosen().notebook}"
OTHERS = ", ".join(chosen().exercises)
HELP = "make the students' notebook from the master (source tree)"
EXAMPLES = (
    ("grader template", f"{MADE}, out of the master"),
    ("grader template --check", "is it current?"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument(
        "--exercise",
        action="append",
        default=[],
        metavar="NAME",
        help=f"leave this to the student as well: {OTHERS}; may be given several times",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help=f"default: {MADE}")
    parser.add_argument("--force", action="store_true", help="write over the FILE of --out")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit code 1 if the file is not current"
    )


def run(options: argparse.Namespace) -> int:
    """Write the template, or tell whether the one that is there is current."""
    from grader.handin import template

    master = template.master()
    committed = master.parents[1] / "student_template" / chosen().notebook
    out: Path = options.out or committed
    if options.exercise and options.out is None:
        raise BadInput(f"--exercise: give --out FILE too; {shown(committed)} is without exercises")
    text = template.template(master, options.exercise)
    if options.check:
        return _compared(out, text)
    if options.out is not None and out.exists() and not options.force:
        raise BadInput(f"{shown(out)} is there already; give another FILE, or --force")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise BadInput(f"{shown(out)}: {error.strerror}") from None
    print(out)
    return GRADED


def _compared(out: Path, text: str) -> int:
    try:
        current = out.read_text("utf-8") == text
    except (OSError, UnicodeDecodeError):
        current = False
    if not current:
        print(f"{shown(out)} is not what the master notebook makes; run `grader template`")
    return GRADED if current else WITHHELD
