"""Google Drive: an empty folder."""

# ruff: noqa: ARG001 - the signatures are those of what this stands in for

from __future__ import annotations

import contextlib
from pathlib import Path


def mount(mountpoint: str, force_remount: bool = False, **options: object) -> None:
    """Make the folders that a mounted drive shows."""
    with contextlib.suppress(OSError):  # outside of /content nothing can be made
        mine = Path(mountpoint) / "My Drive"
        mine.mkdir(parents=True, exist_ok=True)
        if not (mine.parent / "MyDrive").exists():
            (mine.parent / "MyDrive").symlink_to(mine, target_is_directory=True)
    print(f"Mounted at {mountpoint}")


def flush_and_unmount(*args: object, **options: object) -> None:
    """Do nothing: the folder stays."""
