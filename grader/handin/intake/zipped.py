"""Folders and files in the zip that a course platform made; what students zipped stays closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from grader.basics import archives

ENTRIES = 100_000  # of a whole class


@dataclass(frozen=True)
class ZipFile:
    """A file in a zip."""

    archive: Path
    path: str

    def read(self, limit: int) -> bytes:
        """Return its bytes, `limit` at most. Raises Refused."""
        return archives.read(self.archive, self.path, limit, ENTRIES)


@dataclass(frozen=True)
class ZipFolder:
    """A folder in a zip."""

    name: str
    folders: dict[str, ZipFolder] = field(default_factory=dict)
    files: dict[str, ZipFile] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def at(self, parts: list[str]) -> ZipFolder:
        """Return the folder at a path below this one, made if need be."""
        folder = self
        for part in parts:
            folder = folder.folders.setdefault(part, ZipFolder(part))
        return folder


def opened(path: Path) -> tuple[ZipFolder, dict[str, str]]:
    """Return a zip as a folder named like it, and what of it can be nobody's, with the reason.

    Raises:
        Refused: it is no zip file, or has too many entries.
    """
    listing = archives.listing(path, ENTRIES)
    top = ZipFolder(path.stem)
    nobodys: dict[str, str] = {}
    for name in sorted(listing.folders):
        top.at(name.split("/"))
    for name in sorted(listing.files):
        *above, last = name.split("/")
        top.at(above).files[last] = ZipFile(path, name)
    for name, reason in listing.refused.items():
        if archives.odd(name) is not None:  # where it would lie is not known
            nobodys[name] = reason
            continue
        *above, last = name.rstrip("/").split("/")
        top.at(above).refused[last] = reason
    return top, nobodys
