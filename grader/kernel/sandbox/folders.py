"""Walking and removing folders that a notebook filled, however deep and odd it made them.

The standard library recurses, so a folder nested a thousand deep would end the grader instead.
"""

import contextlib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

_GONE = (FileNotFoundError, NotADirectoryError)
# Windows has neither these flags nor paths relative to a folder; there, only own code runs.
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_RELATIVE = os.unlink in os.supports_dir_fd


def walk(folders: Iterable[Path], *, strict: bool) -> Iterator[tuple[str, os.stat_result]]:
    """Everything below the folders as (path, status); follows no link.

    What is removed meanwhile is left out.

    Args:
        folders: where to begin.
        strict: whether a folder that cannot be read, because it is closed or nested too deeply for
            a path, raises; otherwise it is left out.

    Raises:
        OSError: see `strict`.
    """
    passed = _GONE if strict else (OSError,)
    stack = [os.fspath(folder) for folder in folders]
    while stack:
        with contextlib.suppress(*passed), os.scandir(stack.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(*_GONE):
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISDIR(status.st_mode):
                        stack.append(entry.path)
                    yield entry.path, status


def remove_tree(folder: Path) -> None:
    """Remove a folder and everything in it; nothing may still be writing there.

    Goes down and up one step at a time, so depth does not matter. Follows no link. Does nothing if
    there is no such folder.

    Raises:
        OSError: something could not be removed.
    """
    if not _RELATIVE:
        shutil.rmtree(folder, ignore_errors=True)
        return
    if not folder.is_symlink():  # chmod would follow it; open refuses it
        with contextlib.suppress(FileNotFoundError):
            folder.chmod(stat.S_IRWXU)
    try:
        here = os.open(folder, _FOLDER)
    except FileNotFoundError:
        return
    names: list[str] = []  # of the folders from `folder` to here
    try:
        left = [_remove_files(here)]  # the folders still to remove, at each level
        while left[0] or names:
            if left[-1]:
                names.append(left[-1].pop())
                # Nobody else is there, so this is the folder that was listed, and no link.
                os.chmod(names[-1], stat.S_IRWXU, dir_fd=here)
                here = _step(here, names[-1])
                left.append(_remove_files(here))
            else:
                left.pop()
                here = _step(here, "..")
                os.rmdir(names.pop(), dir_fd=here)
    finally:
        os.close(here)
    folder.rmdir()


def _remove_files(folder: int) -> list[str]:
    """Remove what is no folder; the names of the folders are returned."""
    with os.scandir(folder) as listing:
        entries = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in listing]
    for name, is_folder in entries:
        if not is_folder:
            os.unlink(name, dir_fd=folder)
    return [name for name, is_folder in entries if is_folder]


def _step(here: int, name: str) -> int:
    there = os.open(name, _FOLDER, dir_fd=here)
    os.close(here)
    return there
