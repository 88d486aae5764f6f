"""Where the seconds of one submission go, and what grading adds to running the notebook.

    python benchmarks/one_submission.py [SUBMISSION] [--rounds N]

Two lines are measured side by side in each round, on the same machine in the same minute: the
notebook alone (kernel start, all cells, shutdown, in the same sandbox and stand-in world), and
the whole grading of it. The ratio is what can be compared between machines; seconds cannot.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import nbformat

from grader.batch.run import Line, room
from grader.batch.settings import Settings
from grader.handin.submissions import open_submission
from grader.kernel import sandbox
from grader.kernel.session.execution import NotebookRunner
from grader.scoring import rubric

DEFAULT = Path(__file__).parents[1] / "examples" / "submissions" / "amelie-right"


def notebook_alone(line: Line, path: Path) -> float:
    """Return the seconds that running the notebook takes, without any request."""
    submission = open_submission(path)
    started = time.perf_counter()
    with room(line.settings) as folders:
        runner = NotebookRunner(line.settings.isolation, folders, line.settings.deadlines)
        with runner.opened(nbformat.reads(submission.notebook, as_version=4)):
            runner.run_cells()
    return time.perf_counter() - started


def whole(line: Line, path: Path) -> tuple[float, dict[str, float]]:
    """Return the seconds of a whole grading, and the seconds of each kind of request."""
    submission = open_submission(path)
    started = time.perf_counter()
    _, _, replies = line.execute(submission)
    seconds = time.perf_counter() - started
    kinds: dict[str, float] = {}
    for name in replies:
        kind = replies.requests[name].kind
        kinds[kind] = kinds.get(kind, 0.0) + replies.peek(name).seconds
    return seconds, kinds


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("submission", type=Path, nargs="?", default=DEFAULT)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    isolation = sandbox.choose_isolation("auto")
    line = Line(Settings(isolation, None, 1, rubric.load()))
    started = time.perf_counter()
    line.shared.reference.complete()
    print(f"reference's replies, once a run: {time.perf_counter() - started:.1f} s")
    ratios = []
    for number in range(chosen.rounds):
        alone = notebook_alone(line, chosen.submission)
        seconds, kinds = whole(line, chosen.submission)
        ratios.append(seconds / alone)
        parts = ", ".join(f"{k} {v:.1f}" for k, v in sorted(kinds.items(), key=lambda i: -i[1]))
        print(f"round {number + 1}: notebook {alone:.1f} s, graded {seconds:.1f} s ({parts})")
    print(f"graded / notebook alone: median {statistics.median(ratios):.2f} of {chosen.rounds}")


if __name__ == "__main__":
    main()
