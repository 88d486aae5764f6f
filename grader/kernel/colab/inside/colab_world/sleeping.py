"""A cell that only sleeps is seen for what it is, in seconds.

Why: `while True: time.sleep(60)` at the end keeps Colab from disconnecting, and would cost the
whole time of a cell. A sleep in which nothing else goes on is a matter of the clock alone: it takes
next to no time here, and what was asked for is added up.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .notes import note
from .patches import replace

MOST = 300.0  # seconds that one cell may sleep
LONG, SHORT = 0.5, 0.01  # seconds of a sleep that is not slept, and those in its place
# Whose threads come and go by themselves: zmq collects its garbage in one.
LIBRARIES = ("IPython", "ipykernel", "tornado", "tqdm", "zmq")


class Slept(BaseException):
    """A cell was ended because it only sleeps; not for `except Exception` to swallow."""


class Sleeper:
    """Stands in for `time.sleep`; `asked` is what this cell has asked for, in seconds."""

    def __init__(self, original: Callable[[float], None]) -> None:
        self.original = original
        self.asked = 0.0
        self.known: set[threading.Thread] | None = None  # threads that are there before any cell
        functools.update_wrapper(self, original)

    def __call__(self, seconds: float) -> None:
        """Sleep, or raise Slept when the cell has slept for too long."""
        if not _is_long(seconds) or self.somebody_works():
            self.original(seconds)
            return
        self.asked += seconds
        if self.asked > MOST:
            raise Slept(f"the cell only sleeps, for more than {MOST:.0f} s: it was ended here")
        note("sleep", "the clock is not waited for")
        self.original(SHORT)

    def begin(self, *_: Any) -> None:
        """Begin a cell: start to count anew."""
        self.asked = 0.0
        if self.known is None:
            self.known = set(threading.enumerate())

    def somebody_works(self) -> bool:
        """Return whether there is a thread or a process that the cell may be waiting for."""
        here = threading.current_thread()
        if here is not threading.main_thread():
            return True
        new = set(threading.enumerate()) - (self.known or set())
        return any(map(_is_a_worker, new)) or _children()


def _is_a_worker(thread: threading.Thread) -> bool:
    work: Any = getattr(thread, "_target", None) or type(thread)
    return str(getattr(work, "__module__", "")).partition(".")[0] not in LIBRARIES


def _is_long(seconds: object) -> bool:
    return isinstance(seconds, (int, float)) and seconds >= LONG


def _children() -> bool:
    for path in Path("/proc/self/task").glob("*/children"):
        try:
            if path.read_text().strip():
                return True
        except OSError:
            continue
    return False


def install(shell: Any) -> None:
    """Watch the sleeps of the cells that IPython's `shell` runs."""
    sleeper: list[Sleeper] = []

    def make(original: Callable[[float], None]) -> Sleeper:
        sleeper.append(Sleeper(original))
        return sleeper[-1]

    replace(time, "sleep", make)
    shell.events.register("pre_run_cell", sleeper[-1].begin)
