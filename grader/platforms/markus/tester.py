"""What `run_grader.sh` runs: one group's files on MarkUs's test server, to JSON lines."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from grader.basics.exits import BadInput
from grader.platforms.common import hosted
from grader.platforms.markus import results
from grader.reports import wording

MARGIN = 45.0  # seconds: a group that times out gets nothing at all, not even the reason
HAND_IN = (".ipynb", ".pdf", ".zip")
REPORT = "report.html"


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade the files of this folder, print a JSON object a line, leave report.html."""
    parser = argparse.ArgumentParser(prog="run_grader.sh")
    parser.add_argument("--timeout", type=float, required=True, help="MarkUs's, in seconds")
    parser.add_argument("--sandbox", default=os.environ.get("GRADER_SANDBOX", "auto"))
    options = parser.parse_args(arguments)
    work = Path(tempfile.mkdtemp(prefix="grader-"))
    try:
        lines = _graded(_order(Path.cwd(), work, options.timeout, options.sandbox))
    except (hosted.NotGraded, BadInput) as error:
        reason = f"{wording.WITHHELD} ({wording.line(str(error))})"
        print(reason, file=sys.stderr)  # MarkUs shows it to the instructor
        lines = [json.dumps(results.nothing(reason))]
    finally:
        hosted.clear(work)
    for line in lines:
        print(line, flush=True)
    return 0


def _order(folder: Path, work: Path, timeout: float, sandbox: str) -> hosted.Order:
    rubric = os.environ.get("GRADER_RUBRIC")
    files = {
        name: path
        for name, path in hosted.gathered(folder).items()
        if path.suffix.lower() in HAND_IN
    }
    return hosted.Order(
        files=files,
        work=work,
        seconds=max(1.0, timeout - MARGIN),
        sandbox=sandbox,
        rubric=Path(rubric) if rubric else None,
    )


def _graded(order: hosted.Order) -> list[str]:
    report = hosted.grade(order)
    page = order.work / "out" / report.submission.id / REPORT
    if page.is_file():
        shutil.copyfile(page, REPORT)
    if report.status != "graded":
        print(wording.headline(report), file=sys.stderr)
    return list(results.lines(report))


if __name__ == "__main__":
    sys.exit(main())
