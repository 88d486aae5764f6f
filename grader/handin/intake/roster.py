"""Who should hand in, by whatever a platform calls them, and who of them did not."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from grader.model import Student


@dataclass(frozen=True)
class Roster:
    """The students of a class, by whatever a platform may call them.

    Attributes:
        students: all of them, in the order of the table.
        known: students by what names them, folded; a name that several bear names nobody.
        groups: members by the name of their group, folded.
    """

    students: tuple[Student, ...] = ()
    known: Mapping[str, tuple[Student, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple[Student, ...]] = field(default_factory=dict)

    def resolve(self, id_: str, students: Iterable[Student] = ()) -> tuple[Student, ...]:
        """Return who handed in a submission, with what the roster knows of them.

        Args:
            id_: of the submission; it names a person or a group where the platform names nobody.
            students: as the platform knows them; a group may go by its own name, and by the
                number of whoever handed in (Canvas).
        """
        given = tuple(students)
        if not given:
            name = folded(id_)
            return self.known.get(name) or self.groups.get(name, ())
        if len(given) == 1:
            members, one = self.groups.get(folded(given[0].id), ()), self.find(given[0])
            if members and one in (None, *members):
                return members
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
        matches = [self.known.get(folded(name), ()) for name in names if name]
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
        found = [roster.find(student) for student in roster.resolve(id_, students)]
        present.update(student for student in found if student is not None)
        if not any(found):
            unknown.append(id_)
    absent = tuple(student for student in roster.students if student not in present)
    return Attendance(absent, tuple(unknown))


def folded(name: str) -> str:
    """Return a name without case, accents, blanks and points; an address keeps its @.

    >>> folded("A2_Group 12"), folded("Zoë.Élie@mail.example")
    ('a2group12', 'zoeelie@mailexample')
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum() or c == "@")
