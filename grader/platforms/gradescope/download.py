"""A Gradescope export: a folder a submission, and `submission_metadata.yml` that says whose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from grader.basics.exits import BadInput, shown
from grader.basics.files import Refused
from grader.basics.numbers import many
from grader.handin.intake.entries import Found
from grader.handin.intake.notes import named
from grader.handin.intake.places import Files, Folder, counts
from grader.model import Student

METADATA = "submission_metadata.yml"
SIZE_LIMIT = 64 << 20  # bytes; results of another autograder may be in it
EVENTS_LIMIT = 2_000_000
DEPTH_LIMIT = 20
TEXT_LIMIT = 200  # characters of a name or an address
MEMBERS = 3  # of a group that are in its name
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def fits(_folders: Sequence[str], files: Sequence[str]) -> bool:
    """Return whether the metadata lies beside these folders."""
    return METADATA in files


def founds(folder: Folder) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """Return a submission for each folder, and what a person should know.

    Raises BadInput for metadata that cannot be read: nobody is guessed at.
    """
    try:
        stated = metadata(folder.files[METADATA].read(SIZE_LIMIT))
    except (Refused, ValueError) as error:
        raise BadInput(
            f"{METADATA}: {shown(error)}; download the export from Gradescope again, or remove "
            "this file to have the folders graded by their names"
        ) from None
    below = {name: each for name, each in folder.folders.items() if counts(name)}
    found = tuple(_found(name, each, stated.get(name)) for name, each in sorted(below.items()))
    notes = [f"a Gradescope export: {many(len(found), 'submission')}"]
    beside = [n for n in (*folder.files, *folder.refused) if counts(n) and n != METADATA]
    lost = [name for name in stated if name not in below]
    unknown = [name for name in below if name not in stated]
    empty = [name for name, each in below.items() if not Files(each).files]
    for what, names in (
        ("in its metadata, but not in the export", lost),
        ("folders that its metadata does not name, taken by their names", unknown),
        ("empty folders, graded as nothing handed in", empty),
        ("beside the submissions, and nobody's", beside),
    ):
        if names:
            notes.append(f"{what}: {named(names)}")
    return found, tuple(notes)


def _found(name: str, folder: Folder, stated: Any) -> Found:
    stated = stated if isinstance(stated, Mapping) else {}
    students = _students(_get(stated, "submitters"))
    earlier = _get(stated, "history")
    notes = []
    if isinstance(earlier, Sequence) and not isinstance(earlier, str) and earlier:
        notes.append(
            f"handed in again: the version that Gradescope exports counts, not the {len(earlier)} "
            "before it"
        )
    late = _late(stated)
    if late:
        notes.append("late, as Gradescope says")
    wanted = "+".join(_called(student) for student in students[:MEMBERS])
    if len(students) > MEMBERS:
        wanted += f"+{len(students) - MEMBERS}"
    return Found(wanted or name, name, folder, notes=tuple(notes), students=students, late=late)


def _called(student: Student) -> str:
    return student.email.partition("@")[0] or student.id or student.name


def _students(stated: Any) -> tuple[Student, ...]:
    members = stated if isinstance(stated, list) else []
    found = []
    for member in members:
        if isinstance(member, Mapping):
            name, sid, email = (_text(_get(member, key)) for key in ("name", "sid", "email"))
            found.append(Student(sid or email or name, name, email, platform_id=sid))
    return tuple(student for student in found if student.id)


def _late(stated: Mapping[str, Any]) -> bool | None:
    """Return whether it is late, where the export says so; None if it does not."""
    said = _text(_get(stated, "lateness")) or _text(_get(stated, "late"))
    if not said:
        return None
    return said.lower() not in ("false", "no") and said.strip("0:.smhd ") != ""


def _get(stated: Mapping[str, Any], key: str) -> Any:
    """Return a value by its key, which Gradescope writes as a Ruby symbol."""
    return stated.get(f":{key}", stated.get(key))


def _text(value: Any) -> str:
    return value.strip()[:TEXT_LIMIT] if isinstance(value, str) and value != "null" else ""


def metadata(data: bytes) -> Mapping[str, Any]:
    """Return what the YAML says: text, lists and tables only, bounded; numbers stay text.

    A student number such as 0012 is no number to YAML's older readers, so none is converted.

    Raises:
        ValueError: it is no YAML, or more than such a file holds, with one line.
    """
    try:
        read = _Reader(data).value()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark is not None else ""
        raise ValueError(f"not YAML{where}") from None
    if not isinstance(read, Mapping):
        raise ValueError("not a list of submissions")  # noqa: TRY004 - the file is wrong, not a type
    return read


class _Reader:
    """Builds plain values from YAML's events: no tags, bounded depth and number.

    A value with a name (an anchor) counts again wherever it is referred to.
    """

    def __init__(self, data: bytes) -> None:
        self._events = iter(yaml.parse(data.decode("utf-8-sig", "replace"), Loader=_Loader))
        self._count = 0
        self._named: dict[str, tuple[Any, int]] = {}  # the value, and how many it holds

    def value(self) -> Any:
        """Return the value of the first document."""
        self._next()  # the stream starts
        first = self._next()
        return None if isinstance(first, yaml.StreamEndEvent) else self._node(self._next(), 0)

    def _next(self) -> yaml.Event:
        self._counted(1)
        return next(self._events)

    def _counted(self, values: int) -> None:
        self._count += values
        if self._count > EVENTS_LIMIT:
            raise ValueError(f"more than {EVENTS_LIMIT} values")

    def _node(self, event: yaml.Event, depth: int) -> Any:
        if depth > DEPTH_LIMIT:
            raise ValueError(f"nested more than {DEPTH_LIMIT} deep")
        if isinstance(event, yaml.AliasEvent):
            return self._referred(event.anchor)
        before = self._count
        value = self._new(event, depth)
        name = getattr(event, "anchor", None)
        if name is not None:
            self._named[name] = value, self._count - before + 1
        return value

    def _referred(self, name: str | None) -> Any:
        """Return a value again, at its price: one that holds others twice soon costs too much."""
        if name is None or name not in self._named:
            raise ValueError("an alias of something that is not there before it")
        value, price = self._named[name]
        self._counted(price)
        return value

    def _new(self, event: yaml.Event, depth: int) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return event.value
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(item := self._next(), yaml.SequenceEndEvent):
                items.append(self._node(item, depth + 1))
            return items
        return self._table(depth)

    def _table(self, depth: int) -> dict[str, Any]:
        table: dict[str, Any] = {}
        while not isinstance(key := self._next(), yaml.MappingEndEvent):
            name = self._node(key, depth + 1)
            value = self._node(self._next(), depth + 1)
            if name == "<<" and isinstance(value, dict):
                table = {**value, **table}  # merged, as Ruby and Python do it
            else:
                table[str(name)] = value
        return table
