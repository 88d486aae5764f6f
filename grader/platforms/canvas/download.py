"""A Canvas download: all files side by side, `lastfirst_[LATE_]userid_fileid_name`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.basics.exits import shown
from grader.basics.numbers import many
from grader.handin.intake.entries import Found
from grader.handin.intake.notes import named
from grader.handin.intake.places import File, Folder, counts
from grader.model import Student
from grader.model.assignment import chosen

DIGITS = 20  # of the number of an upload
EXPECTED = (chosen().notebook, chosen().writeup)
_ANONYMOUS = re.compile(r"[A-Za-z0-9]+")
TYPED = ("text.html", "link.html")  # typed in, not uploaded
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
    front: str  # of the name in the download, before the file's own


def _readings(name: str, file: File | str = "") -> list[Upload]:
    """Return all that a name may mean: `[WHO_][LATE_]USER_FILE_NAME`.

    The user is a number, or `anon_x`.

    The name of a group may end in a number as well, and a student's file may begin with one.
    """
    parts = name.split("_")
    found = []
    for place in range(len(parts) - 1):
        who, user, rest = parts[:place], parts[place], parts[place + 1 :]
        if who[-1:] == ["anon"] and _ANONYMOUS.fullmatch(user):
            who, user = who[:-1], f"anon_{user}"
        elif not user.isdecimal() or not user.isascii():
            continue
        late = who[-1:] == ["LATE"]
        whose = "_".join(who[:-1] if late else who)
        if rest in ([TYPED[0]], [TYPED[1]]):
            found.append(Upload(whose, user, late, 0, rest[0], file, ""))
        elif len(rest) > 1 and rest[0].isdecimal() and rest[0].isascii() and len(rest[0]) < DIGITS:
            own = "_".join(rest[1:])
            front = name[: len(name) - len(own)]
            found.append(Upload(whose, user, late, int(rest[0]), own, file, front))
    return found


def _uploads(names: Mapping[str, File | str]) -> dict[str, Upload | None]:
    """Return what each name means, by name: where two things are possible, what fits the others.

    What the assignment asks for decides first; then who is known already.
    """
    possible = _of_groups({name: _readings(name, file) for name, file in names.items()})
    certain = {name: _asked_for(readings) for name, readings in possible.items()}
    known = {(each.who, each.user) for each in certain.values() if each is not None}
    meant: dict[str, Upload | None] = {}
    for name, readings in possible.items():
        of_known = [each for each in readings if (each.who, each.user) in known]
        meant[name] = certain[name] or next(iter((*of_known, *readings)), None)
    return meant


def _of_groups(possible: dict[str, list[Upload]]) -> dict[str, list[Upload]]:
    """Leave out what each name may mean first, where all are those of numbered groups.

    Then every name has another meaning, and in that one no two uploads have the same number.
    """
    second = [readings[1].number for readings in possible.values() if len(readings) > 1]
    of_all = len(second) == len(possible) > 1
    if not of_all or len({*second}) < len(second):
        return possible
    return {name: readings[1:] for name, readings in possible.items()}


def _asked_for(readings: list[Upload]) -> Upload | None:
    """Return the one reading that there is, or that gives a file of the name that is asked for."""
    if len(readings) == 1:
        return readings[0]
    return next((each for each in readings if _bare(each.name) in EXPECTED), None)


def fits(_folders: Sequence[str], files: Sequence[str]) -> bool:
    """Return whether these files side by side are such a download: most are named so."""
    uploads = sum(any(each.number for each in _readings(name)) for name in files)
    return uploads > 0 and 2 * uploads >= len(files)


def founds(folder: Folder) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """Return a submission for each user, and what a person should know."""
    theirs: dict[str, list[Upload]] = {}
    nobodys = [f"{name}/" for name in folder.folders if counts(name)]
    entries: dict[str, File | str] = {**folder.files, **folder.refused}
    uploads = _uploads({name: file for name, file in entries.items() if counts(name)})
    for name, upload in uploads.items():
        file = entries[name]
        if upload is not None:
            theirs.setdefault(upload.user, []).append(upload)
        else:
            nobodys.append(f"{name} ({file})" if isinstance(file, str) else name)
    found = tuple(_found(uploads) for _, uploads in sorted(theirs.items()))
    late = sum(each.late is True for each in found)
    notes = [f"a Canvas download: {many(len(found), 'submission')}, {late} of them late"]
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
        late=late, back=_back(uploads),
    )  # fmt: skip


def _back(uploads: Iterable[Upload]) -> str:
    """Return how the name of feedback begins: as that of the last notebook that was uploaded.

    Canvas (`infer_comment_context_from_filename` in `abstract_assignment.rb`) finds student and
    upload by the two numbers, and shows what comes back under the name of that upload.
    """
    theirs = [each for each in uploads if each.name.lower().endswith(".ipynb")]
    return max(theirs, key=lambda each: each.number).front if theirs else ""


def _versions(uploads: Iterable[Upload]) -> dict[str, list[Upload]]:
    """Return the uploads of each file, by the name that the student gave it.

    Canvas puts `-1` behind the name of a file that is handed in again. A student may have named
    a file so, too: it counts as a version only of the expected files, or of one that is there.
    """
    uploads = list(uploads)
    there = {upload.name for upload in uploads}
    versions: dict[str, list[Upload]] = {}
    for upload in uploads:
        bare = _bare(upload.name)
        name = bare if bare in there or bare in EXPECTED else upload.name
        versions.setdefault(name, []).append(upload)
    return versions


def _bare(name: str) -> str:
    """Return a name without the number that Canvas puts behind what is handed in again."""
    again = _AGAIN.fullmatch(name)
    return again["stem"] + again["ending"] if again else name
