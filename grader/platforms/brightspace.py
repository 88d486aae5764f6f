"""A Brightspace download: `12345-678901 - Ada Lovelace - Feb 10, 2020 1159 PM/`, a folder a time.

Without folders the file's name follows. Each time somebody hands in makes a folder of its own, so
a notebook and its write-up may lie in two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from grader.basics.numbers import many
from grader.handin.intake.attempts import Attempt, together
from grader.handin.intake.entries import Found
from grader.handin.intake.layouts import Download
from grader.handin.intake.notes import named
from grader.handin.intake.places import Files, Folder, counts
from grader.model import Student
from grader.platforms.common.nouns import Feedback, Platform
from grader.platforms.common.worksheet import Sheet, filled_in

INDEX = "index.html"  # its table of contents
_NAMED = re.compile(r"\A(?P<first>\d+)-(?P<second>\d+) - (?P<rest>.+)", re.DOTALL)
_APART = re.compile(r" ?- ")
_TIME = re.compile(
    r"(?P<month>[A-Za-z]{3})[a-z]{0,9}\.? (?P<day>\d{1,2}), (?P<year>\d{4}),? "
    r"(?P<hour>\d{1,2}):?(?P<minute>\d\d) ?(?P<half>[AP])\.?M\.?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class _Label:
    """What the name of a folder or of a file says."""

    first: str
    second: str
    who: str
    said: str
    name: str


def fits(folders: Sequence[str], files: Sequence[str]) -> bool:
    """Return whether this is such a download: all folders, or most files, are named so."""
    if folders:
        return all(_NAMED.fullmatch(name) for name in folders)
    return 2 * sum(_NAMED.fullmatch(name) is not None for name in files) > len(files)


def founds(folder: Folder) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """Return a submission for each person, of each file the last, and what a person should know."""
    given, nobodys = _given(folder)
    key_of = _keys(label for label, _ in given)
    theirs: dict[str, list[Attempt]] = {}
    people: dict[str, _Label] = {}
    for label, attempt in given:
        theirs.setdefault(key_of(label), []).append(attempt)
        people[key_of(label)] = label
    found = tuple(_found(key, people[key], theirs[key]) for key in sorted(theirs))
    notes = [f"a Brightspace download: {many(len(found), 'submission')}"]
    if nobodys:
        notes.append(f"beside the submissions, and nobody's: {named(nobodys)}")
    return found, tuple(notes)


def _found(key: str, label: _Label, attempts: list[Attempt]) -> Found:
    number = key.partition(" ")[0]
    student = Student(label.who, label.who, platform_id=number)
    return together(f"{label.who}_{number}", key, student, attempts)


def _given(folder: Folder) -> tuple[list[tuple[_Label, Attempt]], list[str]]:
    """Return what was handed in at each time, and what is nobody's."""
    given, nobodys = [], []
    for name, below in folder.folders.items():
        label = _label(name, is_file=False)
        if label is not None:
            inside = Files(below)
            attempt = Attempt(when(label.said), label.said, name, inside.files, inside.refused)
            given.append((label, attempt))
        elif counts(name):
            nobodys.append(f"{name}/")
    for name in (*folder.files, *folder.refused):
        label = _label(name, is_file=True)
        if label is not None:
            attempt = Attempt(when(label.said), label.said)
            if name in folder.files:
                attempt.files[label.name] = folder.files[name]
            else:
                attempt.refused[label.name] = folder.refused[name]
            given.append((label, attempt))
        elif counts(name) and name != INDEX:
            nobodys.append(name)
    return given, nobodys


def _label(name: str, *, is_file: bool) -> _Label | None:
    match = _NAMED.fullmatch(name)
    if match is None:
        return None
    who, *rest = _APART.split(match["rest"])
    dated = bool(rest) and _YEAR.search(rest[0]) is not None and (len(rest) > 1 or not is_file)
    said = rest.pop(0) if dated or (rest and not is_file) else ""
    return _Label(match["first"], match["second"], who.strip(), said, " - ".join(rest) or name)


def _keys(labels: Iterable[_Label]) -> Callable[[_Label], str]:
    """Return what tells people apart: the first number, where no two share it, else the second."""
    names: dict[str, set[str]] = {}
    for label in labels:
        names.setdefault(label.first, set()).add(label.who)
    if all(len(bearers) == 1 for bearers in names.values()):
        return lambda label: label.first
    return lambda label: f"{label.second} {label.who}"


def when(said: str) -> str:
    """Return a time so that times can be sorted, "" if it cannot be read.

    >>> when("Feb 10, 2020 1159 PM"), when("Feb 9, 2020 12:05 AM"), when("10 fév. 2020")
    ('2020-02-10 23:59', '2020-02-09 00:05', '')
    """
    match = _TIME.search(said)
    month = match["month"].lower() if match else ""
    if match is None or month not in MONTHS:
        return ""
    hour = int(match["hour"]) % 12 + 12 * (match["half"].lower() == "p")
    number = MONTHS.index(month) + 1
    return f"{match['year']}-{number:02}-{int(match['day']):02} {hour:02}:{match['minute']}"


SHEET = Sheet(
    "Brightspace", ("OrgDefinedId", "Username", "Email"),
    re.compile(
        r"(?P<title>.{1,128}) Points Grade"
        r"(?: <[^<>]{0,30}MaxPoints:(?P<most>[0-9.,]{1,12})[^<>]{0,60}>)?\Z"
    ),
    kept=("End-of-Line Indicator",),
)  # fmt: skip
PLATFORM = Platform(
    "Brightspace",
    filled_in(SHEET),
    download=Download(2, fits, founds),
    feedback=Feedback("not in a folder of its own, and Brightspace goes by folders"),
)
