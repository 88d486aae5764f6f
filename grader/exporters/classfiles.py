"""The files about a class as a whole, counted once."""

from __future__ import annotations

from collections.abc import Sequence

from grader.exporters import classpage, gradebook, summary
from grader.exporters.overview import Seconds, overview
from grader.model import GradeReport, Student


def class_files(
    reports: Sequence[GradeReport],
    missing: Sequence[Student] = (),
    seconds: Seconds | None = None,
) -> dict[str, bytes]:
    """Return gradebook.csv, summary.json and index.html by name; the arguments of `overview`."""
    found = overview(reports, missing, seconds)
    return {
        "gradebook.csv": gradebook.table(found),
        "summary.json": summary.as_json(found),
        "index.html": classpage.page(found).encode("utf-8", "replace"),
    }
