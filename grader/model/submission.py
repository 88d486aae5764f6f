"""What was handed in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace


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
    `beside` are modules and small data as text, by path from the notebook's folder.
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
    beside: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def unopened(cls, hand_in: HandIn, problem: Problem | None = None) -> Submission:
        """Return what is known of a hand-in that nobody could look into."""
        return cls(
            hand_in.id,
            tuple(SubmissionFile.of(name, data) for name, data in hand_in.files.items()),
            notes=hand_in.notes,
            problem=problem,
            students=hand_in.students,
            late=hand_in.late,
        )

    def without_contents(self) -> Submission:
        """Return this submission as a report names it: what the files hold lies beside it."""
        writeup = self.writeup and replace(self.writeup, text="")
        return replace(self, notebook=None, writeup=writeup, beside={})
