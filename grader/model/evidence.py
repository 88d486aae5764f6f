"""What a notebook did and answered: claims, judged elsewhere."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.model.submission import Submission

MOST_TEXT = 1000  # characters of each part of an exception
Arrays = Mapping[str, "np.ndarray[Any, Any]"]


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
class StudentError:
    """An exception of the student's code: its class, its message, the first own line."""

    name: str
    message: str
    line: str = ""

    def __post_init__(self) -> None:
        """Cut what is longer than any line of a report."""
        for part in ("name", "message", "line"):
            object.__setattr__(self, part, getattr(self, part)[:MOST_TEXT])

    def __str__(self) -> str:
        """Return one line, as a report shows it."""
        text = f"{self.name}: {self.message}" if self.message else self.name
        return f"{text} (at `{self.line}`)" if self.line else text


@dataclass(frozen=True)
class LeftOut:
    """A statement that raised, and without which its cell ran; `line` counts the cell's from 1."""

    line: int  # 0: not known
    error: StudentError


@dataclass(frozen=True)
class CellRun:
    """How one code cell ran; `index` counts all cells of the notebook from 0.

    `error` is the first one; a cell that raised ran on without the statements in `left_out`.
    """

    index: int
    status: Outcome
    seconds: float = 0.0
    error: StudentError | None = None
    left_out: tuple[LeftOut, ...] = ()


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
    `reserve` marks one that is put only if the answers to others call for it.
    """

    id: str
    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)
    arrays: Arrays = field(default_factory=dict)
    held_back: Arrays = field(default_factory=dict)
    found: bool = False
    reserve: bool = False


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
