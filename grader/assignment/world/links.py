"""Files in two places that need the room of one."""

import os
import shutil
from pathlib import Path


def link(source: str | Path, target: str | Path) -> None:
    """Link ``target`` to ``source``, or copy it where that is not possible."""
    try:
        os.link(source, target)
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(source, target)
