"""How a download was understood, for a person: who handed in what, and who did not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from grader.basics.exits import shown
from grader.basics.numbers import many
from grader.handin.intake import Entry, Intake
from grader.handin.intake.notes import named
from grader.handin.intake.roster import Roster, missing
from grader.model import HandIn, Student

NAME = 28  # columns
NOTEBOOK = ".ipynb"


def lines(found: Intake, path: Path, roster: Roster | None) -> Iterator[str]:
    """Yield what a dry run says: a line a submission with its files, then what is odd of all."""
    platform = f"a download of {found.platform.capitalize()}" if found.platform else "a folder"
    what = (
        "one submission" if found.alone else f"{platform}, {many(len(found.entries), 'submission')}"
    )
    yield f"{shown(path)}: {what}"
    hand_ins: dict[str, str] = {}
    for entry in found.entries:
        hand_in = entry.read()
        yield from _entry(entry, hand_in, roster)
        for digest in _notebooks(hand_in):
            hand_ins.setdefault(digest, entry.id)
            if hand_ins[digest] != entry.id:
                yield f"{'':{NAME}} the same notebook, byte for byte, as {hand_ins[digest]}"
    yield from _whole(found, roster)


def _entry(entry: Entry, hand_in: HandIn, roster: Roster | None) -> Iterator[str]:
    students = roster.resolve(entry.id, entry.students) if roster else entry.students
    late = {True: "late", False: "on time", None: ""}[entry.late]
    who = ", ".join(_person(student, entry.id) for student in students)
    files = named(f"{name} ({_size(len(data))})" for name, data in hand_in.files.items())
    head = "; ".join(filter(None, (who, late)))
    first, *further = filter(None, (head, files or "no files"))
    yield f"{shown(entry.id):{NAME}} {first}"
    yield from (f"{'':{NAME}} {text}" for text in further)
    for name, why in hand_in.refused.items():
        yield f"{'':{NAME}} not read: {shown(name)}: {shown(why)}"
    for note in hand_in.notes:
        yield f"{'':{NAME}} note: {shown(note)}"


def _person(student: Student, said: str = "") -> str:
    """Return who somebody is, without the id where it stands beside it already."""
    names = [student.name, student.id, student.email]
    told = [name for name in dict.fromkeys(names) if name and name != said]
    return shown(" ".join(told) or said or "?")


def _size(count: int) -> str:
    """Return a number of bytes for a person.

    >>> _size(300), _size(2_400_000)
    ('1 kB', '2.4 MB')
    """
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{max(1, round(count / 1e3))} kB"


def _notebooks(hand_in: HandIn) -> list[str]:
    return [
        hashlib.sha256(data).hexdigest()
        for name, data in hand_in.files.items()
        if name.endswith(NOTEBOOK)
    ]


def _whole(found: Intake, roster: Roster | None) -> Iterator[str]:
    """Yield what is to be known of the whole."""
    for note in (*found.notes, *found.clashes):
        yield f"note: {shown(note)}"
    for student, ids in _several(found.entries):
        yield f"note: {_person(student)} handed in {len(ids)} times: {named(ids)}"
    late = [entry.id for entry in found.entries if entry.late]
    if late:
        yield f"late: {named(late)}"
    if roster is not None:
        present = missing(roster, [(entry.id, entry.students) for entry in found.entries])
        yield f"nothing came from: {named(map(_person, present.missing)) or 'nobody'}"
        yield f"not on the roster: {named(present.unknown) or 'nobody'}"
    elif not any(entry.students for entry in found.entries):
        yield "nobody is named; `--roster` says who is who"


def _several(entries: Sequence[Entry]) -> Iterable[tuple[Student, list[str]]]:
    """Return who is named by several submissions."""
    by: dict[Student, list[str]] = {}
    for entry in entries:
        for student in entry.students:
            by.setdefault(student, []).append(entry.id)
    return [(student, ids) for student, ids in by.items() if len(ids) > 1]
