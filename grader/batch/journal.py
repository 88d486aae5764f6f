"""grader.log: what each run, merge and rescore of results did, and when; for who asks later."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.basics.exits import shown
from grader.handin.intake import Entry
from grader.model import GradeReport

FILE = "grader.log"
FORM = "%(asctime)s %(levelname)s %(message)s"
LOG = logging.getLogger("grader")


class _Quiet(logging.FileHandler):
    """A file that may fill up: a run does not end for its log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, or leave it out."""
        with contextlib.suppress(OSError):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Say nothing."""


@contextlib.contextmanager
def kept(folder: Path | None, *, verbose: bool) -> Iterator[None]:
    """Write what happens meanwhile behind the log of a folder, and on stderr if that is wanted."""
    handlers: list[logging.Handler] = [
        logging.StreamHandler(sys.stderr) if verbose else logging.NullHandler()
    ]
    if folder is not None:
        handlers.append(_Quiet(folder / FILE, encoding="utf-8", delay=True))
    for handler in handlers:
        handler.setFormatter(logging.Formatter(FORM))
        LOG.addHandler(handler)
    level = LOG.level
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    try:
        yield
    finally:
        LOG.setLevel(level)
        LOG.propagate = True
        for handler in handlers:
            LOG.removeHandler(handler)
            handler.close()


def began(
    version: str, isolation: str, todo: Sequence[Entry], done: Sequence[str], notes: Sequence[str]
) -> None:
    """Note how a run begins. Its seed is a secret and stays out."""
    LOG.info(
        "grader %s: %d to grade, %d done before; isolation %s",
        version, len(todo), len(done), isolation,
    )  # fmt: skip
    for note in notes:
        LOG.info("note: %s", shown(note))


def finished(report: GradeReport, seconds: float) -> None:
    """Note what came of a submission."""
    id_ = shown(report.submission.id)
    if report.status != "graded":
        LOG.warning("%s: withheld after %.1f s: %s", id_, seconds, shown(report.reason))
    else:
        LOG.info(
            "%s: %s, %.2f of %.2f, %.1f s",
            id_, report.verdict.value, report.automatic, report.max_score, seconds,
        )  # fmt: skip


def failed(id_: str, reason: str) -> None:
    """Note that a worker gave no answer, whether or not another one is tried."""
    LOG.warning("%s: %s", shown(id_), shown(reason))


def changed(how: str, lines: Sequence[str]) -> None:
    """Note what a command on graded submissions said: points that are others now, and why."""
    LOG.info("%s", shown(how))
    for line in lines:
        LOG.info("%s", shown(line))


def stopped(reason: str) -> None:
    """Note why a run ended early."""
    LOG.error("%s", shown(reason))
