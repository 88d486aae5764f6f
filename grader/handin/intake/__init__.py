"""What comes in: finds the submissions at a path and reads their bytes, without parsing any.

The run calls this, and the run parses nothing that a student wrote: no notebook, no PDF and no
zip of a student's. Only the zip that a course platform made is opened here.
"""

from __future__ import annotations

from pathlib import Path

from grader.basics.exits import BadInput, shown
from grader.basics.files import Refused
from grader.handin.intake import disk, ids, layouts, zipped
from grader.handin.intake.entries import Entry, Found, Intake
from grader.handin.intake.layouts import NAME, Downloads
from grader.handin.intake.places import FILE_LIMIT, Folder

__all__ = ["FILE_LIMIT", "NAME", "Entry", "Intake", "find", "single"]


def find(path: Path, downloads: Downloads) -> Intake:
    """Return the submissions at `path`: a notebook, a folder, a zip, or a platform's download.

    Args:
        path: of what came in.
        downloads: the platforms whose layouts are known.

    Raises:
        BadInput: there is none; one line.
    """
    if not path.exists() and not path.is_symlink():
        raise BadInput(f"{shown(path)}: no such file or folder")
    if path.is_dir():
        found = _class(path, disk.DiskFolder(path), downloads)
    elif path.suffix.lower() == ".zip":
        found = _zip(path, downloads)
    else:
        found = Intake((single(path),), alone=True)
    return found.named()


def single(path: Path) -> Entry:
    """Return what lies at `path`, a notebook or a folder, as one submission whatever it holds.

    Raises BadInput for a file that is no notebook.
    """
    if path.is_dir():
        folder = disk.DiskFolder(path)
        return Entry(ids.safe(folder.name), Found(folder.name, "", folder))
    readable(path)
    above = path.parent.resolve().name
    name = above if path.name == NAME and above else path.stem
    files = {path.name: disk.DiskFile(path)}
    return Entry(ids.safe(name), Found(name, "", files=files, only_notebook=True))


def readable(path: Path) -> None:
    """Raise BadInput unless `path` is a notebook's file that may be read."""
    try:
        disk.DiskFile(path).read(FILE_LIMIT)
    except Refused as refused:
        raise BadInput(f"{shown(path)}: {refused}; give a notebook or its folder") from None
    if path.suffix != ".ipynb":
        raise BadInput(f"{shown(path)}: not a notebook; give the .ipynb, its folder or a zip")


def _zip(path: Path, downloads: Downloads) -> Intake:
    try:
        folder, nobodys = zipped.opened(path)
    except Refused as refused:
        raise BadInput(f"{shown(path)}: {refused}; unpack it and give the folder") from None
    notes = tuple(f"not looked at: {shown(name)}: {why}" for name, why in nobodys.items())
    return _class(path, folder, downloads, notes)


def _class(path: Path, folder: Folder, downloads: Downloads, notes: tuple[str, ...] = ()) -> Intake:
    layout = layouts.recognise(folder, downloads)
    if layout is None:
        raise BadInput(f"{shown(path)}: no notebook (.ipynb) in it or in the folders below it")
    entries = tuple(Entry(ids.safe(found.name), found) for found in layout.founds)
    return Intake(entries, (*layout.notes, *notes), layout.alone, platform=layout.platform)
