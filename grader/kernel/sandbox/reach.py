"""What another user of this machine can reach, for the tier that has no mounts of its own."""

import contextlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from grader.kernel.sandbox.errors import ExposedPathError
from grader.kernel.sandbox.folders import remove_tree
from grader.kernel.sandbox.landlock import version as landlock_version
from grader.kernel.sandbox.visibility import CHECKOUT_PARTS, private_paths

SHARED = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - where any user may leave files


def reachable(path: Path) -> bool:
    """Can any user go to this path, and read it if it is a folder?"""
    path = path.resolve()
    try:
        return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents) and bool(
            path.stat().st_mode & stat.S_IROTH
        )
    except OSError:
        return False


def closed_parent(path: Path) -> Path:
    """The first folder on the way to a path that other users cannot pass."""
    path = path.resolve()
    closed = [p for p in reversed(path.parents) if not p.stat().st_mode & stat.S_IXOTH]
    return closed[0] if closed else path


def exposed(readable_roots: Iterable[Path], denied: Iterable[Path]) -> list[Path]:
    """Private paths that the kernel's user could read: packages, checkout, results.

    Args:
        readable_roots: what Landlock leaves; without Landlock every path counts.
        denied: further paths, such as the output folder.
    """
    # What an installation says of itself, names of files, is hidden by bubblewrap but no secret.
    sealed = [path for path in private_paths().sealed if path.name in CHECKOUT_PARTS]
    private = [*sealed, *(path.resolve() for path in denied if path.exists())]
    roots, locked = [root.resolve() for root in readable_roots], landlock_version() > 0
    within = [p for p in private if not locked or any(p.is_relative_to(root) for root in roots)]
    return [path for path in within if reachable(path)]


def assert_unreadable(readable_roots: Iterable[Path], denied: Iterable[Path]) -> None:
    """Raise ExposedPathError, with the command that helps, if a private path can be read."""
    found = exposed(readable_roots, denied)
    if found:
        names = " ".join(map(str, found[:4]))
        raise ExposedPathError(
            f"--sandbox uid: a notebook could read {names}; in a container of your own, "
            f"chmod -R o-rwx {names}"
        )


def remove_leftovers(uid: int) -> None:
    """Remove what the user left where any user may write."""
    for folder in SHARED:
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.stat(follow_symlinks=False).st_uid != uid:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        remove_tree(Path(entry.path))
                    else:
                        os.unlink(entry.path)  # noqa: PTH108
