"""Several times that one person handed in: the last one of each file counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from grader.basics.exits import shown
from grader.handin.intake.entries import Found
from grader.handin.intake.notes import named
from grader.handin.intake.places import File
from grader.model import Student


@dataclass
class Attempt:
    """What one person handed in at one time.

    Attributes:
        when: sorts attempts; "" if it is not known.
        said: the time as the platform writes it.
        folder: the folder that holds it, as the platform calls it; "" if there is none.
    """

    when: str
    said: str
    folder: str = ""
    files: dict[str, File] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def last(name: str, key: str, student: Student, attempts: Iterable[Attempt]) -> Found:
    """Return the submission of one whose last attempt counts, whole."""
    *older, newest = sorted(attempts, key=lambda attempt: attempt.when)
    notes = []
    if older:
        before = named(attempt.said for attempt in older)
        notes.append(f"handed in again: the attempt of {shown(newest.said)} counts, not {before}")
    return Found(
        name, key, files=newest.files, refused=newest.refused, notes=tuple(notes),
        students=(student,),
    )  # fmt: skip


def together(name: str, key: str, student: Student, attempts: Iterable[Attempt]) -> Found:
    """Return the submission of one whose files came one after another: of each name the last."""
    files: dict[str, File] = {}
    refused: dict[str, str] = {}
    notes = []
    back = ""
    for attempt in sorted(attempts, key=lambda attempt: attempt.when):
        back = f"{attempt.folder}/" if attempt.folder else back
        again = sorted(files.keys() & attempt.files.keys())
        if again:
            notes.append(f"handed in again: {named(again)} of {shown(attempt.said)} counts")
        files |= attempt.files
        refused |= attempt.refused
    refused = {name: why for name, why in refused.items() if name not in files}
    return Found(
        name, key, files=files, refused=refused, notes=tuple(notes), students=(student,), back=back
    )
