"""`grader report`: report.html of a graded folder once more, for students or for instructors."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.basics.exits import GRADED, BadInput, shown
from grader.scoring.audience import AUDIENCES, STUDENT

HELP = "write report.html of graded submissions once more"
EXAMPLES = (
    ("grader report results/", "every student's page once more"),
    ("grader report results/ada --audience instructor", "with the hidden checks"),
)
FILES = {"student": "report.html", "instructor": "report-instructor.html"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument(
        "out", type=Path, help="folder that `grader grade --out` wrote, or one submission in it"
    )
    parser.add_argument(
        "--audience",
        choices=AUDIENCES,
        default=STUDENT,
        help="who reads it: hidden checks and the seed are for the instructor alone "
        "(written to report-instructor.html)",
    )


def run(options: argparse.Namespace) -> int:
    """Write the pages and say where they are."""
    from grader.basics import storage

    alone = (options.out / storage.REPORT).is_file()
    folders = [options.out] if alone else storage.graded(options.out)
    if not folders:
        raise BadInput(f"{shown(options.out)}: no report.json in the folders below it")
    for folder in folders:
        path = folder / FILES[options.audience]
        storage.write(path, _page(folder, options.audience).encode())
        print(shown(path))
    return GRADED


def _page(folder: Path, audience: str) -> str:
    """Return a page from what lies in a submission's folder."""
    from grader.basics import storage
    from grader.reports.html.nouns import FILE, Parts
    from grader.reports.html.page import page
    from grader.scoring.audience import NotScored

    try:
        report = storage.load_report(folder)
        data = folder / storage.EVIDENCE / FILE
        parts = storage.from_json(Parts, data.read_bytes()) if data.is_file() else Parts()
        return page(report, parts, audience)
    except (OSError, storage.Unreadable) as error:
        raise BadInput(f"{shown(folder)}: its report cannot be read: {error}") from None
    except NotScored:
        raise BadInput(
            f"{shown(folder)}: it was graded before hidden checks could be left out; "
            "run `grader rescore` first, or give --audience instructor"
        ) from None
