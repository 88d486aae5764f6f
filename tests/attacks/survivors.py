"""Looks for processes that outlived their sandbox."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Any

from grader.kernel.sandbox.keeper import processes_of
from grader.kernel.sandbox.watchdog import namespace_members
from grader.kernel.session.execution import NotebookRunner

DYING_SECONDS = 3.0  # a killed process with gigabytes takes a moment to be gone


class Watched(NotebookRunner):
    """Notes where each kernel's processes are, to look for them when all is over."""

    places: set[tuple[int, int]]

    def start_new_kernel_client(self) -> Any:
        """Start the client, and note the sandbox of the kernel."""
        jail = getattr(self.km.provisioner, "_jail", None)
        with contextlib.suppress(OSError, AttributeError):  # ended already; without isolation
            # Held open, so that the system gives its number to no other sandbox meanwhile.
            place = os.open(f"/proc/{jail._launched.init_pid}/ns/pid", os.O_RDONLY)
            self.places.add((place, jail.uid if self.isolation == "uid" else 0))
        return super().start_new_kernel_client()


def living(place: int, uid: int) -> list[int]:
    """Return the processes of a sandbox that are still there, and let go of it.

    Args:
        place: an open process namespace.
        uid: of the sandbox's user, where the user tells its processes.
    """
    namespace = f"pid:[{os.fstat(place).st_ino}]"
    os.close(place)
    end = time.monotonic() + DYING_SECONDS
    while True:
        found = processes_of(uid) if uid else namespace_members(namespace)
        left = [pid for pid in found if not _dead(pid)]
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.1)


def _dead(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True
