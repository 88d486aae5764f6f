"""Temporary folders, one a submission, that are gone afterwards even if the run was killed.

The path is short: Unix sockets lie in it, and their paths have 108 bytes. A lock marks a room as
in use; the system drops it when the run ends, however it ends, and the next run removes the room.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from grader.kernel.sandbox import remove_tree

PREFIX = "g-"
LOCK = "lock"


def base() -> Path:
    """Return the folder that rooms are made in."""
    return Path(tempfile.gettempdir() if sys.platform == "win32" else "/tmp")  # noqa: S108


@contextlib.contextmanager
def room() -> Iterator[Path]:
    """Yield a new folder that only this user can look into."""
    folder, lock = _locked()
    try:
        yield folder
    finally:
        lock.release()
        remove_tree(folder)


def _locked() -> tuple[Path, FileLock]:
    """Return a new folder and its lock, held: the sweep of another run may take it before that."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base()))
        lock = FileLock(folder / LOCK)
        try:
            lock.acquire()
        except FileNotFoundError:
            if folder.is_dir():  # not swept: something else is wrong
                raise
            continue
        if _is_private(folder):
            return folder, lock
        lock.release()  # swept, and made again by the lock, for everybody to look into
        remove_tree(folder)


def _is_private(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return sys.platform == "win32" or not folder.stat().st_mode & 0o077
    return False


def sweep() -> int:
    """Remove the rooms of runs that were killed; return how many there were."""
    return sum(_removed(folder) for folder in base().glob(f"{PREFIX}*") if _is_ours(folder))


def _is_ours(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        status = folder.lstat()
        own = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
        return own and not folder.is_symlink() and (folder / LOCK).is_file()
    return False


def _removed(folder: Path) -> bool:
    """Remove a room that nobody holds, and hold it meanwhile: whoever makes it sees that."""
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return False
    try:
        if sys.platform == "win32":  # which removes no open file
            lock.release()
        remove_tree(folder)
    finally:
        lock.release()
    return True
