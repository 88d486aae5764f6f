"""Runs something again each time a file was saved, until Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

POLL = 0.5  # seconds between two looks
QUIET = 0.4  # seconds for which a file must stay as it is: editors write in several steps
Stamp = tuple[int, int] | None


def stamp(path: Path) -> Stamp:
    """Return what tells one saved version from another; None while there is no file."""
    try:
        status = path.stat()
    except OSError:  # an editor is putting the new one in its place
        return None
    return status.st_mtime_ns, status.st_size


def watch(
    path: Path, run: Callable[[], None], *, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Call `run` now, and after each time that `path` was saved; returns after Ctrl-C.

    Args:
        path: the file.
        run: what is to be done; an interrupt in it ends the watch as well.
        sleep: waits; tests put their own in its place.
    """
    try:
        while True:
            seen = stamp(path)
            run()
            while stamp(path) in (seen, None):
                sleep(POLL)
            _settle(path, sleep)
    except KeyboardInterrupt:
        return


def _settle(path: Path, sleep: Callable[[float], None]) -> None:
    """Wait until the file is whole: the same at two looks, and there."""
    before: Stamp = None
    while before is None or stamp(path) != before:
        before = stamp(path)
        sleep(QUIET)
