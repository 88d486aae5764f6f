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
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base()))
    lock = FileLock(folder / LOCK)
    try:
        with lock:
            yield folder
    finally:
        remove_tree(folder)


def sweep() -> int:
    """Remove the rooms of runs that were killed; return how many there were."""
    removed = 0
    for folder in base().glob(f"{PREFIX}*"):
        if _is_ours(folder) and _is_abandoned(folder):
            remove_tree(folder)
            removed += 1
    return removed


def _is_ours(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        status = folder.lstat()
        own = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
        return own and not folder.is_symlink() and (folder / LOCK).is_file()
    return False


def _is_abandoned(folder: Path) -> bool:
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return False
    lock.release()
    return True
