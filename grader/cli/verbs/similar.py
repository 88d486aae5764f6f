"""`grader similar`: hand-ins whose own code is alike beyond what the class shares.

What the handout gave and what much of the class wrote alike is left out. Names, strings, comments
and the order of cells make no difference. A pair is something to look at, and no verdict; no
student's report and no export says a word of it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.basics.exits import GRADED, BadInput, shown
from grader.basics.numbers import many

HELP = "show pairs of hand-ins that are alike beyond what the class shares"
EXAMPLES = (("grader similar results/", "writes results/similar.html, for you alone"),)
PAGE = "similar.html"
LISTED = 20  # pairs; the page has them all


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("out", type=Path, help="folder that `grader grade --out` wrote")
    parser.add_argument(
        "--page", type=Path, metavar="FILE", help=f"where the page goes (default: OUT/{PAGE})"
    )


def run(options: argparse.Namespace) -> int:
    """Compare every two hand-ins, list the likest pairs and write the page."""
    from grader.basics import storage
    from grader.reports import similarity
    from grader.reports.similar.pairs import pairs
    from grader.reports.similar.reading import works

    if not storage.graded(options.out):
        raise BadInput(f"{shown(options.out)}: no graded submissions; give the folder of results")
    found = list(works(options.out, lambda line: print(f"note: {shown(line)}")))
    likest = pairs(found)
    path = options.page or options.out / PAGE
    by_id = {work.id: work for work in found}
    try:
        text = similarity.page(likest, by_id, _names(options.out, {*by_id}))
        storage.write(path, storage.text_bytes(text), 0o600)
    except OSError as error:
        raise BadInput(
            f"--page {shown(path)}: cannot be written ({error.strerror}); give another place"
        ) from None
    for pair in likest[:LISTED]:
        print(f"{shown(pair.left)} and {shown(pair.right)}: {pair.alike:.0%} alike")
    if len(likest) > LISTED:
        print(f"and {len(likest) - LISTED} more pairs")
    print(
        f"{many(len(found), 'hand-in')}, {many(len(likest), 'pair')} to look at (no verdicts), "
        f"side by side in {shown(path)}"
    )
    return GRADED


def _names(out: Path, ids: set[str]) -> dict[str, str]:
    """Return who handed each submission in."""
    from grader.platforms.common.exporting import load

    return {
        report.submission.id: ", ".join(s.name or s.id for s in report.submission.students)
        for report in load(out)
        if report.submission.id in ids
    }
