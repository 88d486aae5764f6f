"""Reading files that somebody else wrote: plain ones only, bounded, never through a link."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import IO

CHUNK = 1 << 20  # bytes


class Refused(Exception):
    """What came is not what may be read; the message says why in a few words."""


def read_plain(path: Path, limit: int, *, alone: bool = False) -> bytes:
    """Return the bytes of a plain file: no link, pipe, device or folder, at most `limit` bytes.

    `alone` also refuses a file that bears a second name (a hard link). The checks look at the
    open file, so it cannot be swapped in between.

    Raises:
        Refused: anything else, with the reason.
    """
    descriptor = open_plain(path, alone=alone)
    try:
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = _bounded(file, limit + 1)
    except OSError as error:
        raise Refused(error.strerror or "cannot be read") from None
    finally:
        os.close(descriptor)
    if len(data) > limit:
        raise Refused(f"larger than {size_text(limit)}")
    return data


def _bounded(file: IO[bytes], limit: int) -> bytes:
    """Return what a file holds, at most `limit` bytes: a read sets its whole size aside at once."""
    kept = io.BytesIO()
    while chunk := file.read(min(CHUNK, limit - kept.tell())):
        kept.write(chunk)
    return kept.getvalue()


def open_plain(path: Path, *, alone: bool = False) -> int:
    """Return a descriptor of a plain file, open for reading; as in `read_plain`.

    Raises:
        Refused: anything else, with the reason.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)  # O_BINARY: Windows
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # not on Windows
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        raise Refused(error.strerror or "cannot be opened") from None
    status = os.fstat(descriptor)
    reason = None if stat.S_ISREG(status.st_mode) else "not a plain file"
    if reason is None and alone and status.st_nlink != 1:
        reason = "a hard link"
    if reason is not None:
        os.close(descriptor)
        raise Refused(reason)
    return descriptor


def write_new(path: Path, data: bytes) -> None:
    """Write a file where nothing is yet: a link or file that was planted there is not followed.

    Raises:
        Refused: there is something already.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o644)
    except OSError as error:
        raise Refused(f"the exchange folder was tampered with: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def size_text(limit: int) -> str:
    """Return a number of bytes for a person."""
    return f"{limit >> 20} MiB" if limit >= 1 << 20 else f"{limit} bytes"
