"""`grader rescore`: other points for a graded class; nothing is run again."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.exits import GRADED, BadInput, shown

HELP = "score graded submissions with another rubric"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("out", type=Path, help="folder that `grader grade --out` wrote")
    parser.add_argument("--rubric", type=Path, required=True)


def run(options: argparse.Namespace) -> int:
    """Score graded submissions again with another rubric."""
    from grader import rubric, storage
    from grader import run as run_line
    from grader.exporters import terminal

    rubric_ = rubric.load(options.rubric)
    folders = storage.graded(options.out)
    if not folders:
        raise BadInput(f"{shown(options.out)}: no report.json in the folders below it")
    for folder in folders:
        try:
            old = storage.load_report(folder)
            results = storage.load_results(folder / storage.EVIDENCE / storage.RESULTS)
        except (OSError, storage.Unreadable) as error:
            raise BadInput(f"{shown(folder)}: cannot be scored again: {error}") from None
        new = run_line.rescore(old, results, rubric_)
        storage.save_report(folder, new)
        change = f"{terminal.points(old.score)} -> {terminal.points(new.score)}"
        print(
            f"{terminal.clean(new.submission.id):<40} {change} of {terminal.points(new.max_score)}"
        )
    return GRADED
