"""The pages beside a report: made in the worker, and again wherever points change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from grader.basics import budget, storage
from grader.model import GradeReport, Replies
from grader.reports.html.nouns import FILE, Parts
from grader.reports.html.page import page
from grader.scoring.audience import STUDENT

if TYPE_CHECKING:
    from grader.batch.run import Graded

PAGE = "report.html"


def of_graded(graded: Graded, reference: Replies) -> dict[str, bytes]:
    """Return the page of a submission and what it is made of, by name in its folder."""
    try:
        found, page_ = budget.spend(lambda: _made(graded, reference), budget.SHOWING)
    except budget.Exceeded:  # the report says the rest
        found = Parts()
        page_ = rendered(graded.report, found)
    return {f"{storage.EVIDENCE}/{FILE}": storage.to_json(found), **page_}


def _made(graded: Graded, reference: Replies) -> tuple[Parts, dict[str, bytes]]:
    from grader.reports.html.gather import parts

    found = parts(graded.evidence, reference, graded.notebook)
    return found, rendered(graded.report, found)


def of_stored(report: GradeReport, evidence: Path) -> dict[str, bytes]:
    """Return the page of a submission whose report has changed."""
    path = evidence / FILE
    found = storage.from_json(Parts, path.read_bytes()) if path.is_file() else Parts()
    return rendered(report, found)


def of_withheld(report: GradeReport) -> dict[str, bytes]:
    """Return all the files of a submission that could not be graded."""
    return {**rendered(report, Parts()), storage.REPORT: storage.to_json(report)}


def rendered(report: GradeReport, found: Parts) -> dict[str, bytes]:
    """Return the page as its student may see it."""
    return {PAGE: storage.text_bytes(page(report, found, STUDENT))}
