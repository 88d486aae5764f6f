"""The processor time of processes that nobody waits for: a sandbox is killed, with all in it."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 0  # not on Windows
_FIRST = 11  # user and system ticks, behind the state; then those of children that were waited for
_ended = 0.0


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return what these processes, and those that they have waited for, have used."""
    return sum(map(_of_one, pids))


def _of_one(pid: int) -> float:
    with contextlib.suppress(OSError):  # it has ended
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[_FIRST : _FIRST + 4])) / _TICKS
    return 0.0


def add(seconds: float) -> None:
    """Count a sandbox that has ended."""
    global _ended
    _ended += seconds


def of_ended_sandboxes() -> float:
    """Return the processor seconds of all sandboxes of this process that have ended."""
    return _ended
