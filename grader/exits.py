"""How a run of the program ends: exit codes, and the one line that a wrong use gets."""

from __future__ import annotations

import tempfile
from pathlib import Path

GRADED, WITHHELD, USAGE, INTERRUPTED = 0, 1, 2, 130


class BadInput(ValueError):
    """What was given cannot be used; the message is one line with the value and a remedy."""


def shown(name: object) -> str:
    r"""Return a file name or path for a person: control characters escaped, never a raw one.

    >>> shown("a\x1b[31m.ipynb")
    'a\\x1b[31m.ipynb'
    """
    text = str(name)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def writable(folder: Path, name: str) -> None:
    """Make a folder for output, or raise BadInput that says why it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise BadInput(
            f"{name} {shown(folder)}: cannot be written ({error.strerror}); give another folder"
        ) from None
