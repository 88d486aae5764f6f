"""How a download is laid out: one submission, folders, files side by side, or a platform's way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.basics.exits import shown
from grader.basics.numbers import many
from grader.handin.intake import flat
from grader.handin.intake.entries import Found
from grader.handin.intake.notes import named
from grader.handin.intake.places import Files, Folder, counts, holds, only
from grader.model.assignment import chosen

NAME = chosen().notebook
_REPOSITORY = re.compile(
    rf"\A((?:\w+-)?(?:{chosen().task})(?:-{chosen().topic})?[-_]).+", re.IGNORECASE
)
WRAPPED = 5  # folders that hold nothing but a folder
FOLDERS = 3  # with a notebook each: then a notebook beside them does not make it one submission
REPORTED = 20  # folders that are looked at to know our own results


@dataclass(frozen=True)
class Download:
    """How one platform lays its downloads out.

    Attributes:
        asked: platforms are asked in this order, whoever has the surest sign first: a file of its
            own (0), words in every name (1 to 3), numbers alone (4).
        fits: whether these folders and these files, side by side, are such a download.
        founds: its submissions, and what a person should know.
    """

    asked: int
    fits: Callable[[Sequence[str], Sequence[str]], bool]
    founds: Callable[[Folder], tuple[tuple[Found, ...], tuple[str, ...]]]


Downloads = Mapping[str, Download]  # by platform, in the order in which they are asked


@dataclass(frozen=True)
class Layout:
    """What was found, what a person should know, and whether it is one single submission.

    `platform` is the one that laid it out so, or "".
    """

    founds: tuple[Found, ...]
    notes: tuple[str, ...] = ()
    alone: bool = False
    platform: str = ""


def recognise(folder: Folder, downloads: Downloads, wrapped: int = 0) -> Layout | None:
    """Return how a folder is laid out, None if there is no submission in it."""
    folders = [name for name in folder.folders if counts(name)]
    names = [name for name in folder.files if counts(name)]
    for platform, download in downloads.items():
        if download.fits(folders, names):
            return Layout(*download.founds(folder), platform=platform)
    for below in only(folder):
        inner = recognise(below, downloads, wrapped + 1) if wrapped < WRAPPED else None
        if inner is not None and not inner.alone:
            note = f"all of it lies in {shown(below.name)}, taken for the folder of the class"
            return replace(
                inner, notes=(*inner.notes, note) if len(inner.founds) > 1 else inner.notes
            )
    return _loose(folder, [name for name in names if name.lower().endswith(flat.OPENED)])


def _loose(folder: Folder, opened: list[str]) -> Layout | None:
    """Return the layout of folders, of files side by side, or of both."""
    theirs = [each for name, each in folder.folders.items() if counts(name)]
    results = [each for each in theirs if _ours(each)]
    theirs = [each for each in theirs if each not in results]
    with_notebook = [each for each in theirs if holds(each, flat.OPENED)]
    notebooks = [name for name in opened if name.lower().endswith(".ipynb")] or opened
    if len(with_notebook) < FOLDERS and opened and _one(notebooks):
        found = Found(folder.name, "", folder)
        return Layout((found,), tuple(_parts(folder, with_notebook)), alone=True)
    if not opened and not with_notebook:
        return None
    if not opened and len(theirs) == 1 and not flat.owner(theirs[0].name):
        return Layout((Found(folder.name, "", folder),), alone=True)  # ada/a2/a2-cnn.ipynb
    notes = [f"{shown(each.name)}: results of this program, not a submission" for each in results]
    return _class(folder, theirs, notes)


def _one(notebooks: list[str]) -> bool:
    """Return whether these files side by side are one submission."""
    return len(notebooks) == 1 or NAME in notebooks or flat.one_persons(notebooks)


def _parts(folder: Folder, with_notebook: list[Folder]) -> Iterable[str]:
    if with_notebook:
        names = named(each.name for each in with_notebook)
        yield (
            f"{shown(folder.name)}: a notebook lies in it, so all of it is one submission, "
            f"{names} included; to grade those, move the notebook away"
        )


def _class(folder: Folder, theirs: list[Folder], notes: list[str]) -> Layout:
    beside = {name: file for name, file in folder.files.items() if counts(name)}
    loose = {name: file for name, file in beside.items() if name != NAME}
    found, nobodys = flat.founds(loose)
    nobodys += [name for name in beside if name == NAME]
    if found:
        notes.append(
            f"files side by side in {shown(folder.name)}: "
            f"taken for {many(len(found), 'submission')} by their names "
            f"({named(each.name for each in found)}); "
            f"call a notebook {NAME} to make them one"
        )
    if nobodys:
        notes.append(f"beside the submissions, and nobody's: {named(nobodys)}")
    notes += [f"not looked at: {shown(k)}: {v}" for k, v in folder.refused.items() if counts(k)]
    empty = [each.name for each in theirs if not Files(each).files]
    if empty:
        notes.append(f"empty folders, graded as nothing handed in: {named(empty)}")
    prefix = _assignment([each.name for each in theirs])
    if prefix:
        notes.append(f"repositories of an assignment: {shown(prefix)} is taken off their names")
    folders = [Found(each.name[len(prefix) :], f"{each.name}/", each) for each in theirs]
    return Layout((*folders, *found), tuple(notes))


def _assignment(names: list[str]) -> str:
    """Return what is in front of every name, if that names the assignment: GitHub's way.

    >>> _assignment(["assignment-2-ada", "assignment-2-bob"]), _assignment(["a2", "a2-x"])
    ('assignment-2-', '')
    """
    found = {match[1] if (match := _REPOSITORY.fullmatch(name)) else "" for name in names}
    return found.pop() if len(found) == 1 and len(names) > 1 else ""


def _ours(folder: Folder) -> bool:
    """Return whether a folder holds reports of this program."""
    below = list(folder.folders.values())[:REPORTED]
    return any("report.json" in each.files and "evidence" in each.folders for each in below)
