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
    from grader import marks, tables
    from grader.running import classfiles, results

    if not results.exists(options.out):
        raise BadInput(f"{shown(options.out)}: no graded submissions; give the folder of results")
    path = _table(options)
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
        written = classfiles.write(store)
    for note in (*merged.replaced, *written.notes):
        print(f"note: {note}")
    print(f"{shown(path)} {marks.told(merged, reports)}")
    return GRADED


def _table(options: argparse.Namespace) -> Path:
    """Return the table that is meant: the one given, or the one of that name in the folder."""
    from grader.marks import TABLE

    inside: Path = options.out / (options.table or TABLE)
    return inside if options.table is None or not options.table.exists() else options.table
