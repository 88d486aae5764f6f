"""The numbers of a class, counted once: gradebook, summary and class page only show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grader.judging.syntax import is_syntax
from grader.kernel import causes
from grader.model import (
    CheckGrade,
    GradeReport,
    Status,
    Student,
)
from grader.reports import decided
from grader.reports.spread import distribution
from grader.reports.tally import MILLI, CheckRate, Mistake, Overview, Row, Seconds, counted

STOPPED = "stopped_by_the_world"
MISSING = "missing"


def overview(
    reports: Sequence[GradeReport],
    missing: Sequence[Student] = (),
    seconds: Seconds | None = None,
) -> Overview:
    """Count a class.

    Args:
        reports: one a submission, with the marks that a person gave.
        missing: who is on the roster and handed in nothing.
        seconds: measured stages of each submission; without it, what the report knows.
    """
    rows = tuple(
        _row(report, seconds or {}) for report in sorted(reports, key=lambda r: r.submission.id)
    )
    graded = [report for report in reports if report.status == "graded"]
    return Overview(
        rows=rows,
        missing=tuple(missing),
        checks=_rates(graded),
        mistakes=_mistakes(graded),
        automatic=distribution(
            [row.counted for row in rows], max((r.automatic_max for r in rows), default=0.0)
        ),
        total=distribution(
            [row.total for row in rows], max((r.total_max for r in rows), default=0)
        ),
        seconds=_summed(row.seconds for row in rows),
        isolation=counted(row.isolation for row in rows),
        environment=_environment(reports),
    )


def _row(report: GradeReport, seconds: Seconds) -> Row:
    graded = report.status == "graded"
    return Row(
        id=report.submission.id,
        students=report.submission.students,
        status=report.status,
        verdict=report.verdict.value,
        reason=report.reason,
        late=report.submission.late,
        isolation=report.isolation,
        automatic=report.score if graded else None,
        automatic_max=report.max_score,
        questions=report.questions,
        manual=report.manual,
        mistakes=tuple(sorted(_made(report))),
        seconds=seconds.get(report.submission.id) or spent(report),
        notes=report.submission.notes,
        world=causes.world(report.cells),
        stopped=any(STOPPED in check.mistakes for check in report.checks),
        change=report.change,
        decisions=decided.lines(report),
        broken=_broken(report) if graded else "",
    )


def _broken(report: GradeReport) -> str:
    """Return which one cell took all points of a question, for what it defines is not there."""
    lost = {q.id for q in report.questions if q.max_points and not q.points}
    gone = {c.question for c in report.checks if MISSING in c.mistakes and c.question in lost}
    raised = [run for run in report.cells if causes.students(run) is not None]
    if not gone or not raised:
        return ""
    run = next((run for run in raised if is_syntax(run.error)), raised[0])
    name = run.error.name if run.error else run.status.value
    return f"{' and '.join(sorted(gone))} lost to cell {run.index + 1}, which raises {name}"


def spent(report: GradeReport) -> dict[str, float]:
    """Return where the time of one submission went, as far as its report says."""
    notebook = sum(cell.seconds for cell in report.cells)
    checks = sum(check.seconds for check in report.checks)
    return {"notebook": round(notebook, MILLI), "checks": round(checks, MILLI)}


def _made(report: GradeReport) -> dict[str, set[str]]:
    """Return the mistakes of a submission, each with the checks that saw it."""
    made: dict[str, set[str]] = {}
    for check in report.checks:
        if check.status in (Status.FAILED, Status.ERROR):
            for mistake in check.mistakes:
                made.setdefault(mistake, set()).add(check.id)
    return made


def _mistakes(graded: Iterable[GradeReport]) -> tuple[Mistake, ...]:
    """Return all mistakes, the commonest first."""
    checks: dict[str, set[str]] = {}
    by: dict[str, list[str]] = {}
    for report in graded:
        for mistake, seen in _made(report).items():
            checks.setdefault(mistake, set()).update(seen)
            by.setdefault(mistake, []).append(report.submission.id)
    found = [Mistake(id_, tuple(sorted(checks[id_])), tuple(sorted(by[id_]))) for id_ in by]
    return tuple(sorted(found, key=lambda m: (-len(m.submissions), m.id)))


def _rates(graded: Sequence[GradeReport]) -> tuple[CheckRate, ...]:
    """Return every check in the order of the reports."""
    seen: dict[str, list[CheckGrade]] = {}
    for report in graded:
        for check in report.checks:
            seen.setdefault(check.id, []).append(check)
    return tuple(_rate(checks) for checks in seen.values())


def _rate(checks: Sequence[CheckGrade]) -> CheckRate:
    first, statuses = checks[0], [check.status for check in checks]
    return CheckRate(
        first.id,
        first.question,
        first.title,
        first.visibility,
        passed=statuses.count(Status.PASSED),
        failed=statuses.count(Status.FAILED),
        error=statuses.count(Status.ERROR),
        skipped=statuses.count(Status.SKIPPED),
    )


def _summed(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for part in parts:
        for name, value in part.items():
            total[name] = round(total.get(name, 0.0) + value, MILLI)
    return total


def _environment(reports: Iterable[GradeReport]) -> dict[str, tuple[str, ...]]:
    """Return the versions of the class, more than one each if they differ; never the seed."""
    seen: dict[str, dict[str, None]] = {}
    for report in reports:
        for name, value in report.environment.items():
            if name != "seed":  # it is secret: whoever knows it can draw the inputs of the checks
                seen.setdefault(name, {})[value] = None
    return {name: tuple(values) for name, values in seen.items()}
