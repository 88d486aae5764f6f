"""What an intake finds: entries that are read one at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.basics.archives import alike
from grader.basics.exits import shown
from grader.handin.intake import ids
from grader.handin.intake.places import File, Files, Folder, read
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
        back: how the name of a file begins that the platform is to hand back; "" if it takes none.
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
    back: str = ""


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
        clashes: a note for each submission whose name looks like another's.
        platform: that made the download, as its module is called; "" if none is known.
    """

    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    alone: bool = False
    clashes: tuple[str, ...] = ()
    platform: str = ""

    def named(self, given: Sequence[ids.Given] = ()) -> Intake:
        """Return the submissions with ids: those that they were given before, else their names."""
        wanted = [(entry.found.name, entry.found.key) for entry in self.entries]
        made = ids.unique(wanted, given)
        pairs = zip(made, self.entries, strict=True)
        entries = sorted((Entry(id_, entry.found) for id_, entry in pairs), key=lambda e: e.id)
        clashes = () if self.alone else ids.clashes(wanted, made, given)
        return replace(self, entries=tuple(entries), clashes=tuple(clashes))

    @property
    def given(self) -> tuple[ids.Given, ...]:
        """Return the ids as they are to be remembered."""
        return tuple(ids.Given(e.id, e.found.name, e.found.key) for e in self.entries)
