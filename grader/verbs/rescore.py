"""`grader rescore`: other points for a graded class; nothing is run again."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.exits import GRADED, BadInput, shown

HELP = "score graded submissions with another rubric"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("out", type=Path, help="folder that `grader grade --out` wrote")
    parser.add_argument("--rubric", type=Path, help="TOML file (default: the shipped one)")


def run(options: argparse.Namespace) -> int:
    """Score graded submissions again with another rubric."""
    from grader import rubric
    from grader.exporters import terminal
    from grader.running import classfiles, keys, results

    file = options.rubric or rubric.SHIPPED
    rubric_ = rubric.load(file)
    if not results.exists(options.out):
        raise BadInput(f"{shown(options.out)}: no report.json in the folders below it")
    with results.opened(options.out) as store:
        before = {id_: store.report(id_) for id_ in store.ids()}
        classfiles.rescore(store, before, rubric_, keys.rubric_key(file))
        for new in classfiles.write(store).reports:
            old = before[new.submission.id]
            change = f"{terminal.points(old.score)} -> {terminal.points(new.score)}"
            total = terminal.points(new.max_score)
            print(f"{terminal.clean(new.submission.id):<40} {change} of {total}")
    return GRADED
