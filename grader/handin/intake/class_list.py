"""Class lists as platforms and people write them: CSV tables whose columns are found by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.basics import tables
from grader.basics.exits import BadInput, shown
from grader.handin.intake.roster import Roster, folded
from grader.model import Student

# Spellings that platforms and people use, in the order in which they are preferred.
TITLES: Mapping[str, tuple[str, ...]] = {
    "login": (
        "utorid", "user name", "username", "login", "sis login id", "login id", "netid", "user",
    ),
    "number": (
        "student number", "student no", "student id", "sid", "id number", "orgdefinedid",
        "org defined id", "sis user id", "number",
    ),
    "id": ("id", "canvas id", "canvas user id", "user id", "identifier"),
    "github": ("github username", "github login", "github"),
    "name": ("name", "full name", "student name", "student"),
    "first": ("first name", "given name", "first"),
    "last": ("last name", "family name", "surname", "last"),
    "email": ("email", "e mail", "email address", "e mail address", "mail"),
    "section": ("section", "sections", "lecture", "tutorial", "lab"),
    "group": ("group", "group name", "team", "team name"),
}  # fmt: skip
WHO = ("login", "number", "id", "github", "email")  # one of them says who a student is
# Rows of a gradebook, Canvas's and MarkUs's, that are nobody.
NOBODY = ("points possible", "student test", "test student", "out of")
_PARTICIPANT = re.compile(r"\A\D+ (\d+)")  # how Moodle's grading worksheet names a student
_WORD = re.compile(r"[^\W_]+")
Given = dict[str, str]  # what a row says of a student, by the keys of TITLES
# Reads a platform's list that has no line of titles; None if these rows are no such list.
Untitled = Callable[[Sequence[tables.Row]], "Iterable[tuple[tables.Row, Given]] | None"]


@dataclass(frozen=True)
class _Row:
    """One row of the table: where it stands, and what it says of a student."""

    place: str
    given: Given


def load(path: Path, untitled: Sequence[Untitled] = ()) -> Roster:
    """Return the roster in a CSV file. Raises BadInput with one line that says what is wrong."""
    return read(tables.load(path, "--roster"), str(path), untitled)


def read(data: bytes, name: str, untitled: Sequence[Untitled] = ()) -> Roster:
    """Return the roster in the bytes of a CSV file; `name` is shown where it is wrong."""
    students: dict[str, Student] = {}
    said: dict[str, list[Given]] = {}
    for row in _rows(data, name, untitled):
        student = _student(row.given)
        if student is None:
            continue
        before = students.get(student.id, student)
        students[student.id] = _joined(before, student, row, name)
        said.setdefault(student.id, []).append(row.given)
    if not students:
        raise BadInput(f"--roster {shown(name)}: nobody is in it below the line of titles")
    return _roster(students, said)


def _roster(students: Mapping[str, Student], said: Mapping[str, Iterable[Given]]) -> Roster:
    """Return students by all that names them."""
    groups: dict[str, dict[str, Student]] = {}
    names: dict[str, set[Student]] = {}
    for id_, student in students.items():
        for given in said[id_]:
            groups.setdefault(folded(given.get("group", "")), {})[id_] = student
            for key in _keys(student, given):
                names.setdefault(key, set()).add(student)
    return Roster(
        tuple(students.values()),
        {key: tuple(found) for key, found in names.items() if key and len(found) == 1},
        {key: tuple(found.values()) for key, found in groups.items() if key},
    )


def _joined(one: Student, two: Student, row: _Row, name: str) -> Student:
    """Return what two rows say of one student, who is in several sections or groups."""
    if one.name and two.name and folded(one.name) != folded(two.name):
        raise BadInput(
            f"--roster {shown(name)}: {row.place}: {shown(two.id)!r} is in it twice, as "
            f"{shown(one.name)} and as {shown(two.name)}"
        )
    sections = dict.fromkeys(part for part in (*one.section.split(", "), two.section) if part)
    return replace(
        one,
        name=one.name or two.name,
        email=one.email or two.email,
        section=", ".join(sections),
        platform_id=one.platform_id or two.platform_id,
    )


def _rows(data: bytes, name: str, untitled: Sequence[Untitled]) -> Iterator[_Row]:
    """Yield the rows below the titles, or all of them in a platform's list that has none."""
    rows = list(tables.rows(data, name))
    if not rows:
        raise BadInput(f"--roster {shown(name)}: the table is empty")
    columns = _columns(rows[0].cells)
    if columns.keys() & {*WHO}:
        for row in rows[1:]:
            yield _Row(row.place, {what: row.cell(place) for what, place in columns.items()})
        return
    lists = (known(rows) for known in untitled)
    found = next((each for each in lists if each is not None), None)
    if found is None:
        titles = ", ".join(shown(title) for title in rows[0].cells[:10])[:120]
        raise BadInput(
            f"--roster {shown(name)}: no column says who a student is; call one of them "
            f"id, username, student number or email (its first line is: {titles})"
        )
    for row, given in found:
        yield _Row(row.place, given)


def _columns(titles: tuple[str, ...]) -> dict[str, int]:
    """Return where each thing that is known of a student stands."""
    places = {_title(title): place for place, title in reversed(list(enumerate(titles)))}
    return {
        what: next(places[s] for s in spelt if s in places)
        for what, spelt in TITLES.items()
        if any(s in places for s in spelt)
    }


def _title(title: str) -> str:
    return " ".join(_WORD.findall(title.lower()))


def _student(given: Given) -> Student | None:
    """Return the student of a row, None for a row that is nobody's."""
    name = given.get("name") or f"{given.get('first', '')} {given.get('last', '')}".strip()
    known = {what: given.get(what, "").removeprefix("#") for what in WHO}  # Brightspace's mark
    participant = _PARTICIPANT.fullmatch(known["id"])
    if participant is not None:
        given["id"], known["id"] = participant[1], ""
    id_ = next(filter(None, known.values()), given.get("id", ""))
    if not id_ or _is_nobody(name) or _is_nobody(id_):
        return None
    platform = given.get("id", "") if id_ != known["id"] else ""
    email = given.get("email", "")
    return Student(id_, name, email, given.get("section", ""), platform or known["number"])


def _is_nobody(text: str) -> bool:
    """Return whether a name is none of a person's, but of a row of a gradebook."""
    return _title(text) in NOBODY


def _keys(student: Student, given: Given) -> Iterator[str]:
    """Yield what may name a student, folded."""
    yield folded(student.id)
    for what in WHO:
        yield folded(given.get(what, ""))
    yield folded(student.email.partition("@")[0])
    if student.name:
        last, _, first = student.name.partition(",")
        words = student.name.split()
        yield folded(student.name)
        yield folded(f"{first} {last}")
        yield folded(f"{words[-1]} {' '.join(words[:-1])}")  # as Canvas puts it
        yield folded(f"{given.get('last', '')}{given.get('first', '')}")
