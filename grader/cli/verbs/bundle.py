"""`grader bundle student`: the zip that students get, with nothing of the solution in it."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.basics.exits import GRADED, BadInput, shown

HELP = "make the zip that students get"
EXAMPLES = (("grader bundle student --out a2.zip", "what students get"),)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("what", choices=("student",), help="whom it is for")
    parser.add_argument("--out", type=Path, required=True, help="the zip, for instance a2.zip")
    parser.add_argument("--rubric", type=Path, help="decides which checks are public")
    parser.add_argument(
        "--exercise",
        action="append",
        default=[],
        metavar="NAME",
        help="leave something more to the student: see `grader template --help`",
    )


def run(options: argparse.Namespace) -> int:
    """Write the students' zip."""
    from grader.basics.storage import write
    from grader.scoring import rubric
    from grader.student.bundle import bundle

    if options.out.is_dir():
        raise BadInput(f"--out {shown(options.out)}: a folder; give the zip's name")
    data = bundle(options.rubric or rubric.SHIPPED, options.exercise)
    try:
        write(options.out, data)
    except OSError as error:
        raise BadInput(
            f"--out {shown(options.out)}: cannot be written ({error.strerror}); give another place"
        ) from None
    print(f"{shown(options.out)}: {len(data) / 1e6:.1f} MB")
    return GRADED
