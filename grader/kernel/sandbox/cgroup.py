"""A control group (version 2) for one sandbox, where the grader may make one.

It bounds memory and processes of the whole sandbox in the system itself, at once and without a
look at each process. Where none can be made (no version 2, nothing delegated) the watchdog and the
limits of a process do it alone.
"""

import contextlib
import os
import tempfile
from pathlib import Path

from grader.kernel.sandbox.settings import Limits

CONTROLLERS = {"memory", "pids"}
_SLACK = 64  # processes beside those of the limit: bubblewrap's own, and those that are just ending
_JOIN = 'echo $$ >"$0" && exec "$@"'


class Cgroup:
    """One group, empty until a process joins it."""

    def __init__(self, folder: Path) -> None:
        """Take a folder that was just made in the file system of control groups."""
        self.folder = folder

    @property
    def entrance(self) -> Path:
        """The file through which a process joins."""
        return self.folder / "cgroup.procs"

    def bound(self, limits: Limits) -> None:
        """Set the limits. Raises OSError where the system refuses."""
        size = limits.memory_bytes + 2 * limits.tmp_bytes  # files in /tmp and /dev/shm count too
        for name, value in {"memory.max": size, "pids.max": limits.processes + _SLACK}.items():
            (self.folder / name).write_text(str(value))
        with contextlib.suppress(OSError):  # a machine that cannot swap does not have it
            (self.folder / "memory.swap.max").write_text("0")

    def joined(self, command: list[str]) -> list[str]:
        """Wrap a command so that it joins before it starts; it keeps its process id."""
        return ["/bin/sh", "-c", _JOIN, str(self.entrance), *command]

    @property
    def out_of_memory(self) -> bool:
        """Return whether the system has killed something in here for using too much memory."""
        with contextlib.suppress(OSError, ValueError):
            events = (self.folder / "memory.events").read_text().split()
            counts = dict(zip(events[::2], map(int, events[1::2]), strict=True))
            return counts.get("oom_kill", 0) > 0
        return False

    def kill(self) -> None:
        """Kill every process inside, at once."""
        with contextlib.suppress(OSError):
            (self.folder / "cgroup.kill").write_text("1")

    def remove(self) -> None:
        """Remove the group; its processes must have ended."""
        with contextlib.suppress(OSError):
            self.folder.rmdir()


def make(limits: Limits, place: Path | None = None) -> Cgroup | None:
    """Make a bounded group, or return None where that is not possible.

    Args:
        limits: the sandbox's.
        place: a folder in the file system of control groups; found by itself if not given.
    """
    place = place or usable(own_folder())
    if place is None:
        return None
    try:
        group = Cgroup(Path(tempfile.mkdtemp(prefix="grader-", dir=place)))
    except OSError:
        return None
    try:
        group.bound(limits)
    except OSError:
        group.remove()
        return None
    return group


def own_folder(mounts: str = "/proc/self/mounts", mine: str = "/proc/self/cgroup") -> Path | None:
    """Return the folder of the group that this process is in, or None without version 2."""
    try:
        rows = [line.split() for line in Path(mounts).read_text().splitlines()]
        groups = Path(mine).read_text().splitlines()
    except OSError:
        return None
    roots = [row[1] for row in rows if len(row) > 2 and row[2] == "cgroup2"]
    inside = [line[3:] for line in groups if line.startswith("0::")]
    return Path(roots[0], inside[0].lstrip("/")) if roots and inside else None


def usable(folder: Path | None) -> Path | None:
    """Return the nearest group, upwards, in which bounded groups can be made."""
    while folder is not None and (folder / "cgroup.procs").exists():
        with contextlib.suppress(OSError):
            given = set((folder / "cgroup.subtree_control").read_text().split())
            if given >= CONTROLLERS and os.access(folder, os.W_OK):
                return folder
        folder = folder.parent
    return None
