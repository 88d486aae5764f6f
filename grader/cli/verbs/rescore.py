"""`grader rescore`: other points for a graded class; nothing is run again."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from grader.basics.exits import GRADED, BadInput, shown

HELP = "score graded submissions with another rubric"
EXAMPLES = (
    ("grader rescore results/ --rubric mine.toml", "other points for all; nothing is run again"),
    ("grader rescore results/", "back to the shipped rubric"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("out", type=Path, help="folder that `grader grade --out` wrote")
    parser.add_argument("--rubric", type=Path, help="TOML file (default: the shipped one)")


def run(options: argparse.Namespace) -> int:
    """Score graded submissions again with another rubric."""
    from grader.batch import classfiles, journal, record, results
    from grader.reports import terminal

    wanted = record.of_rubric(options.rubric)
    if not results.exists(options.out):
        raise BadInput(f"{shown(options.out)}: no report.json in the folders below it")
    with results.opened(options.out) as store:
        before = {id_: store.report(id_) for id_ in store.ids()}
        known = record.load(options.out)
        if known is not None:
            wanted = replace(wanted, grader=known.grader, settings=known.settings)
            if known.key != wanted.key:
                print(f"note: another rubric ({wanted.name}, before {known.name})")
        classfiles.rescore(store, wanted)
        written = classfiles.write(store)
        said = []
        for new in written.reports:
            old = before[new.submission.id]
            change = f"{terminal.points(old.automatic)} -> {terminal.points(new.automatic)}"
            total = terminal.points(new.max_score)
            said.append(f"{terminal.clean(new.submission.id):<40} {change} of {total}")
        said += [f"note: {note}" for note in written.notes]
        print(*said, sep="\n")
        with journal.kept(options.out, verbose=False):
            journal.changed(f"rescore with {wanted.name}", said)
    return GRADED
