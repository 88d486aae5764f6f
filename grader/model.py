"""The nouns of the program: frozen data that survives a JSON round trip. No I/O here."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

FORMAT = 1  # of report.json and the evidence beside it; see docs/formats.md for its history

Arrays = Mapping[str, "np.ndarray[Any, Any]"]


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


class Outcome(str, enum.Enum):
    """How one cell, or one request, ended."""

    OK = "ok"
    RAISED = "raised"
    TIMED_OUT = "timed_out"
    DIED = "died"
    MISSING = "missing"  # the name that was asked for does not exist
    REFUSED = "refused"  # an answer came, but not in the form that was asked for
    SKIPPED = "skipped"  # never run: the kernel or the time was gone


@dataclass(frozen=True)
class SubmissionFile:
    """One file that was handed in."""

    name: str
    size: int
    sha256: str

    @classmethod
    def of(cls, name: str, data: bytes) -> SubmissionFile:
        """Return the description of a file."""
        return cls(name, len(data), hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class HandIn:
    """The files of one submission as bytes: found, bounded and hashed, but not parsed.

    Attributes:
        id: names the submission in reports and is a file name everywhere.
        files: bytes by relative POSIX path.
        refused: why a file was not read, by relative path (too large, a link, ...).
        notes: what a person should know: an older resubmission, a late flag, a wrong name.
        students: who handed it in, as the platform knows them; several for a group.
        late: whether the platform says so; None if it does not say.
        only_notebook: a notebook was given by itself, so no write-up is looked for.
    """

    id: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    students: tuple[Student, ...] = ()
    late: bool | None = None
    only_notebook: bool = False


@dataclass(frozen=True)
class Student:
    """One person as a platform or a roster knows them; what is unknown is empty."""

    id: str
    name: str = ""
    email: str = ""
    section: str = ""
    platform_id: str = ""  # Canvas user id, Gradescope SID


@dataclass(frozen=True)
class Problem:
    """Why something that was handed in cannot be used: the id of a mistake, and one line."""

    mistake: str
    reason: str


@dataclass(frozen=True)
class Writeup:
    """What could be read of the typeset answers, a PDF; bounded, so perhaps not all of it."""

    name: str | None
    pages: int = 0
    pictures: int = 0
    text: str = ""
    problem: Problem | None = None


@dataclass(frozen=True)
class Submission:
    """What a student handed in, opened and parsed but never executed.

    `notebook` is the notebook as nbformat 4 JSON text; None when there is none to run, and then
    `problem` says why. `writeup` is None when only a notebook was given, so none was looked for.
    """

    id: str
    files: tuple[SubmissionFile, ...] = ()
    notebook_name: str | None = None
    notebook: str | None = None
    notes: tuple[str, ...] = ()
    writeup: Writeup | None = None
    problem: Problem | None = None
    students: tuple[Student, ...] = ()
    late: bool | None = None

    def without_contents(self) -> Submission:
        """Return this submission as a report names it: what the files hold lies beside it."""
        writeup = self.writeup and replace(self.writeup, text="")
        return replace(self, notebook=None, writeup=writeup)


@dataclass(frozen=True)
class StudentError:
    """An exception of the student's code: its class, its message, the first own line."""

    name: str
    message: str
    line: str = ""

    def __str__(self) -> str:
        """Return one line, as a report shows it."""
        text = f"{self.name}: {self.message}" if self.message else self.name
        return f"{text} (at `{self.line}`)" if self.line else text


@dataclass(frozen=True)
class CellRun:
    """How one code cell ran; `index` counts all cells of the notebook from 0."""

    index: int
    status: Outcome
    seconds: float = 0.0
    error: StudentError | None = None


@dataclass(frozen=True)
class ExecutedNotebook:
    """The cells as they ran, and what was changed to make an old notebook run at all."""

    isolation: str
    cells: tuple[CellRun, ...] = ()
    restarts: int = 0
    transforms: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """A question to the kernel that ran the notebook: plain data, tensors beside it.

    `held_back` never travels: what the judge needs to know of the question, such as labels.
    `found` marks a request that a search came upon: no seed draws it again, so it is stored.
    """

    id: str
    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)
    arrays: Arrays = field(default_factory=dict)
    held_back: Arrays = field(default_factory=dict)
    found: bool = False


@dataclass(frozen=True)
class Reply:
    """The values that came back. They are claims: judged outside, never believed."""

    id: str
    outcome: Outcome
    values: Mapping[str, Any] = field(default_factory=dict)
    arrays: Arrays = field(default_factory=dict)
    error: StudentError | None = None
    seconds: float = 0.0


class NoAnswer(Exception):
    """A check asked for a reply that did not come out well; `of` are the replies it asked."""

    def __init__(self, reply: Reply, of: Replies) -> None:
        super().__init__(reply.id, reply.outcome.value)
        self.reply, self.of = reply, of


class Replies(Mapping[str, Reply]):
    """All replies of one submission; `replies[id]` raises NoAnswer unless it went well."""

    def __init__(
        self, replies: Mapping[str, Reply], requests: Mapping[str, Request] | None = None
    ) -> None:
        self._replies = dict(replies)
        self.requests = dict(requests or {})  # what was asked, by the same ids

    def __getitem__(self, key: str) -> Reply:
        """Return the reply, or raise NoAnswer with the reply that says why not."""
        reply = self.peek(key)
        if reply.outcome is not Outcome.OK:
            raise NoAnswer(reply, self)
        return reply

    def peek(self, key: str) -> Reply:
        """Return the reply whatever its outcome; one that never came is `skipped`."""
        return self._replies.get(key, Reply(key, Outcome.SKIPPED))

    def __iter__(self) -> Iterator[str]:
        return iter(self._replies)

    def __len__(self) -> int:
        return len(self._replies)


@dataclass(frozen=True)
class Evidence:
    """Everything that is known of a submission when it is judged."""

    submission: Submission
    notebook: ExecutedNotebook
    replies: Replies

    def __getitem__(self, key: str) -> Reply:
        """Return a reply that went well, or raise NoAnswer."""
        return self.replies[key]


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
class QuestionGrade:
    """The automatic points of one question."""

    id: str
    title: str
    points: float
    max_points: float


@dataclass(frozen=True)
class ManualQuestion:
    """A question that a person marks; `answer` is what was found, if anything."""

    question: str
    title: str
    max_points: float
    answer: str | None = None


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
    format: int = FORMAT
