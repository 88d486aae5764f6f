"""Who should hand in: a table of students, its columns found by name, and who of them did not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader import tables
from grader.exits import BadInput, shown
from grader.model import Student

# Spellings that platforms and people use, in the order in which they are preferred.
LOGIN = ("utorid", "user name", "username", "login", "sis login id", "login id", "netid", "user")
NUMBER = ("student number", "student no", "student id", "sid", "id number", "sis user id", "number")
ID = ("id", "canvas id", "canvas user id", "user id")
NAME = ("name", "full name", "student name", "student")
FIRST, LAST = ("first name", "given name", "first"), ("last name", "family name", "surname", "last")
EMAIL = ("email", "e mail", "email address", "e mail address", "mail")
SECTION = ("section", "sections", "lecture", "tutorial", "lab")
GROUP = ("group", "group name", "team", "team name")
NOBODY = ("points possible", "student test", "test student")  # rows of a Canvas gradebook
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Roster:
    """The students of a class, by whatever a platform may call them.

    Attributes:
        students: all of them, in the order of the table.
        known: students by what names them, folded; a name that several bear names nobody.
    """

    students: tuple[Student, ...] = ()
    known: Mapping[str, tuple[Student, ...]] = field(default_factory=dict)

    def resolve(self, id_: str, students: Iterable[Student] = ()) -> tuple[Student, ...]:
        """Return who handed in a submission, with what the roster knows of them.

        Args:
            id_: of the submission; it names a person or a group where the platform names nobody.
            students: as the platform knows them.
        """
        given = tuple(students)
        if not given:
            return self.known.get(_folded(id_), ())
        return tuple(self._completed(student) for student in given)

    def _completed(self, student: Student) -> Student:
        found = self.find(student)
        if found is None:
            return student
        return replace(
            found,
            name=found.name or student.name,
            email=found.email or student.email,
            platform_id=student.platform_id or found.platform_id,
        )

    def find(self, student: Student) -> Student | None:
        """Return a student of the roster whom a platform knows by other names; None if unsure.

        Unsure is who is known by nothing, and who is known by what names two: a number may be
        one student's here and another's there.
        """
        names = (student.platform_id, student.id, student.email, student.name)
        matches = [self.known.get(_folded(name), ()) for name in names if name]
        found = {match[0] for match in matches if len(match) == 1}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True)
class Attendance:
    """Who is missing, and which submissions are nobody's on the roster."""

    missing: tuple[Student, ...]
    unknown: tuple[str, ...]


def missing(roster: Roster, submissions: Iterable[tuple[str, tuple[Student, ...]]]) -> Attendance:
    """Compare a roster with what came in.

    Args:
        roster: who should hand in.
        submissions: id and students of each submission, as the platform names them.
    """
    present: set[Student] = set()
    unknown = []
    for id_, students in submissions:
        found = [roster.find(student) for student in students] or [*roster.resolve(id_)]
        present.update(student for student in found if student is not None)
        if not any(found):
            unknown.append(id_)
    absent = tuple(student for student in roster.students if student not in present)
    return Attendance(absent, tuple(unknown))


def load(path: Path) -> Roster:
    """Return the roster in a CSV file. Raises BadInput with one line that says what is wrong."""
    return read(tables.load(path, "--roster"), str(path))


def read(data: bytes, name: str) -> Roster:
    """Return the roster in the bytes of a CSV file; `name` is shown where it is wrong."""
    rows = tables.rows(data, name)
    first = next(rows, None)
    if first is None:
        raise BadInput(f"--roster {shown(name)}: the table is empty")
    columns = _columns(first.cells, name)
    students: dict[str, Student] = {}
    groups: dict[str, list[Student]] = {}
    names: dict[str, set[Student]] = {}
    for row in rows:
        given = {what: row.cell(place) for what, place in columns.items()}
        student = _student(given)
        if student is None:
            continue
        if student.id in students:
            raise BadInput(
                f"--roster {shown(name)}: {row.place}: {shown(student.id)!r} is in it twice"
            )
        students[student.id] = student
        groups.setdefault(_folded(given.get("group", "")), []).append(student)
        for key in _keys(student, given):
            names.setdefault(key, set()).add(student)
    if not students:
        raise BadInput(f"--roster {shown(name)}: nobody is in it below the line of titles")
    known = {key: tuple(found) for key, found in names.items() if key and len(found) == 1}
    known |= {key: tuple(found) for key, found in groups.items() if key and key not in known}
    return Roster(tuple(students.values()), known)


def _columns(titles: tuple[str, ...], name: str) -> dict[str, int]:
    """Return where each thing that is known of a student stands."""
    places = {_title(title): place for place, title in reversed(list(enumerate(titles)))}
    spellings = {
        "login": LOGIN, "number": NUMBER, "id": ID, "name": NAME, "first": FIRST, "last": LAST,
        "email": EMAIL, "section": SECTION, "group": GROUP,
    }  # fmt: skip
    found = {
        what: next(places[s] for s in spelt if s in places)
        for what, spelt in spellings.items()
        if any(s in places for s in spelt)
    }
    if not found.keys() & {"login", "number", "id", "email"}:
        said = ", ".join(shown(title) for title in titles[:10])[:120]
        raise BadInput(
            f"--roster {shown(name)}: no column says who a student is; call one of them "
            f"id, username, student number or email (its first line is: {said})"
        )
    return found


def _title(title: str) -> str:
    return " ".join(_WORD.findall(title.lower()))


def _student(given: Mapping[str, str]) -> Student | None:
    """Return the student of a row, None for a row that is nobody's."""
    name = given.get("name") or f"{given.get('first', '')} {given.get('last', '')}".strip()
    login, number = given.get("login", ""), given.get("number", "")
    id_ = login or number or given.get("id", "") or given.get("email", "")
    if not id_ or _title(name) in NOBODY:
        return None
    platform = given.get("id", "") if login or number else ""
    return Student(id_, name, given.get("email", ""), given.get("section", ""), platform or number)


def _keys(student: Student, given: Mapping[str, str]) -> Iterator[str]:
    """Yield what may name a student, folded."""
    yield _folded(student.id)
    for what in ("number", "id", "email"):
        yield _folded(given.get(what, ""))
    yield _folded(student.email.partition("@")[0])
    if student.name:
        last, _, first = student.name.partition(",")
        words = student.name.split()
        yield _folded(student.name)
        yield _folded(f"{first} {last}")
        yield _folded(f"{words[-1]} {' '.join(words[:-1])}")  # as Canvas puts it
        yield _folded(f"{given.get('last', '')}{given.get('first', '')}")


def _folded(name: str) -> str:
    """Return a name without case, accents, blanks and points; an address keeps its @."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum() or c == "@")
