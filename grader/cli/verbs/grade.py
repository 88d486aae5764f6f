"""`grader grade`: run notebooks in a sandbox, judge what they computed, write reports."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.model.assignment import chosen

HELP = "grade a notebook, or a folder of submissions"
EXAMPLES = (
    (
        "grader grade download.zip --out results/ --roster students.csv",
        "a class; again, it does what has changed",
    ),
    (f"grader grade ada/{chosen().notebook}", "one notebook, its report on the screen"),
    (
        "grader grade download.zip --out results/ --rubric mine.toml --jobs 4",
        "with points of your own",
    ),
    ("grader grade download.zip --dry-run --roster students.csv", "how it is understood"),
    ("grader grade download.zip --out results/ --only ada", "one of them once more"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("path", type=Path, help="notebook, submission folder, or folder of these")
    parser.add_argument("--out", type=Path, help="folder for reports, gradebook and evidence")
    parser.add_argument(
        "--sandbox",
        choices=("auto", "bubblewrap", "uid", "none"),
        default="auto",
        help="none: for your own notebook only (default: auto)",
    )
    parser.add_argument("--jobs", type=int, metavar="N", help="at once (default: one a core)")
    parser.add_argument("--roster", type=Path, help="CSV file of the students: who is missing")
    parser.add_argument("--rubric", type=Path, help="TOML file (default: the shipped one)")
    parser.add_argument("--seed", type=int, help="secret seed of the inputs (default: a fresh one)")
    parser.add_argument("--data-root", type=Path, help="real CIFAR-10, colours and Oxford17 data")
    parser.add_argument("--weights", type=Path, help="weights file of the real pretrained network")
    parser.add_argument("--full", action="store_true", help="do not cut the training to one epoch")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument(
        "--only", action="append", default=[], metavar="ID",
        help="grade this submission, and grade it again if it was; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--dry-run", action="store_true", help="say who handed in what, and grade nothing"
    )
    parser.add_argument(
        "--engine", choices=("local", "dask"), default="local", help="where the work is done"
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="print what OUT/grader.log gets, too"
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster")


def run(options: argparse.Namespace) -> int:
    """Grade every submission at a path and print a report each."""
    from grader import platforms
    from grader.batch.grading import grade
    from grader.handin import intake
    from grader.handin.intake import class_list

    found = intake.find(options.path, platforms.downloads())
    roster = options.roster and class_list.load(options.roster, platforms.class_lists())
    return grade(options, found, roster)
