"""What was found, and what it is worth."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from grader.model.evidence import CellRun
from grader.model.submission import Submission

MOST_FINDINGS = 40  # of one check; honest ones have a dozen at most
MOST_TEXT = 2000  # characters of one part of a finding
FORMAT = 1  # of report.json and the evidence beside it; see docs/formats.md for its history


class Status(str, enum.Enum):
    """The verdict on one check."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"  # the student's code raised, hung or died
    SKIPPED = "skipped"  # a prerequisite did not pass
    BROKEN = "broken"  # our fault: the report is withheld


class Verdict(str, enum.Enum):
    """What came of a submission as a whole; the last two withhold its report for a person."""

    OK = "ok"
    WRONG = "wrong"
    STUDENT_ERROR = "student_error"
    TIMEOUT = "timeout"
    KILLED_MEMORY = "killed_memory"
    KILLED_OUTPUT = "killed_output"
    KILLED_PROCESSES = "killed_processes"
    KILLED_DISK = "killed_disk"
    REFUSED_FILE = "refused_file"
    SANDBOX_FAILURE = "sandbox_failure"
    GRADER_FAILURE = "grader_failure"

    @property
    def withheld(self) -> bool:
        """Return whether a person must look before there is any score."""
        return self in (Verdict.SANDBOX_FAILURE, Verdict.GRADER_FAILURE)


@dataclass(frozen=True)
class Finding:
    """One thing that a check found wrong, in the words that a student reads.

    `mistake` is an id of docs/checks.md when the cause was recognised. `credit` is the share of
    the check's points that is kept all the same (0 to 1). A `note` costs nothing.
    """

    what: str
    expected: str
    actual: str
    mistake: str | None = None
    where: str | None = None
    hint: str | None = None
    credit: float = 0.0
    note: bool = False

    def __post_init__(self) -> None:
        """Cut what only a forged answer makes so long."""
        for part in ("what", "expected", "actual", "mistake", "where", "hint"):
            text = getattr(self, part)
            if text is not None and len(text) > MOST_TEXT:
                object.__setattr__(self, part, text[: MOST_TEXT - 3] + "...")


def capped(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings of a check, at most MOST_FINDINGS and a note that counts the others.

    Each mistake is among those that are kept, and so is what costs most: points stay the same.
    """
    kept: list[Finding] = []
    first: dict[tuple[bool, str | None], Finding] = {}
    left_out = 0
    for finding in findings:
        key = finding.note, finding.mistake
        known = first.get(key)
        if known is None or finding.credit < known.credit:
            first[key] = finding
        if len(kept) < MOST_FINDINGS:
            kept.append(finding)
        else:
            left_out += 1
    if not left_out:
        return tuple(kept)
    needed = list(first.values())[:MOST_FINDINGS]
    others = [finding for finding in kept if finding not in needed]
    chosen = [*needed, *others[: MOST_FINDINGS - len(needed)]]
    total = left_out + len(kept) - len(chosen)
    rest = Finding("findings of the same check", "none", f"and {total} more", note=True)
    return (*sorted(chosen, key=lambda f: kept.index(f) if f in kept else len(kept)), rest)


@dataclass(frozen=True)
class CheckResult:
    """The verdict of one check on one submission, before any points."""

    id: str
    status: Status
    findings: tuple[Finding, ...] = ()
    message: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class CheckGrade:
    """A check result with its points: one entry of `checks` in report.json."""

    id: str
    question: str
    status: Status
    points: float
    max_points: float
    visibility: str
    title: str
    mistakes: tuple[str, ...]
    message: str
    expected: str
    actual: str
    why: str
    hint: str
    seconds: float
    findings: tuple[Finding, ...] = ()
    public_points: float | None = None  # as if every hidden check had passed: for students


@dataclass(frozen=True)
class Cost:
    """What one mistake, or one check without a known mistake, takes from its question.

    Attributes:
        of: the id of the mistake or of the check; "needs" where the question counts only beside
            points of another, "decided" what a person took.
        points: what it takes, more than 0.
    """

    of: str
    points: float


@dataclass(frozen=True)
class QuestionGrade:
    """The automatic points of one question, and what took the others: together `max_points`."""

    id: str
    title: str
    points: float
    max_points: float
    costs: tuple[Cost, ...] = ()


@dataclass(frozen=True)
class ManualQuestion:
    """A question that a person marks.

    Attributes:
        answer: what was found, if anything.
        points: what the person gave; None until somebody did.
        comment: what the person said to it.
    """

    question: str
    title: str
    max_points: float
    answer: str | None = None
    points: float | None = None
    comment: str = ""


BONUS, DEDUCTION = "bonus", "deduction"


@dataclass(frozen=True)
class Decision:
    """What a person decided in the grader's place.

    Attributes:
        what: a question, a check, "bonus" or "deduction".
        reason: why, in the person's words: the student reads it.
        who: decided.
        points: that count instead, or that are added or taken away; None for a verdict.
        verdict: "passed" or "failed", of a check; "" where points were decided.
        before: what the grader had come to, in words.
    """

    what: str
    reason: str
    who: str
    points: float | None = None
    verdict: str = ""
    before: str = ""

    @property
    def change(self) -> float:
        """Return what it adds to the whole: more than 0 for a bonus, less for a deduction."""
        points = self.points or 0.0
        return {BONUS: points, DEDUCTION: -points}.get(self.what, 0.0)


def adjusted(points: float, change: float, most: float) -> float:
    """Return points after a bonus or deduction: never below 0, and no bonus beyond the most.

    >>> adjusted(2.0, 0.5, 3.0), adjusted(2.9, 0.5, 3.0), adjusted(0.2, -0.5, 3.0)
    (2.5, 3.0, 0.0)
    """
    return round(max(0.0, min(points + change, max(most, points))), 6)


@dataclass(frozen=True)
class GradeReport:
    """One submission, graded: what report.json holds."""

    submission: Submission
    status: str  # "graded" or "withheld"
    score: float
    max_score: float
    isolation: str
    questions: tuple[QuestionGrade, ...] = ()
    manual: tuple[ManualQuestion, ...] = ()
    checks: tuple[CheckGrade, ...] = ()
    notes: tuple[str, ...] = ()
    cells: tuple[CellRun, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    verdict: Verdict = Verdict.OK  # of the run as a whole
    reason: str = ""  # one line: why the report is withheld
    decisions: tuple[Decision, ...] = ()
    format: int = FORMAT

    @property
    def marked(self) -> bool:
        """Return whether every question that a person marks has its points."""
        return all(question.points is not None for question in self.manual)

    @property
    def total(self) -> float | None:
        """Return all points, bonus and deduction among them; None while some are not known."""
        if self.status != "graded" or not self.marked:
            return None
        points = self.score + sum(question.points or 0.0 for question in self.manual)
        return adjusted(points, self.change, self.total_max)

    @property
    def change(self) -> float:
        """Return what bonus and deduction add to the whole."""
        return round(sum(decision.change for decision in self.decisions), 6)

    @property
    def automatic(self) -> float:
        """Return the automatic points with bonus and deduction: what counts without marks."""
        return adjusted(self.score, self.change, self.max_score)

    @property
    def total_max(self) -> float:
        """Return the most points that there are, automatic and manual."""
        return round(self.max_score + sum(question.max_points for question in self.manual), 6)
