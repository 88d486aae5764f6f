"""Takes a kernel's sockets out of its reach as soon as it listens on them.

The kernel may write the folder in which it made them, so it could put a link to another socket of
this machine in the place of one, and wait for the grader to connect again. A socket that was moved
stays the same socket; nobody but the grader can get at the folder it is moved to.
"""

import asyncio
import contextlib
import stat
import time
from collections.abc import Callable, Iterable
from pathlib import Path

_EVERY = 0.02  # seconds


async def claim(
    names: Iterable[str], inside: Path, outside: Path, alive: Callable[[], bool], seconds: float
) -> None:
    """Move sockets from a folder of the kernel's to one of the grader's.

    Returns once all are moved, or the kernel is dead, or the time is over: then nobody listens
    where the grader looks, and it says so when it connects.

    Args:
        names: of the sockets.
        inside: the folder that the kernel may write.
        outside: an empty folder that only the grader may enter, on the same file system.
        alive: whether the kernel still lives.
        seconds: how long to wait.
    """
    end = time.monotonic() + seconds
    missing = list(names)
    while missing and alive() and time.monotonic() < end:
        missing = [name for name in missing if not _moved(inside / name, outside / name)]
        if missing:
            await asyncio.sleep(_EVERY)


def _moved(source: Path, target: Path) -> bool:
    with contextlib.suppress(OSError):
        if stat.S_ISSOCK(source.lstat().st_mode):
            source.rename(target)
            if stat.S_ISSOCK(target.lstat().st_mode):
                return True
            target.unlink()  # it was exchanged between the look and the move
    return False
