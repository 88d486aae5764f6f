"""Zip files that somebody else made: what they hold, bounded, and what of it is refused.

Nothing is ever unpacked to disk: a good entry is read into memory, counted by real bytes.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from grader.basics.files import Refused, open_plain, size_text

CHUNK = 1 << 16
NAME_LIMIT = 240  # characters
DEPTH_LIMIT = 20  # folders in folders
ENTRY_BYTES = 1024  # of the table of contents, on average: names are short
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may ask for gigabytes to unpack
RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
# Letters of other alphabets that look like Latin ones, in small letters.
LOOK_ALIKES = str.maketrans(
    "аеорсухікѕјһԁԛԝвмнтгпьαεικνορτυχωıɑɡℓ", "aeopcyxiksjhdqwbmhtrnbaeikvoptuxwiagl"
)


@dataclass(frozen=True)
class Listing:
    """What an archive holds.

    Attributes:
        files: size as the archive states it, by path; only entries that may be read.
        folders: paths of the folders that are entries of their own, the empty ones among them.
        refused: why an entry may not be read, by its name as it stands in the archive.
    """

    files: Mapping[str, int] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


def listing(source: Path | bytes, entries: int) -> Listing:
    """Return what an archive holds, of at most `entries` entries.

    Raises:
        Refused: it is no zip file, or has too many entries.
    """
    with _opened(source, entries) as archive:
        infos = archive.infolist()
    if len(infos) > entries:
        raise Refused(f"more than {entries} entries: {len(infos)}")
    files: dict[str, int] = {}
    folders: list[str] = []
    refused: dict[str, str] = {}
    for info in infos:
        reason = _reason(info)
        path = info.filename.strip("/")
        if reason is None and not info.is_dir() and path in files:
            reason = "two entries bear this name"
            files.pop(path)
        if reason is not None or path in refused:
            refused[info.orig_filename] = reason or refused[path]
        elif info.is_dir():
            folders.append(path)
        else:
            files[path] = info.file_size
    return Listing(files, tuple(folders), refused)


def read(source: Path | bytes, path: str, limit: int, entries: int) -> bytes:
    """Return one file of an archive: at most `limit` bytes, counted and not believed.

    Raises:
        Refused: it is larger, damaged, or no longer there.
    """
    with _opened(source, entries) as archive:
        try:
            info = archive.getinfo(path)
        except KeyError:
            raise Refused("no longer in the archive") from None
        if info.file_size > limit:
            raise Refused(f"larger than {size_text(limit)}")
        with archive.open(info) as stream:
            return _counted(stream, limit)


def _counted(stream: IO[bytes], limit: int) -> bytes:
    kept = io.BytesIO()
    while chunk := stream.read(CHUNK):
        if kept.tell() + len(chunk) > limit:
            raise Refused(f"larger than {size_text(limit)}")
        kept.write(chunk)
    return kept.getvalue()


def look(path: str) -> str:
    """Return what a name looks like: the same for names that a person or a disk takes for one.

    >>> look("A2-CNN.ipynb") == look("а2-cnn.ipynb")
    True
    """
    bare = "/".join(part.rstrip(" .") for part in path.split("/"))  # as Windows would
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", bare).casefold())
    visible = "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Mn"))
    return visible.translate(LOOK_ALIKES)


def alike(paths: Iterable[str]) -> Iterator[list[str]]:
    """Yield each group of paths that a person or a disk takes for one name."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        groups.setdefault(look(path), []).append(path)
    yield from (group for group in groups.values() if len(group) > 1)


def odd(path: str) -> str | None:
    r"""Return why a path may not be used, None if it may.

    >>> odd("../a"), odd("C:/a"), odd("a/b.ipynb")
    ('leads outside the archive', 'an absolute name', None)
    """
    parts = path.rstrip("/").split("/")
    if "\0" in path:
        return "a name with a zero byte"
    if "\\" in path:
        return "a name with a backslash"
    if path.startswith("/") or path[1:2] == ":":
        return "an absolute name"
    if ".." in parts:
        return "leads outside the archive"
    if "" in parts or "." in parts:
        return "a name with empty parts"
    if len(path) > NAME_LIMIT or len(parts) > DEPTH_LIMIT:
        return "a name that is too long"
    if any(part.partition(".")[0].rstrip(" ").lower() in RESERVED for part in parts):
        return "a name that Windows keeps for itself"
    return None


def _reason(info: zipfile.ZipInfo) -> str | None:
    """Return why an entry may not be read, None if it may."""
    name = odd(info.orig_filename)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if name is not None:
        return name
    if kind == stat.S_IFLNK:
        return "a link"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "not a plain file"
    if info.flag_bits & 1:
        return "locked by a password"
    return None if info.compress_type in PACKED else "packed in a way that is not read here"


class _Guarded:
    """A file that is never asked for more than a table of contents may hold at once."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file, self._most = file, most
        self.seek, self.tell, self.close = file.seek, file.tell, file.close

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(self._most + 1 if size < 0 else size) if size <= self._most else b""
        if size > self._most or len(data) > self._most:
            raise Refused("too many entries")
        return data

    def seekable(self) -> bool:
        return True


@contextmanager
def _opened(source: Path | bytes, entries: int) -> Iterator[zipfile.ZipFile]:
    """Open an archive; whatever is wrong with it is Refused in a few words."""
    with contextlib.ExitStack() as stack:
        if isinstance(source, bytes):
            file: IO[bytes] = io.BytesIO(source)
        else:
            file = stack.enter_context(os.fdopen(open_plain(source), "rb"))
        guarded = cast("Any", _Guarded(file, max(CHUNK, entries * ENTRY_BYTES)))
        try:
            yield stack.enter_context(zipfile.ZipFile(guarded))
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001 - zipfile's errors have no common base
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise Refused(f"damaged, or no zip file ({reason[:80]})") from None
