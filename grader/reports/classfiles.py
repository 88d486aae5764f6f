"""The files about a class as a whole, counted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.model import GradeReport, Student
from grader.reports import classpage, gradebook, summary
from grader.reports.overview import overview
from grader.reports.tally import Seconds


def class_files(
    reports: Sequence[GradeReport],
    missing: Sequence[Student] = (),
    seconds: Seconds | None = None,
    left_out: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """Return gradebook.csv, summary.json and index.html by name.

    Args:
        reports: as for `overview`.
        missing: as for `overview`.
        seconds: as for `overview`.
        left_out: which decisions on a submission do not fit any more, by its id.
    """
    found = overview(reports, missing, seconds)
    if left_out:
        rows = (replace(row, left_out=left_out.get(row.id, "")) for row in found.rows)
        found = replace(found, rows=tuple(rows))
    return {
        "gradebook.csv": gradebook.table(found),
        "summary.json": summary.as_json(found),
        "index.html": classpage.page(found).encode("utf-8", "replace"),
    }
