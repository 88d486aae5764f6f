"""Files handed in beside the notebook that it may import or read: few, small, and text.

They are laid into the notebook's folder in the sandbox, where the notebook itself could have
written them; here they are read as text and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from grader.basics.archives import odd

MODULES = (".py",)
DATA = (".csv", ".json", ".tsv", ".txt", ".yaml", ".yml")
MOST_FILES = 30
FILE_BYTES = 256 << 10
TOTAL_BYTES = 1 << 20
DEPTH = 4  # folders


def beside(contents: Mapping[str, bytes], notebook: str | None) -> dict[str, str]:
    """Return the files that lie beside a notebook or below it, by their paths from there.

    Modules come first where not all fit, the nearest before others. Nothing is taken where no
    module is: data alone is not what a notebook of this assignment reads.
    """
    if notebook is None:
        return {}
    folder = PurePosixPath(notebook).parent
    found: dict[str, str] = {}
    left = TOTAL_BYTES
    for name in sorted(contents, key=lambda n: (not n.endswith(MODULES), n.count("/"), n)):
        path, text = _below(folder, name), _text(contents[name])
        if path is None or text is None or len(contents[name]) > left or len(found) == MOST_FILES:
            continue
        if any(_clash(path, other) for other in found):
            continue
        left -= len(contents[name])
        found[path] = text
    return found if any(name.endswith(MODULES) for name in found) else {}


def _below(folder: PurePosixPath, name: str) -> str | None:
    path = PurePosixPath(name)
    if not name.lower().endswith((*MODULES, *DATA)) or not path.is_relative_to(folder):
        return None
    inside = path.relative_to(folder)
    hidden = any(part.startswith(".") for part in inside.parts)
    plain = str(inside).isprintable() and odd(str(inside)) is None
    return str(inside) if plain and not hidden and len(inside.parts) <= DEPTH else None


def _clash(one: str, other: str) -> bool:
    """Return whether one of two files would have to be a folder of the other."""
    return one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _text(data: bytes) -> str | None:
    if len(data) > FILE_BYTES:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
