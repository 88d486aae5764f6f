"""What an intake finds: entries that are read one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.archives import alike
from grader.exits import shown
from grader.intake.places import File, Files, Folder, read
from grader.model import HandIn, Student


@dataclass(frozen=True)
class Found:
    """One submission before it has an id.

    Attributes:
        name: what it would like to be called.
        key: where it came from; no other has the same.
        folder: the folder that holds its files, or None.
        files: files that are known one by one, by the names that they get.
        refused: why something of it is not read.
        notes: what a person should know.
        only_notebook: a notebook was given by itself, so no write-up is looked for.
    """

    name: str
    key: str
    folder: Folder | None = None
    files: Mapping[str, File] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    students: tuple[Student, ...] = ()
    late: bool | None = None
    only_notebook: bool = False


@dataclass(frozen=True)
class Entry:
    """One submission that was found; its files are read when they are asked for.

    Attributes:
        id: names it in reports and is a file name everywhere.
        found: where it lies and what is known of it.
    """

    id: str
    found: Found

    @property
    def students(self) -> tuple[Student, ...]:
        """Return who handed it in, as far as the platform says."""
        return self.found.students

    @property
    def late(self) -> bool | None:
        """Return whether the platform says that it is late; None if it does not say."""
        return self.found.late

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what a person should know."""
        return self.found.notes

    def read(self) -> HandIn:
        """Return its files as bytes, bounded; what is not read is named with the reason."""
        files, refused = dict(self.found.files), dict(self.found.refused)
        if self.found.folder is not None:
            below = Files(self.found.folder)
            files, refused = files | below.files, refused | below.refused
        contents, unread = read(files)
        twins = [
            f"names that look alike: {', '.join(_spelt(name) for name in group)}"
            for group in alike(contents)
        ]
        return HandIn(
            self.id,
            contents,
            refused | unread,
            (*self.found.notes, *twins),
            self.found.students,
            self.found.late,
            self.found.only_notebook,
        )


def _spelt(name: str) -> str:
    """Return a name with what is not ASCII in it spelt out, so that twins can be told apart."""
    return shown(name).encode("ascii", "backslashreplace").decode()


@dataclass(frozen=True)
class Intake:
    """What was found at a path.

    Attributes:
        entries: the submissions, by id.
        notes: what a person should know of the whole.
        alone: the path is one single submission rather than a class.
    """

    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    alone: bool = False
