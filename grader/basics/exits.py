"""How a run of the program ends: exit codes, and the one line that a wrong use gets."""

from __future__ import annotations

import contextlib
import errno
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

GRADED, WITHHELD, USAGE, INTERRUPTED = 0, 1, 2, 130


FULL = (errno.ENOSPC, errno.EDQUOT)


class BadInput(ValueError):
    """What was given cannot be used; the message is one line with the value and a remedy."""


class BadData(BadInput):
    """A folder of data that is incomplete, damaged or in the way."""


def shown(name: object) -> str:
    r"""Return a file name or path for a person: control characters escaped, never a raw one.

    >>> shown("a\x1b[31m.ipynb")
    'a\\x1b[31m.ipynb'
    """
    text = str(name)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class NoRoom(OSError):
    """A disk is full; the message is one line that says where, and how much was to be written."""

    def __str__(self) -> str:
        return self.strerror or ""


def full(error: BaseException) -> bool:
    """Return whether something failed because a disk, or somebody's share of it, is full."""
    return isinstance(error, OSError) and error.errno in FULL


@contextlib.contextmanager
def room(folder: Path, size: int) -> Iterator[None]:
    """Have a full disk said in one line; of several around each other the outermost speaks.

    Args:
        folder: where something is written.
        size: bytes that are to be written there.

    Raises:
        NoRoom: it is full.
    """
    try:
        yield
    except OSError as error:
        if not full(error):
            raise
        raise no_room(error, folder, size) from None


def no_room(error: OSError, folder: Path, size: int | None = None) -> NoRoom:
    """Return what to say of a full disk: where, how much is to be written, how much is free."""
    wanted = "" if size is None else f"{_megabytes(size)} to be written, "
    free = "how much is free cannot be told"
    with contextlib.suppress(OSError):
        free = f"{_megabytes(shutil.disk_usage(_there(folder)).free)} free"
    return NoRoom(error.errno, f"{shown(folder)}: the disk is full ({wanted}{free})")


def _there(path: Path) -> Path:
    """Return the nearest folder above a path that is there."""
    return next((each for each in (path, *path.parents) if each.is_dir()), path)


def _megabytes(size: int) -> str:
    """Return a number of bytes for a person.

    >>> _megabytes(12_345_678), _megabytes(300)
    ('12.346 MB', '0.001 MB')
    """
    return f"{max(size, 1000) / 1e6:.3f} MB" if size else "nothing"


def writable(folder: Path, name: str) -> None:
    """Make a folder for output, or raise BadInput that says why it cannot be written.

    Raises NoRoom where the disk is full.
    """
    try:
        with room(folder, 0):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
    except NoRoom:
        raise
    except OSError as error:
        raise BadInput(
            f"{name} {shown(folder)}: cannot be written ({error.strerror}); give another folder"
        ) from None
