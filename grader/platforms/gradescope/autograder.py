"""What `run_autograder` runs: one submission in Gradescope's container, to results.json."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from grader.basics import storage
from grader.basics.exits import BadInput
from grader.model import GradeReport, Student
from grader.platforms.common import hosted
from grader.platforms.gradescope import results as made
from grader.reports import wording

MARGIN = 75.0  # seconds that are left for the platform, of the minutes that it gives
REPORT = "report.html"


def main(root: Path) -> int:
    """Grade what lies in `root`/submission; 0 if there is a results.json that says what came."""
    private = root / "private"
    settings = json.loads((private / "settings.json").read_text("utf-8"))
    work = Path(tempfile.mkdtemp(prefix="work-", dir=private))
    try:
        results = _results(root, private, work, settings)
    finally:
        hosted.clear(work)
    storage.write(root / "results" / "results.json", results)
    return 0


def _results(root: Path, private: Path, work: Path, settings: Mapping[str, Any]) -> bytes:
    order = hosted.Order(
        files=hosted.gathered(root / "submission"),
        work=work,
        seconds=60.0 * settings["minutes"] - MARGIN,
        sandbox=settings["sandbox"],
        rubric=private / "rubric.toml",
    )
    try:
        report = hosted.grade(order)
        return made.results(_known(report, _metadata(root)))
    except (hosted.NotGraded, BadInput) as error:
        print(error, file=sys.stderr)
        reason = f"{wording.WITHHELD} ({wording.line(str(error))})"
        return (json.dumps(made.no_score(reason), indent=1) + "\n").encode()


def _metadata(root: Path) -> Mapping[str, Any]:
    try:
        found = json.loads((root / "submission_metadata.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _known(report: GradeReport, metadata: Mapping[str, Any]) -> GradeReport:
    """Return the report with what Gradescope knows of its authors and of its time."""
    users = metadata.get("users")
    users = [user for user in users if isinstance(user, dict)] if isinstance(users, list) else []
    students = tuple(_student(user) for user in users)
    late = is_late(metadata, users)
    notes = (*report.notes, *(["late, as Gradescope says"] if late else []))
    submission = replace(report.submission, students=students, late=late)
    return replace(report, submission=submission, notes=notes)


def _student(user: Mapping[str, Any]) -> Student:
    return Student(
        str(user.get("sid") or user.get("email") or user.get("id") or ""),
        str(user.get("name") or ""),
        str(user.get("email") or ""),
        platform_id=str(user.get("id") or ""),
    )


def is_late(metadata: Mapping[str, Any], users: list[dict[str, Any]]) -> bool | None:
    """Return whether a submission came after its due date, an extension counted; None: unknown.

    The time is the one that Gradescope took down (`created_at`), never the clock's: a submission
    that is graded again next month was not handed in next month.
    """
    created = _time(metadata.get("created_at"))
    dues = [_due(user.get("assignment")) for user in users]
    due = max((d for d in dues if d), default=None) or _due(metadata.get("assignment"))
    return None if created is None or due is None else created > due


def _due(assignment: Any) -> datetime | None:
    return _time(assignment.get("due_date")) if isinstance(assignment, dict) else None


def _time(text: Any) -> datetime | None:
    """Return a time with its zone; None for anything else."""
    try:
        found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
