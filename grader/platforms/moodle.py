"""A Moodle download: a folder, or files side by side, for each part of a submission.

`NAME_NUMBER_assignsubmission_file/a2-cnn.ipynb` and `..._onlinetext/onlinetext.html` are one
person's; older versions end the folder in `_`, and without folders the file's name follows
(`mod/assign/classes/downloader.php` of Moodle 4 and 5). A team has its own name and number, or is
the team of those without one, which has no number.

Back goes `NAME_NUMBER_assignfeedback_file/` (`mod/assign/feedback/file/importziplib.php`): Moodle
wants the number behind the first `_`, and believes no name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.basics.numbers import many
from grader.handin.intake import ids
from grader.handin.intake.entries import Found
from grader.handin.intake.layouts import Download
from grader.handin.intake.notes import named
from grader.handin.intake.places import File, Files, Folder, counts
from grader.model import Student
from grader.platforms.common.nouns import Feedback, Platform
from grader.platforms.common.worksheet import Sheet, filled_in

FEEDBACK = "assignfeedback_file"  # of a folder whose files Moodle hands back
_PART = re.compile(
    r"\A(?P<who>.+?)(?:_(?P<number>\d+))?_assignsubmission_[a-z]+(?:_(?P<name>.*))?", re.DOTALL
)


def fits(folders: Sequence[str], files: Sequence[str]) -> bool:
    """Return whether this is such a download: all folders, or most files, are named so."""
    if folders:
        return all(_PART.fullmatch(name) for name in folders)
    return 2 * sum(_PART.fullmatch(name) is not None for name in files) > len(files)


def founds(folder: Folder) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """Return a submission for each person or team, and what a person should know."""
    theirs: dict[str, dict[str, File]] = {}
    refused: dict[str, dict[str, str]] = {}
    people: dict[str, tuple[str, str]] = {}
    nobodys = []
    for part, files, unread in _parts(folder):
        match = _PART.fullmatch(part)
        if match is None:
            nobodys.append(part)
            continue
        who, number = match["who"].strip(), match["number"] or ""
        key = number or who
        people[key] = (who, number)
        own = theirs.setdefault(key, {})
        for name, file in files.items():
            own[name if name not in own else f"{part}/{name}"] = file
        refused.setdefault(key, {}).update(unread)
    found = tuple(_found(*people[key], theirs[key], refused[key]) for key in sorted(theirs))
    notes = [f"a Moodle download: {many(len(found), 'submission')}"]
    if nobodys:
        notes.append(f"beside the submissions, and nobody's: {named(nobodys)}")
    return found, tuple(notes)


def _parts(folder: Folder) -> list[tuple[str, dict[str, File], dict[str, str]]]:
    """Return what lies side by side: its name, its files, and why some are not read."""
    parts: list[tuple[str, dict[str, File], dict[str, str]]] = []
    for name, below in folder.folders.items():
        if counts(name):
            inside = Files(below)
            parts.append((name, inside.files, inside.refused))
    for name, file in folder.files.items():
        if counts(name):
            parts.append((name, {_own_name(name): file}, {}))
    parts += [(name, {}, {_own_name(name): why}) for name, why in folder.refused.items()]
    return sorted(parts, key=lambda part: part[0])


def _own_name(name: str) -> str:
    match = _PART.fullmatch(name)
    return (match["name"] if match else None) or name


def _found(who: str, number: str, files: dict[str, File], refused: dict[str, str]) -> Found:
    name = f"{who}_{number}" if number else who
    student = Student(who, who, platform_id=number)
    back = f"{ids.safe(who).replace('_', ' ')}_{number}_{FEEDBACK}/" if number else ""
    return Found(name, number or who, files=files, refused=refused, students=(student,), back=back)


SHEET = Sheet(
    "Moodle", ("Identifier", "ID number", "Username", "Email address"),
    re.compile(r"(?P<title>Grade)\Z"), "Maximum grade", None,
)  # fmt: skip
PLATFORM = Platform(
    "Moodle",
    filled_in(SHEET),
    download=Download(1, fits, founds),
    feedback=Feedback("a team without a number, and Moodle goes by numbers"),
)
