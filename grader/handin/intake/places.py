"""Folders and files as the intake sees them: on disk or in a zip, and nothing is read ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from grader.basics.files import Refused, size_text

FILE_LIMIT = 64 << 20  # bytes; real notebooks have 1 to 3 MB
TOTAL_LIMIT = 128 << 20  # bytes of one hand-in
FILES_LIMIT = 500  # files of one hand-in that are read
WALK_LIMIT = 5_000  # files and folders of one hand-in that are looked at
DEPTH_LIMIT = 20
IGNORED = {".ipynb_checkpoints", "__MACOSX", "__pycache__"}
WANTED = (".ipynb", ".pdf", ".zip")  # read first, so that no heap of data crowds them out
TOO_MANY = "(more files)"


class File(Protocol):
    """One file that has not been read yet."""

    def read(self, limit: int) -> bytes:
        """Return its bytes, `limit` at most. Raises Refused."""


class Folder(Protocol):
    """One folder: what lies directly in it, by name."""

    @property
    def name(self) -> str:
        """Return its name."""

    @property
    def folders(self) -> Mapping[str, Folder]:
        """Return the folders in it."""

    @property
    def files(self) -> Mapping[str, File]:
        """Return the plain files in it."""

    @property
    def refused(self) -> Mapping[str, str]:
        """Return why something else in it is not looked at, by name."""


def counts(name: str) -> bool:
    """Return whether a name is somebody's, and not left behind by a program.

    >>> counts("Ada"), counts("__MACOSX"), counts(".git")
    (True, False, False)
    """
    return name not in IGNORED and not name.startswith(".")


class Files:
    """The files below a folder, by relative path; `refused` says what was left out, and why."""

    def __init__(self, folder: Folder) -> None:
        self.files: dict[str, File] = {}
        self.refused: dict[str, str] = {}
        self._seen = 0
        self._walk(folder, "", 0)

    def _walk(self, folder: Folder, prefix: str, depth: int) -> None:
        for name, reason in folder.refused.items():
            if counts(name) and self._room():
                self.refused[prefix + name] = reason
        for name, file in folder.files.items():
            if counts(name) and self._room():
                self.files[prefix + name] = file
        for name, below in folder.folders.items():
            if not counts(name) or not self._room():
                continue
            if depth == DEPTH_LIMIT:
                self.refused[prefix + name] = f"more than {DEPTH_LIMIT} folders deep"
            else:
                self._walk(below, f"{prefix}{name}/", depth + 1)

    def _room(self) -> bool:
        self._seen += 1
        if self._seen > WALK_LIMIT:
            self.refused[TOO_MANY] = f"more than {WALK_LIMIT} files and folders"
        return self._seen <= WALK_LIMIT


def holds(folder: Folder, endings: tuple[str, ...]) -> bool:
    """Return whether a folder holds a file with one of these endings, at whatever depth."""
    return any(name.lower().endswith(endings) for name in Files(folder).files)


def read(files: Mapping[str, File]) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the bytes of files, within the bounds of a hand-in, and why others were not read."""
    contents: dict[str, bytes] = {}
    refused: dict[str, str] = {}
    left = TOTAL_LIMIT
    for name in sorted(files, key=_urgency):
        if len(contents) == FILES_LIMIT:
            refused[name] = f"more than {FILES_LIMIT} files"
            continue
        try:
            contents[name] = files[name].read(min(FILE_LIMIT, left))
        except Refused as reason:
            refused[name] = _why(str(reason), left)
        else:
            left -= len(contents[name])
    return {name: contents[name] for name in sorted(contents)}, refused


def _why(reason: str, left: int) -> str:
    if left < FILE_LIMIT and reason.startswith("larger than"):
        return f"more than {size_text(TOTAL_LIMIT)} together"
    return reason


def _urgency(name: str) -> tuple[bool, int, str]:
    return not name.lower().endswith(WANTED), name.count("/"), name


def only(folder: Folder) -> Iterator[Folder]:
    """Yield the folder in a folder that holds nothing else: an archive's, or an assignment's."""
    below = [each for name, each in folder.folders.items() if counts(name)]
    beside = [name for name in (*folder.files, *folder.refused) if counts(name)]
    if len(below) == 1 and not beside:
        yield below[0]
