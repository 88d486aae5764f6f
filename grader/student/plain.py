"""The public checks as plain values, for other programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from grader.student.report import Line, Part, PublicReport

FORMAT = 1


def plain(report: PublicReport) -> dict[str, Any]:
    """Return what `grader check --json` prints: the questions, their checks, what was found."""
    return {
        "format": FORMAT,
        "notebook": report.name,
        "green": report.green,
        "count": report.count,
        "not_python": list(report.broken),
        "questions": [_part(part, hints=report.hints) for part in report.parts],
        "marked_by_people": list(report.people),
        "notes": list(report.notes),
    }


def _part(part: Part, *, hints: bool) -> dict[str, Any]:
    checks = [_line(line, hints=hints) for line in part.lines]
    return {"id": part.id, "title": part.title, "unwritten": part.gap, "checks": checks}


def _line(line: Line, *, hints: bool) -> dict[str, Any]:
    return {
        "id": line.id,
        "title": line.title,
        "status": line.status.value,
        "findings": [asdict(finding) for finding in line.findings],
        "why": line.why,
        "look_for": line.hint if hints else "",
        "waits_for": line.waits_for,
        "fault": line.fault,
    }
