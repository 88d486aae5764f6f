"""Files side by side, several people's: whose is which is read from their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from grader.handin.intake.entries import Found
from grader.handin.intake.places import File
from grader.model.assignment import chosen

OPENED = (".ipynb", ".zip")  # a submission has one of these
_ALONE = r"(?<![A-Za-z0-9])(?:{})(?![A-Za-z0-9])"  # "ada2" is a person, "ada_a2" is ada's
_TASK = re.compile(
    _ALONE.format(
        rf"(?:(?:{chosen().task})[-_ .]*)?(?:{chosen().topic}|write[-_ ]?up)|{chosen().task}"
    ),
    re.IGNORECASE,
)
_COPY = re.compile(
    r"\(\d+\)|"
    + _ALONE.format(r"copy of|copy(?: \d+)?|final|draft|old|new|backup|v\d+|untitled\d*"),
    re.IGNORECASE,
)
_EDGES = "-_ .()"


def owner(name: str) -> str:
    """Return whose file it is, as far as its name says; "" if it only names the assignment.

    >>> owner("ada_a2-cnn.ipynb"), owner("ada2-a2-writeup.pdf"), owner("Copy of a2-cnn (1).ipynb")
    ('ada', 'ada2', '')
    """
    stem = name.rpartition(".")[0] or name
    return _TASK.sub("", _COPY.sub("", stem)).strip(_EDGES)


def one_persons(names: Iterable[str]) -> bool:
    """Return whether notebooks side by side are versions of one: none says whose it is."""
    return not any(owner(name) for name in names)


def founds(files: Mapping[str, File]) -> tuple[list[Found], list[str]]:
    """Return a submission for each owner of a notebook or a zip, and the files of nobody."""
    opened = [name for name in files if name.lower().endswith(OPENED)]
    owners = {_owner(name) for name in opened}
    bare = not any(name.lower().endswith(".pdf") for name in files)
    held: dict[str, dict[str, File]] = {name: {} for name in sorted(owners)}
    nobodys = []
    for name, file in files.items():
        if _owner(name) in held:
            held[_owner(name)][name] = file
        else:
            nobodys.append(name)
    found = [
        Found(own, own, files=kept, only_notebook=bare and not _packed(kept))
        for own, kept in held.items()
    ]
    return found, nobodys


def _packed(names: Iterable[str]) -> bool:
    """Return whether there is a zip, which is a folder: a write-up may lie in it."""
    return any(name.lower().endswith(".zip") for name in names)


def _owner(name: str) -> str:
    return owner(name) or name.rpartition(".")[0]
