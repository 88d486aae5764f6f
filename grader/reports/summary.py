"""summary.json: the numbers of the class page for programs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from grader.model import GradeReport, Student
from grader.reports.overview import overview
from grader.reports.spread import Distribution
from grader.reports.tally import Overview, Row, Seconds

FORMAT = 1  # of summary.json; see docs/formats.md


def summary(
    reports: Sequence[GradeReport],
    missing: Sequence[Student] = (),
    seconds: Seconds | None = None,
) -> bytes:
    """Return summary.json of a class; the arguments are those of `overview`."""
    return as_json(overview(reports, missing, seconds))


def as_json(found: Overview) -> bytes:
    """Return an overview as summary.json: in ASCII, so that a person sees every character."""
    return (json.dumps(as_plain(found), indent=1) + "\n").encode()


def as_plain(found: Overview) -> dict[str, Any]:
    """Return an overview as plain JSON values."""
    return {
        "format": FORMAT,
        "submissions": len(found.rows),
        "graded": len(found.rows) - len(found.withheld),
        "withheld": [row.id for row in found.withheld],
        "late": [row.id for row in found.late],
        "unmarked": [row.id for row in found.unmarked],
        "world": {
            "statements": sum(found.causes.values()),
            "causes": dict(found.causes),
            "submissions": [row.id for row in found.world],
        },
        "missing": [dataclasses.asdict(student) for student in found.missing],
        "isolation": dict(found.isolation),
        "automatic": _spread(found.automatic),
        "total": _spread(found.total),
        "checks": [{**dataclasses.asdict(c), "of": c.of, "rate": c.rate} for c in found.checks],
        "mistakes": [
            {"id": m.id, "count": len(m.submissions), **dataclasses.asdict(m)}
            for m in found.mistakes
        ],
        "seconds": dict(found.seconds),
        "environment": {name: list(values) for name, values in found.environment.items()},
        "rows": [_row(row) for row in found.rows],
    }


def _spread(found: Distribution) -> dict[str, Any]:
    return dataclasses.asdict(found)


def _row(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "students": [dataclasses.asdict(student) for student in row.students],
        "status": row.status,
        "verdict": row.verdict,
        "reason": row.reason,
        "late": row.late,
        "isolation": row.isolation,
        "automatic": row.automatic,
        "automatic_max": row.automatic_max,
        "manual": row.manual_points,
        "manual_max": row.manual_max,
        "bonus": row.change,
        "total": row.total,
        "total_max": row.total_max,
        "questions": {q.id: q.points for q in row.questions},
        "marks": {mark.question: mark.points for mark in row.manual},
        "decisions": list(row.decisions),
        "mistakes": list(row.mistakes),
        "seconds": {**row.seconds, "all": row.time},
    }
