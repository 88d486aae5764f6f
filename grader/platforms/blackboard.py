"""A Blackboard download: `TASK_USER_attempt_2020-02-13-23-59-01_a2-cnn.ipynb`, side by side.

Beside the files of an attempt lies `TASK_USER_attempt_2020-02-13-23-59-01.txt`, which Blackboard
writes: its first line is `Name: Ada Lovelace (c1ada)`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.basics.files import Refused
from grader.basics.numbers import many
from grader.handin.intake.attempts import Attempt, last
from grader.handin.intake.entries import Found
from grader.handin.intake.layouts import Download
from grader.handin.intake.notes import named
from grader.handin.intake.places import File, Folder, counts
from grader.model import Student
from grader.platforms.common.nouns import Platform
from grader.platforms.common.worksheet import Sheet, filled_in

_UPLOAD = re.compile(
    r"\A(?P<whose>.+)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<name>.+)|(?P<said>\.txt))",
    re.DOTALL,
)
_NAME = re.compile(
    rb"\A\s{0,99}Name:\s{0,9}(?P<name>[^\r\n]{0,200}?)\s{0,9}\((?P<user>[^()\r\n]{1,100})\)\s{0,9}[\r\n]"
)
SAID_LIMIT = 1 << 20  # bytes of what Blackboard writes, a student's comment in it


def fits(_folders: Sequence[str], files: Sequence[str]) -> bool:
    """Return whether these files side by side are such a download: most are named so."""
    uploads = sum(_UPLOAD.fullmatch(name) is not None for name in files)
    return uploads > 0 and 2 * uploads > len(files)


def founds(folder: Folder) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """Return a submission for each user, the last attempt, and what a person should know."""
    theirs: dict[str, dict[str, Attempt]] = {}
    said: dict[str, File] = {}
    nobodys = [f"{name}/" for name in folder.folders if counts(name)]
    entries: dict[str, File | str] = {**folder.files, **folder.refused}
    for name, file in entries.items():
        match = _UPLOAD.fullmatch(name)
        if match is None:
            nobodys += [name] if counts(name) else []
            continue
        when = match["when"]
        attempt = theirs.setdefault(match["whose"], {}).setdefault(when, Attempt(when, when))
        if isinstance(file, str):
            attempt.refused[match["name"] or name] = file
        elif match["said"]:
            said[match["whose"]] = file
        else:
            attempt.files[match["name"]] = file
    people = _people(theirs, said)
    found = tuple(
        last(student.id, student.id, student, theirs[whose].values())
        for whose, student in sorted(people.items())
    )
    notes = [f"a Blackboard download: {many(len(found), 'submission')}"]
    if nobodys:
        notes.append(f"beside the submissions, and nobody's: {named(nobodys)}")
    return found, tuple(notes)


def _people(all_: Iterable[str], said: Mapping[str, File]) -> dict[str, Student]:
    """Return who `TASK_USER` is: as Blackboard says, else behind what all have in front."""
    whose = sorted(all_)
    same = [a for a, b in itertools.takewhile(lambda pair: pair[0] == pair[1], _pairs(whose))]
    task = "".join(same)
    task = task[: task.rfind("_") + 1]
    return {each: _stated(each, said.get(each)) or Student(each[len(task) :]) for each in whose}


def _pairs(whose: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Return the letters of the first and the last: where these agree, all between them do."""
    return zip(whose[0], whose[-1], strict=False)


def _stated(whose: str, said: File | None) -> Student | None:
    """Return the student whom Blackboard's own file names, if the file's name agrees."""
    try:
        data = said.read(SAID_LIMIT) if said is not None else b""
    except Refused:
        return None
    match = _NAME.match(data)
    user = match["user"].decode("utf-8", "replace").strip() if match else ""
    if match is None or not whose.endswith(f"_{user}"):
        return None
    return Student(user, match["name"].decode("utf-8", "replace"))


SHEET = Sheet(
    "Blackboard", ("Username", "Student ID"),
    re.compile(
        r"(?P<title>.{1,150}) \[Total Pts: [^\]0-9]{0,9}(?P<most>[0-9.,]{1,12})[^\]]{0,20}\]"
        r"(?: \|\d{1,20})?\Z"
    ),
    kept=("Last Name", "First Name"),
)  # fmt: skip
PLATFORM = Platform(
    "Blackboard",
    filled_in(SHEET),
    download=Download(3, fits, founds),
    feedback="Blackboard takes no files back for a class: attach each report.html by hand",
)
