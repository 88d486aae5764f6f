"""`grader status OUT`: how far a class is, also while another run is grading it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.basics.exits import GRADED, WITHHELD, BadInput, shown

if TYPE_CHECKING:
    from grader.model import GradeReport

HELP = "say how far a graded folder is"
EXAMPLES = (
    ("grader status results/", "also while a run is grading"),
    ("grader status results/ --json", "for a program"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("out", type=Path, help="folder that `grader grade --out` writes")
    parser.add_argument("--json", action="store_true", help="print JSON in place of lines")


def run(options: argparse.Namespace) -> int:
    """Print what is graded, what is withheld, and whether a run is at work."""
    from grader.batch import display, record, results

    if not results.exists(options.out):
        raise BadInput(f"{shown(options.out)}: nothing is graded there; give the folder of --out")
    store = results.Results(options.out)
    reports = [store.report(id_) for id_ in store.ids()]
    busy, known = results.is_busy(options.out), record.load(options.out)
    if options.json:
        print(json.dumps(_plain(reports, busy=busy), indent=1, ensure_ascii=False))
    else:
        print(
            f"{shown(options.out)}: {'a run is grading into it' if busy else 'no run is at work'}"
        )
        if known:
            print(record.said(known))
        for line in display.summary(reports):
            print(line)
    return WITHHELD if any(report.status == "withheld" for report in reports) else GRADED


def _plain(reports: Sequence[GradeReport], *, busy: bool) -> dict[str, Any]:
    """Return how far a class is as plain values; a withheld report has no score."""
    return {
        "format": 1,
        "busy": busy,
        "graded": sum(report.status == "graded" for report in reports),
        "withheld": sum(report.status != "graded" for report in reports),
        "submissions": [
            {
                "id": report.submission.id,
                "status": report.status,
                "verdict": report.verdict.value,
                "score": report.score if report.status == "graded" else None,
                "max_score": report.max_score,
                "reason": report.reason,
            }
            for report in reports
        ],
    }
