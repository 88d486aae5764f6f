"""What a class comes to, row by row: the nouns that gradebook, summary and class page show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from grader.kernel.causes import Cause
from grader.model import (
    ManualQuestion,
    QuestionGrade,
    Student,
    Verdict,
    adjusted,
)
from grader.reports.spread import Distribution

Seconds = Mapping[str, Mapping[str, float]]  # where the time went, by submission and stage
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
        return counted(cause.value for row in self.rows for cause in row.world)

    @property
    def unmarked(self) -> tuple[Row, ...]:
        """Return the graded submissions with a question that nobody marked yet."""
        return tuple(row for row in self.rows if not row.withheld and not row.marked)


def counted(values: Iterable[str]) -> dict[str, int]:
    """Return how often each value comes, the commonest first."""
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
