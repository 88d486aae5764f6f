"""Watches what a whole sandbox uses, which no per-process limit can, and ends it past a limit."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from grader.kernel.sandbox.folders import walk
from grader.kernel.sandbox.settings import Limits
from grader.kernel.sandbox.usage import cpu_seconds

INTERVAL = 0.5  # seconds between two looks
_DISK_EVERY = 4  # looks; walking folders costs more than reading /proc
_FULL = 0.9  # of the processes that are allowed
_SECONDS_WHEN_FULL = 2.0
_PAGE = os.sysconf("SC_PAGE_SIZE")
_BLOCK = 512  # bytes in a unit of st_blocks
# What the system may hold for one open file, a full socket: no figure of a process shows it.
_BUFFER = 208 << 10


class Watchdog(threading.Thread):
    """A thread that polls one sandbox from outside.

    Attributes:
        killed_for: None, or 'memory', 'processes' or 'disk' once it has ended the sandbox.
        cpu_seconds: processor time of the sandbox, as it was seen last.
    """

    def __init__(
        self,
        init_pid: int,
        limits: Limits,
        folders: Sequence[Path],
        kill: Callable[[], None],
        members: Callable[[], list[int]] | None = None,
    ) -> None:
        """Prepare; call `start()` to begin.

        Args:
            init_pid: host id of the first process of the sandbox's process namespace.
            limits: the bounds.
            folders: host folders whose content counts as the sandbox's disk use.
            kill: ends the sandbox; called once, on this thread.
            members: lists its processes, where they are not those of a namespace.
        """
        super().__init__(name="sandbox-watchdog", daemon=True)
        self.killed_for: str | None = None
        self.cpu_seconds = 0.0
        self._init_pid = init_pid
        namespace = str(Path(f"/proc/{init_pid}/ns/pid").readlink())
        self._members = members or (lambda: namespace_members(namespace))
        self._own_places = members is None  # whether /tmp and /dev/shm are the sandbox's own
        self._limits = limits
        self._folders = folders
        self._kill = kill
        self._stopped = threading.Event()
        self._full_since: float | None = None

    def run(self) -> None:
        """Poll until a limit is passed or `stop()` is called."""
        looks = 0
        while not self._stopped.wait(INTERVAL):
            self.killed_for = self._breach(with_disk=looks % _DISK_EVERY == 0)
            if self.killed_for:
                self._kill()
                return
            looks += 1

    def stop(self) -> None:
        """End the thread; `killed_for` keeps its value."""
        self._stopped.set()
        if self.is_alive():
            self.join()

    def look(self) -> list[int]:
        """Return the processes inside, and note what they have used."""
        members = self._members()
        self.cpu_seconds = max(self.cpu_seconds, cpu_seconds(members))
        return members

    def _breach(self, *, with_disk: bool) -> str | None:
        members = self.look()
        full = self._full_for(members)
        if full is not None:  # to read the memory of that many takes long
            return "processes" if full >= _SECONDS_WHEN_FULL else None
        if exceeds_memory(members, self._limits.memory_bytes):
            return "memory"
        if with_disk and (self._crowded() or exceeds_disk(self._folders, self._limits)):
            return "disk"
        return None

    def _full_for(self, members: Sequence[int]) -> float | None:
        """For how long has it had nearly all the processes that it may have? None if it has not.

        The limit itself only refuses the next one: a bomb that forks again whenever something ends
        would keep the kernel from ever working again.
        """
        full = sum(map(_tasks, members)) >= _FULL * self._limits.processes
        now = time.monotonic()
        self._full_since = (self._full_since or now) if full else None
        return None if self._full_since is None else now - self._full_since

    def _crowded(self) -> bool:
        """Are there too many files in /tmp or /dev/shm, whose size alone is bounded?"""
        for place in ("tmp", "dev/shm") if self._own_places else ():
            with contextlib.suppress(OSError):  # it has ended
                system = os.statvfs(f"/proc/{self._init_pid}/root/{place}")
                if system.f_files - system.f_ffree > self._limits.disk_entries:
                    return True
        return False


def namespace_members(namespace: str) -> list[int]:
    """Host ids of the processes in a process namespace, given as /proc/PID/ns/pid reads."""
    members = []
    for name in os.listdir("/proc"):  # noqa: PTH208 - names only, and often
        if name.isdigit():
            with contextlib.suppress(OSError):  # it ended, or is somebody else's
                if os.readlink(f"/proc/{name}/ns/pid") == namespace:  # noqa: PTH115 - often
                    members.append(int(name))
    return members


def exceeds_memory(pids: Sequence[int], limit: int) -> bool:
    """Do these processes together hold more than `limit` bytes in memory?

    Shared pages count once (proportional set size). That figure is slow to read, so it is read only
    when the plain sum, which cannot be smaller, is past the limit. Each open file counts as a
    socket that is full: its bytes lie in the system, outside of any process.
    """
    left = limit - _BUFFER * sum(map(_open_files, pids))
    return sum(map(_resident, pids)) > left and sum(map(_proportional, pids)) > left


def exceeds_disk(folders: Iterable[Path], limits: Limits) -> bool:
    """Do these folders together hold more bytes, or more entries, than the limits allow?

    Counts allocated blocks, follows no link, and stops at the first excess. A folder that cannot be
    read, because it was closed or nested too deeply for a path, counts as an excess.
    """
    used = entries = 0
    try:
        for _, status in walk(folders, strict=True):
            used += status.st_blocks * _BLOCK
            entries += 1
            if used > limits.disk_bytes or entries > limits.disk_entries:
                return True
    except OSError:
        return True
    return False


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0


def _open_files(pid: int) -> int:
    folder = f"/proc/{pid}/fd"
    try:
        return os.stat(folder).st_size or len(os.listdir(folder))  # noqa: PTH116, PTH208 - often
    except OSError:
        return 0


def _tasks(pid: int) -> int:
    """Threads of a process, which count like processes."""
    try:
        return Path(f"/proc/{pid}/task").stat().st_nlink - 2
    except OSError:
        return 0


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return _resident(pid)
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
