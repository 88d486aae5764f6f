"""The numbers of a class, counted once: gradebook, summary and class page only show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from grader import causes
from grader.causes import Cause
from grader.exporters import decided
from grader.exporters.spread import Distribution, distribution
from grader.model import (
    CheckGrade,
    GradeReport,
    ManualQuestion,
    QuestionGrade,
    Status,
    Student,
    Verdict,
    adjusted,
)
from grader.saved.syntax import is_syntax

Seconds = Mapping[str, Mapping[str, float]]  # where the time went, by submission and stage

STOPPED = "stopped_by_the_world"
MISSING = "missing"
ROUND = 6  # decimals that are kept of points
MILLI = 3  # decimals that are kept of seconds


@dataclass(frozen=True)
class Row:
    """One submission of the class.

    Attributes:
        automatic: the automatic points; None if the report is withheld, which is not zero.
        seconds: where the time went, by stage.
        world: why statements were left out of the notebook that failed for a reason of ours.
        notes: how the hand-in was understood: which of two notebooks, an older resubmission.
        stopped: whether the training loop of Part C says that the world kept it from a step.
        change: what a person added as a bonus or took away.
        decisions: what a person decided in the grader's place, a line each.
        broken: which cell a question has no points for, as it defines nothing; "" if there is none.
        left_out: which decisions of a person do not fit any more; "" if all do.
    """

    id: str
    students: tuple[Student, ...]
    status: str
    verdict: str
    reason: str
    late: bool | None
    isolation: str
    automatic: float | None
    automatic_max: float
    questions: tuple[QuestionGrade, ...]
    manual: tuple[ManualQuestion, ...]
    mistakes: tuple[str, ...]
    seconds: Mapping[str, float]
    notes: tuple[str, ...] = ()
    world: tuple[Cause, ...] = ()
    stopped: bool = False
    change: float = 0.0
    decisions: tuple[str, ...] = ()
    broken: str = ""
    left_out: str = ""

    @property
    def word(self) -> str:
        """Return the verdict in words: what cost nothing is no reason to call a hand-in wrong."""
        if self.verdict == Verdict.WRONG.value and self.automatic == self.automatic_max:
            return "ok, with remarks"
        return self.verdict.replace("_", " ")

    @property
    def counted(self) -> float | None:
        """Return the automatic points with bonus and deduction: what counts without marks."""
        if self.automatic is None:
            return None
        return adjusted(self.automatic, self.change, self.automatic_max)

    @property
    def withheld(self) -> bool:
        """Return whether a person must look before there is a score."""
        return self.automatic is None

    @property
    def marked(self) -> bool:
        """Return whether every question that a person marks has its points."""
        return all(mark.points is not None for mark in self.manual)

    @property
    def manual_points(self) -> float | None:
        """Return the points that a person gave; None while one question is not marked."""
        if not self.marked:
            return None
        return round(sum(mark.points or 0.0 for mark in self.manual), ROUND)

    @property
    def manual_max(self) -> float:
        """Return the most points that a person can give."""
        return round(sum(mark.max_points for mark in self.manual), ROUND)

    @property
    def total(self) -> float | None:
        """Return all points, bonus and deduction among them; None while some are not known."""
        if self.automatic is None or self.manual_points is None:
            return None
        return adjusted(self.automatic + self.manual_points, self.change, self.total_max)

    @property
    def total_max(self) -> float:
        """Return the most points there are."""
        return round(self.automatic_max + self.manual_max, ROUND)

    @property
    def time(self) -> float:
        """Return the seconds that this submission took, all stages together."""
        return round(sum(self.seconds.values()), MILLI)


@dataclass(frozen=True)
class CheckRate:
    """How the graded submissions did in one check."""

    id: str
    question: str
    title: str
    visibility: str
    passed: int
    failed: int
    error: int
    skipped: int

    @property
    def of(self) -> int:
        """Return how many submissions this check was put to."""
        return self.passed + self.failed + self.error + self.skipped

    @property
    def rate(self) -> float:
        """Return the share that passed, 0 to 1."""
        return round(self.passed / self.of, ROUND) if self.of else 0.0


@dataclass(frozen=True)
class Mistake:
    """A recognised mistake, where it was seen, and who made it."""

    id: str
    checks: tuple[str, ...]
    submissions: tuple[str, ...]


@dataclass(frozen=True)
class Overview:
    """The whole class."""

    rows: tuple[Row, ...]
    missing: tuple[Student, ...]
    checks: tuple[CheckRate, ...]
    mistakes: tuple[Mistake, ...]
    automatic: Distribution
    total: Distribution
    seconds: Mapping[str, float]
    isolation: Mapping[str, int]  # how many submissions ran under each
    environment: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def withheld(self) -> tuple[Row, ...]:
        """Return the submissions that need a person."""
        return tuple(row for row in self.rows if row.withheld)

    @property
    def late(self) -> tuple[Row, ...]:
        """Return the submissions that came late."""
        return tuple(row for row in self.rows if row.late)

    @property
    def world(self) -> tuple[Row, ...]:
        """Return the submissions of which something failed for a reason of ours."""
        return tuple(row for row in self.rows if row.world)

    @property
    def causes(self) -> Mapping[str, int]:
        """Return how many statements failed for each reason of ours."""
        return _counted(cause.value for row in self.rows for cause in row.world)

    @property
    def unmarked(self) -> tuple[Row, ...]:
        """Return the graded submissions with a question that nobody marked yet."""
        return tuple(row for row in self.rows if not row.withheld and not row.marked)


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
            [row.automatic for row in rows], max((r.automatic_max for r in rows), default=0.0)
        ),
        total=distribution(
            [row.total for row in rows], max((r.total_max for r in rows), default=0)
        ),
        seconds=_summed(row.seconds for row in rows),
        isolation=_counted(row.isolation for row in rows),
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


def _counted(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _environment(reports: Iterable[GradeReport]) -> dict[str, tuple[str, ...]]:
    """Return the versions of the class, more than one each if they differ; never the seed."""
    seen: dict[str, dict[str, None]] = {}
    for report in reports:
        for name, value in report.environment.items():
            if name != "seed":  # it is secret: whoever knows it can draw the inputs of the checks
                seen.setdefault(name, {})[value] = None
    return {name: tuple(values) for name, values in seen.items()}
