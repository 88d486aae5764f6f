"""`grader merge`: what a person gave and decided, out of marks.csv and overrides.csv.

overrides.csv, yours to write, decides in the grader's place: a question's or a check's points, a
check's verdict, or a bonus or deduction for the whole, each with a reason that the student reads:

    submission,question or check,points or verdict,reason,who
    ada,cnn.blocks,passed,a pooling of stride 2 is one,Kim
    ada,B1,0.75,as agreed in office hours,Kim
    bob,deduction,0.5,two days late,Kim

The folder's own overrides.csv holds every decision: take a row out and merge, and it is undone.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from grader.basics.exits import GRADED, BadInput, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.batch.results import Results
    from grader.model import GradeReport

HELP = "merge a filled-in marks.csv or overrides.csv into the results"
EXAMPLES = (
    ("grader merge results/", "both tables of the folder, as they are filled in"),
    ("grader merge results/ theirs.csv", "another marker's table, told by its first line"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("out", type=Path, help="folder that `grader grade --out` wrote")
    parser.add_argument(
        "table", type=Path, nargs="?", metavar="TABLE",
        help="marks or decisions, filled in (default: marks.csv and overrides.csv in the folder)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Merge tables: all of their rows, or none if one row is wrong."""
    from grader.batch import classfiles, journal, results
    from grader.scoring import marks, overrides

    if not results.exists(options.out):
        raise BadInput(f"{shown(options.out)}: no graded submissions; give the folder of results")
    tables = _tables(options)
    with results.opened(options.out) as store:
        reports = [store.report(id_) for id_ in store.ids()]
        try:
            done = [_merged(path, data, store, reports) for path, data in tables]
        except marks.WrongRows as wrong:
            for line in wrong.lines:
                print(f"grader: {line}", file=sys.stderr)
            raise
        for files, _, _ in done:
            for name, content in files.items():
                store.write(name, content)
        written = classfiles.write(store)
    notes = [note for _, _, replaced in done for note in replaced]
    notes += overrides.effects(reports, written.reports)
    said = [*(f"note: {note}" for note in (*notes, *written.notes)), *(told for _, told, _ in done)]
    print(*said, sep="\n")
    with journal.kept(options.out, verbose=False):
        journal.changed("merge", said)
    return GRADED


def _merged(
    path: Path, data: bytes, store: Results, reports: Sequence[GradeReport]
) -> tuple[dict[str, bytes], str, tuple[str, ...]]:
    """Return the files to write, what to say, and the marks that are another's now."""
    from grader.batch import record
    from grader.scoring import marks, overrides, overrides_table

    if not overrides_table.is_table(data, str(path)):
        found = marks.merge(data, str(path), reports, marks.load(store.folder))
        told = f"{shown(path)} {marks.told(found, reports)}"
        return {marks.STORE: marks.to_json(found.marks)}, told, found.replaced
    if record.load(store.folder) is None:
        raise BadInput(
            f"{shown(store.folder)}: it does not say with which rubric it was graded; run `grader "
            "rescore` on it once, then merge"
        )
    own = path.resolve() == (store.folder / overrides.TABLE).resolve()
    merged = overrides_table.merge(
        data, str(path), reports, overrides.load(store.folder), whole=own
    )
    files = {overrides.STORE: overrides.to_json(merged.overrides)}
    if not own:
        files[overrides.TABLE] = overrides.table(merged.overrides)
    return files, f"{shown(path)} {overrides_table.told(merged)}", ()


def _tables(options: argparse.Namespace) -> list[tuple[Path, bytes]]:
    """Return the tables that are meant: the one given, or those of the folder."""
    from grader.basics import tables
    from grader.scoring import overrides
    from grader.scoring.marks import TABLE

    if options.table is not None:
        inside: Path = options.out / options.table
        path = options.table if options.table.exists() else inside
        if not path.exists():
            where = f", nor is there one in {shown(options.out)}/" * (path == inside)
            raise BadInput(f"{shown(options.table)}: no such file{where}; give a filled-in table")
        return [(path, tables.load(path, "table"))]
    decisions = options.out / overrides.TABLE
    paths = [options.out / TABLE] * ((options.out / TABLE).exists() or not decisions.exists())
    paths += [decisions] * decisions.exists()
    return [(path, tables.load(path, "table")) for path in paths]
