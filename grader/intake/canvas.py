"""A Canvas download: all files side by side, `lastfirst_[LATE_]userid_fileid_name`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.exits import shown
from grader.intake.entries import Found
from grader.intake.notes import named
from grader.intake.places import File, Folder, counts
from grader.model import Student

EXPECTED = ("a2-cnn.ipynb", "a2-writeup.pdf")
_WHO = r"(?:(?P<who>.+?)_)??(?P<late>LATE_)?(?P<user>\d+|anon_[A-Za-z0-9]+)"
_UPLOAD = re.compile(r"\A" + _WHO + r"_(?P<file>\d+)_(?P<name>.+)", re.DOTALL)
_TYPED = re.compile(r"\A" + _WHO + r"_(?P<name>(?:text|link)\.html)")  # typed in, not uploaded
_AGAIN = re.compile(r"\A(?P<stem>.+)-(?P<number>\d{1,3})(?P<ending>\.[^.]*)")


@dataclass(frozen=True)
class Upload:
    """One file of a download.

    Attributes:
        number: counts uploads, later ones have higher numbers.
        file: what to read, or why it may not be read.
    """

    who: str
    user: str
    late: bool
    number: int
    name: str
    file: File | str


def _read(name: str, file: File | str) -> Upload | None:
    match = _UPLOAD.fullmatch(name) or _TYPED.fullmatch(name)
    if match is None:
        return None
    given = match.groupdict()
    number = int(given.get("file") or 0)
    late = given["late"] is not None
    return Upload(given["who"] or "", given["user"], late, number, given["name"], file)


def fits(names: Sequence[str]) -> bool:
    """Return whether these files side by side are such a download: most are named so."""
    uploads = sum(_UPLOAD.fullmatch(name) is not None for name in names)
    return uploads > 0 and 2 * uploads >= len(names)


def founds(folder: Folder) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """Return a submission for each user, and what a person should know."""
    theirs: dict[str, list[Upload]] = {}
    nobodys = [f"{name}/" for name in folder.folders if counts(name)]
    entries: dict[str, File | str] = {**folder.files, **folder.refused}
    for name, file in entries.items():
        upload = _read(name, file) if counts(name) else None
        if upload is not None:
            theirs.setdefault(upload.user, []).append(upload)
        elif counts(name):
            nobodys.append(f"{name} ({file})" if isinstance(file, str) else name)
    found = tuple(_found(uploads) for _, uploads in sorted(theirs.items()))
    late = sum(each.late is True for each in found)
    notes = [f"a Canvas download: {len(found)} submissions, {late} of them late"]
    if nobodys:
        notes.append(f"beside the submissions, and nobody's: {named(nobodys)}")
    return found, tuple(notes)


def _found(uploads: list[Upload]) -> Found:
    """Return the submission of one user: the last upload of each file."""
    first = uploads[0]
    files: dict[str, File] = {}
    refused: dict[str, str] = {}
    notes: list[str] = []
    for name, versions in _versions(uploads).items():
        *older, last = sorted(versions, key=lambda upload: upload.number)
        if isinstance(last.file, str):
            refused[name] = last.file
        else:
            files[name] = last.file
        if older:
            names = ", ".join(f"{shown(each.name)} (file {each.number})" for each in older)
            notes.append(
                f"handed in again: {shown(last.name)} (file {last.number}) counts, not {names}"
            )
        elif last.name != name:
            notes.append(f"handed in again: Canvas calls it {shown(last.name)}")
    late = any(upload.late for upload in uploads)
    if late:
        notes.append("late, as Canvas says")
    student = Student(first.who or first.user, platform_id=first.user)
    name = f"{first.who}_{first.user}" if first.who else first.user
    return Found(
        name, first.user, files=files, refused=refused, notes=tuple(notes), students=(student,),
        late=late,
    )  # fmt: skip


def _versions(uploads: Iterable[Upload]) -> dict[str, list[Upload]]:
    """Return the uploads of each file, by the name that the student gave it.

    Canvas puts `-1` behind the name of a file that is handed in again. A student may have named
    a file so, too: it counts as a version only of the expected files, or of one that is there.
    """
    uploads = list(uploads)
    there = {upload.name for upload in uploads}
    versions: dict[str, list[Upload]] = {}
    for upload in uploads:
        again = _AGAIN.fullmatch(upload.name)
        bare = again["stem"] + again["ending"] if again else upload.name
        name = bare if bare in there or bare in EXPECTED else upload.name
        versions.setdefault(name, []).append(upload)
    return versions
