"""What `grader grade` shows: a line a submission as it ends, a bar, a summary."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from tqdm import tqdm

from grader.basics import screen
from grader.basics.exits import shown
from grader.basics.numbers import many
from grader.basics.ticking import Ticker
from grader.handin.intake import Entry
from grader.model import GradeReport, Verdict
from grader.reports import terminal

NAME = 36  # columns
MOST_NOTES = 10  # of how hand-ins were understood
CLASS_FILES = ("index.html", "gradebook.csv", "marks.csv")
STAGE_BAR = "{desc} {bar} {n}/{total} {elapsed}"
CLASS_BAR = "{desc}{n_fmt}/{total_fmt} {bar} {elapsed}, {remaining} left"
WARMING = "warming up"  # torch is imported, the first notebook runs


class Display:
    """Prints to stdout; the bar is on stderr, and only when that is a terminal."""

    def __init__(self, *, alone: bool) -> None:
        self._alone = alone
        self._lock = threading.Lock()
        self._bar: tqdm[None] | None = None
        self._ticker: Ticker | None = None

    def begin(self, todo: Sequence[Entry], done: Sequence[str], notes: Sequence[str]) -> None:
        """Say what was found, and what of it is done already."""
        for note in notes:
            _print(f"note: {terminal.clean(note)}")
        if done and not self._alone:
            _print(
                f"{len(done)} of {len(done) + len(todo)} are graded already and have not changed"
            )
        form = STAGE_BAR if self._alone else CLASS_BAR
        total = 1 if self._alone else len(todo)
        self._bar = tqdm(
            total=total, leave=False, disable=not screen.moves(sys.stderr), bar_format=form
        )
        self._bar.set_description_str(WARMING if self._alone else f"{WARMING} ")
        self._ticker = Ticker(self._bar)

    def stage(self, stage: str, done: int, total: int) -> None:
        """Show how far the one submission is; called on any thread."""
        with self._lock:
            if self._alone and self._bar is not None:
                self._bar.set_description_str(stage, refresh=False)
                self._bar.total, self._bar.n = total, done
                self._bar.refresh()

    def finished(self, report: GradeReport, seconds: float) -> None:
        """Print the line of a submission."""
        with self._lock:
            if self._bar is not None and not self._alone:
                self._bar.set_description_str("", refresh=False)
                self._bar.clear()
                _print(line(report, seconds))
                self._bar.update()

    def close(self) -> None:
        """Take the bar away."""
        if self._ticker is not None:
            self._ticker.stop()
        if self._bar is not None:
            self._bar.close()

    def end(self, reports: Sequence[GradeReport], notes: Sequence[str], out: Path | None) -> None:
        """Print the report of the one submission, or the summary of a class."""
        self.close()
        if self._alone:
            _print(terminal.render(reports[0], colour=screen.colours(sys.stdout)), end="")
        else:
            for text in summary(reports):
                _print(text)
            for note in notes:
                _print(f"note: {terminal.clean(note)}")
        if out is not None:
            _print(f"written to {shown(out)}")


def line(report: GradeReport, seconds: float) -> str:
    """Return one submission as a line of at most 80 columns."""
    name = terminal.clean(report.submission.id)
    name = name if len(name) <= NAME else f"{name[: NAME - 3]}..."
    points = f"{terminal.points(report.automatic)} / {terminal.points(report.max_score)}"
    shown_points = "withheld" if report.status == "withheld" else points
    return f"{name:<{NAME}} {shown_points:>11}  {_verdict(report):<16} {seconds:>6.0f} s"


def _verdict(report: GradeReport) -> str:
    """Return the verdict in words: what cost nothing is no reason to call a hand-in wrong."""
    if report.verdict is Verdict.WRONG and report.score >= report.max_score:
        return "ok, with remarks"
    return report.verdict.value


def summary(reports: Sequence[GradeReport]) -> list[str]:
    """Return what came of a class: how many, the mean, and who needs a person."""
    graded = [report for report in reports if report.status == "graded"]
    withheld = [report for report in reports if report.status != "graded"]
    lines = [f"{many(len(reports), 'submission')}: {len(graded)} graded, {len(withheld)} withheld"]
    if graded:
        average = terminal.points(mean(report.automatic for report in graded))
        lines[0] += f"; mean {average} of {terminal.points(graded[0].max_score)} automatic points"
    lines += [
        f"nothing to run: {terminal.clean(r.submission.problem.reason)}"
        for r in graded
        if r.submission.problem is not None
    ]
    understood = [
        f"note: {terminal.clean(r.submission.id)}: {terminal.clean(note)}"
        for r in graded
        for note in r.submission.notes
    ]
    more = len(understood) - MOST_NOTES
    lines += understood[:MOST_NOTES] + ([f"note: {more} more: see index.html"] if more > 0 else [])
    lines += [
        f"needs a person: {terminal.clean(r.submission.id)}: {terminal.clean(r.reason)}"
        for r in withheld
    ]
    return lines


def _print(text: str, end: str = "\n") -> None:
    print(text, end=end, flush=True)
