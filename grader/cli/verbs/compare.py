"""`grader compare`: whose points changed between two folders of results, and why.

Names each question that changed, what its checks say now, and the reason: other files, another
rubric, another grader, a person's decision or marks.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.basics.exits import GRADED

HELP = "say whose points changed between two folders of results, and why"
EXAMPLES = (
    ("cp -r results results-before", "before a rubric, a new grader or appeals"),
    ("grader compare results-before results", "what came of them"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("old", type=Path, help="folder that `grader grade --out` wrote, a copy")
    parser.add_argument("new", type=Path, help="folder as it is now")


def run(options: argparse.Namespace) -> int:
    """Print what changed."""
    from grader.batch import comparing, record
    from grader.platforms.common.exporting import load

    old, new = (
        comparing.Side({r.submission.id: r for r in load(folder)}, record.load(folder))
        for folder in (options.old, options.new)
    )
    for line in comparing.lines(old, new):
        print(line)
    return GRADED
