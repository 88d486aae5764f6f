"""Folders and files on disk: links, pipes and devices are never followed or opened."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.basics.files import Refused, read_plain

SCAN_LIMIT = 50_000  # entries of one folder


@dataclass(frozen=True)
class DiskFile:
    """A file on disk."""

    path: Path

    def read(self, limit: int) -> bytes:
        """Return its bytes, `limit` at most. Raises Refused."""
        return read_plain(self.path, limit)


@dataclass(frozen=True)
class DiskFolder:
    """A folder on disk, listed when it is first asked."""

    path: Path

    @property
    def name(self) -> str:
        """Return its name."""
        return self.path.resolve().name

    @property
    def folders(self) -> Mapping[str, DiskFolder]:
        """Return the folders in it."""
        return {name: DiskFolder(self.path / name) for name in self._listed[0]}

    @property
    def files(self) -> Mapping[str, DiskFile]:
        """Return the plain files in it."""
        return {name: DiskFile(self.path / name) for name in self._listed[1]}

    @property
    def refused(self) -> Mapping[str, str]:
        """Return why something else in it is not looked at."""
        return self._listed[2]

    @functools.cached_property
    def _listed(self) -> tuple[list[str], list[str], dict[str, str]]:
        folders: list[str] = []
        files: list[str] = []
        refused: dict[str, str] = {}
        try:
            with os.scandir(self.path) as found:
                entries = [entry for entry, _ in zip(found, range(SCAN_LIMIT), strict=False)]
        except OSError as error:
            return [], [], {"(this folder)": error.strerror or "cannot be opened"}
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_symlink():
                refused[entry.name] = "a link"
            elif entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            elif entry.is_file(follow_symlinks=False):
                files.append(entry.name)
            else:
                refused[entry.name] = "not a plain file"
        return folders, files, refused


def openable(path: Path) -> None:
    """Raise Refused unless `path` is a folder whose contents may be seen."""
    try:
        with os.scandir(path):
            pass
    except OSError as error:
        raise Refused(error.strerror or "cannot be opened") from None
