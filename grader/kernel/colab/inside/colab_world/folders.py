"""The folders below `/content`: made when the notebook enters them, with the data laid in."""

from __future__ import annotations

import functools
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .config import Config
from .patches import replace

COLAB = "/content"
BESIDE = "beside"  # below the kernel's own folder
# The folder's name where a path begins: not in https://host/content, not in /contents.
_PREFIX = re.compile(r"(?<![\w./~-])/content(?=/|\Z|[\s'\"\\;&|)])")


def redirect(text: str, content: Path) -> str:
    """Return `text` with every path below `/content` moved below `content`.

    >>> redirect("cp x /content/csc413/a2", Path("/tmp/c"))
    'cp x /tmp/c/csc413/a2'
    >>> redirect("https://host/content/x /contents", Path("/tmp/c"))
    'https://host/content/x /contents'
    """
    if content.as_posix() == COLAB or COLAB not in text:
        return text
    return _PREFIX.sub(lambda _: content.as_posix(), text)


def install(config: Config) -> None:
    """Start in `config.content` and look after every change of the working folder."""
    content = config.content.resolve()

    def make(original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def chdir(path: Any) -> None:
            if not isinstance(path, int):
                path = redirect(os.fsdecode(path), config.content)
                folder = Path(path).resolve()
                below = folder == content or content in folder.parents
                if below and not folder.exists():
                    folder.mkdir(parents=True, exist_ok=True)
            original(path)
            here = Path.cwd().resolve()
            if here == content or content in here.parents:
                lay(config.data, here)
                lay_beside(config.colab / BESIDE, here)

        return chdir

    replace(os, "chdir", make)
    os.chdir(config.content)


def lay(data: Path, folder: Path) -> None:
    """Put every entry of `data` into `folder`, where it is not yet, as a link or as a copy.

    The subfolder `data` becomes a real one with links in it: notebooks write into it.
    Hidden entries stay where they are.
    """
    if not os.access(folder, os.W_OK):
        return
    for entry in _shown(data):
        place = folder / entry.name
        if entry.name == "data" and entry.is_dir():
            if not place.exists():
                place.mkdir()
            if place.is_dir() and os.access(place, os.W_OK):
                _put_all(entry, place)
        else:
            put(entry, place)


def lay_beside(beside: Path, folder: Path) -> None:
    """Copy what was handed in beside the notebook into `folder`, where it is not yet.

    Copies, which the notebook may write to: `%%writefile networks.py` writes its module anew.
    """
    if beside.is_dir() and os.access(folder, os.W_OK):
        for source in sorted(path for path in beside.rglob("*") if path.is_file()):
            place = folder / source.relative_to(beside)
            if not os.path.lexists(place):
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, place)


def _shown(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))


def _put_all(source: Path, folder: Path) -> None:
    for entry in _shown(source):
        put(entry, folder / entry.name)


def put(entry: Path, place: Path) -> None:
    """Link `place` to `entry`, or copy it where links are not possible; leave what is there."""
    if os.path.lexists(place):
        return
    try:
        place.symlink_to(entry.resolve(), target_is_directory=entry.is_dir())
    except OSError:  # such as on Windows without the right to make links
        if entry.is_dir():
            shutil.copytree(entry, place)
        else:
            shutil.copyfile(entry, place)
