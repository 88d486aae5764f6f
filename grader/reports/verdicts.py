"""The verdicts on one submission, a line each: what `grader explain RESULTS STUDENT` prints."""

from __future__ import annotations

from grader.basics.exits import BadInput, shown
from grader.basics.nearest import meant
from grader.basics.unseen import visible
from grader.model import CheckGrade, GradeReport, Status
from grader.reports import decided


def overview(report: GradeReport) -> str:
    """Return every check of a submission with its points, those that lost some first."""
    bad = (Status.FAILED, Status.ERROR)
    lost = [c for c in report.checks if c.points < c.max_points - 1e-9 or c.status in bad]
    lost.sort(key=lambda check: check.status not in bad)
    kept = [check for check in report.checks if check not in lost]
    lines = [f"{visible(report.submission.id)}: {report.score:.2f} of {report.max_score:.2f}"]
    for check in (*lost, *kept):
        points = f"{check.points:.3f} of {check.max_points:.3f}"
        made = ", ".join(check.mistakes) or waiting(check)
        lines.append(f"  {check.status.value:<8} {check.id:<26} {points}  {made}".rstrip())
    lines += [f"  decided by a person: {visible(line)}" for line in decided.lines(report)]
    return "\n".join(lines) + "\n"


def waiting(check: CheckGrade) -> str:
    """Return why a check was not judged, and whether it costs anything; "" if it was."""
    if check.status is not Status.SKIPPED:
        return ""
    free = check.max_points and check.points >= check.max_points - 1e-9
    said = "; it costs nothing"
    return check.message + (said if free and not check.message.endswith(said) else "")


def named(report: GradeReport, check: str) -> CheckGrade:
    """Return one of a report's checks. Raises BadInput with one line if it has no such check."""
    found = next((c for c in report.checks if c.id == check), None)
    if found is None:
        near = meant(check, [c.id for c in report.checks]) or "; `grader checks` lists them"
        raise BadInput(f"no check {shown(check)!r} in the report{near}")
    return found
