"""Work done ahead in a process of its own, while those who need its result do something else."""

from __future__ import annotations

import ctypes
import os
import pickle
import select
import signal
import sys
import warnings
from collections.abc import Callable
from typing import Any

SECONDS = 900  # until work that does not come to an end is given up
NAME = b"grader-ahead"  # of the process
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_HEADER = 8  # bytes that tell the length of what follows; written last


class NotDone(Exception):
    """The work was not done: it failed, or was killed."""


def possible() -> bool:
    """Return whether this system lets a process fork that has imported torch."""
    return sys.platform == "linux"


class Ahead:
    """The result of `make()`, made in a process that is forked here; every fork may ask for it.

    What is made goes through a file in memory, without a name: nobody else can read it, or put
    another in its place. The process ends with its work, or with this one.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._file = os.memfd_create(NAME.decode())
        self._over, working = os.pipe()  # comes to its end when the work does
        if os.fork() == 0:
            self._work(make)
        os.close(working)
        warnings.filterwarnings("ignore", "forkserver: waitpid returned unexpected pid")

    def _work(self, make: Callable[[], Any]) -> None:
        try:
            _live_briefly()
            data = pickle.dumps(make(), pickle.HIGHEST_PROTOCOL)
            os.pwrite(self._file, data, _HEADER)
            os.pwrite(self._file, len(data).to_bytes(_HEADER, "little"), 0)
        finally:
            os._exit(0)

    def result(self) -> Any:
        """Return what was made, once it is. Raises NotDone."""
        select.select([self._over], [], [])
        file = self._file
        size = int.from_bytes(os.pread(file, _HEADER, 0), "little")
        data = os.pread(file, size, _HEADER)
        if not size or len(data) != size:
            raise NotDone
        return pickle.loads(data)  # noqa: S301 - written by the function above


def _live_briefly() -> None:
    """End when the process that this one was forked from ends, or when it takes too long."""
    signal.alarm(SECONDS)
    system = ctypes.CDLL(None)
    system.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    system.prctl(_PR_SET_NAME, NAME)
