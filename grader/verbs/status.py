"""`grader status OUT`: how far a class is, also while another run is grading it."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.exits import GRADED, WITHHELD, BadInput, shown

HELP = "say how far a graded folder is"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("out", type=Path, help="folder that `grader grade --out` writes")


def run(options: argparse.Namespace) -> int:
    """Print what is graded, what is withheld, and whether a run is at work."""
    from grader.running import display, record, results

    if not results.exists(options.out):
        raise BadInput(f"{shown(options.out)}: nothing is graded there; give the folder of --out")
    store = results.Results(options.out)
    reports = [store.report(id_) for id_ in store.ids()]
    at_work = "a run is grading into it" if results.is_busy(options.out) else "no run is at work"
    print(f"{shown(options.out)}: {at_work}")
    if known := record.load(options.out):
        print(record.said(known))
    for line in display.summary(reports):
        print(line)
    return WITHHELD if any(report.status == "withheld" for report in reports) else GRADED
