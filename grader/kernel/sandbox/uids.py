"""One host user id for each running sandbox, when the grader is root.

Sandboxes that shared a user would share its process quota, and could signal each other if a
namespace ever failed. An advisory lock on a file marks an id as taken; the system drops it when the
grader ends, however it ends.
"""

import fcntl
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from grader.kernel.sandbox.errors import SandboxError

# Free on a systemd machine: between its containers' and its dynamic users' ids, and below 65536, so
# that it also exists where a container maps only 65536 ids.
POOL = range(60600, 61112)
# One place a machine: in a worker's own folder for temporary files all would get the same id.
LOCKS = Path("/tmp/grader-sandbox-users")  # noqa: S108


@dataclass
class UidLease:
    """A user id that no other sandbox on this machine has until `release()`."""

    uid: int
    _lock: int | None

    def release(self) -> None:
        """Give the id back; safe to call twice."""
        if self._lock is not None:
            fcntl.flock(self._lock, fcntl.LOCK_UN)  # also where a forked child still has the file
            os.close(self._lock)
            self._lock = None


def lease_uid(folder: Path | None = None) -> UidLease:
    """Take a free user id.

    Args:
        folder: where the lock files are, by default one place for the whole machine.

    Raises:
        SandboxError: every id is taken, or the lock folder belongs to somebody else.
    """
    folder = folder or LOCKS
    _own_folder(folder)
    for uid in POOL:
        if _has_account(uid):
            continue
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        lock = os.open(folder / str(uid), flags, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            continue
        return UidLease(uid, lock)
    raise SandboxError(f"all {len(POOL)} sandbox users are taken; grade with fewer workers")


def _own_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise SandboxError(f"{folder} belongs to another user; remove it")


def _has_account(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
