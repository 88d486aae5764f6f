"""`grader merge`: the points that a person gave, out of a filled-in marks.csv."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from grader.exits import GRADED, BadInput, shown

HELP = "merge a filled-in marks.csv into the results"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("out", type=Path, help="folder that `grader grade --out` wrote")
    parser.add_argument(
        "table", type=Path, nargs="?", metavar="marks.csv",
        help="the table, filled in (default: the one in the folder)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Merge the points of a table: all of them, or none if one row is wrong."""
    from grader import classfiles, marks, results, tables

    if not results.exists(options.out):
        raise BadInput(f"{shown(options.out)}: no graded submissions; give the folder of results")
    path = options.table or options.out / marks.TABLE
    data = tables.load(path, "marks")
    with results.opened(options.out) as store:
        reports = [store.report(id_) for id_ in store.ids()]
        try:
            merged = marks.merge(data, str(path), reports, marks.load(options.out))
        except marks.WrongRows as wrong:
            for line in wrong.lines:
                print(f"grader: {line}", file=sys.stderr)
            raise
        store.write(marks.STORE, marks.to_json(merged.marks))
        for note in marks.write(options.out, reports):
            print(f"note: {note}")
        classfiles.write(store)
    print(marks.told(merged, reports))
    return GRADED
