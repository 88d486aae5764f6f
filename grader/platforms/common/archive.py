"""Zips and folders with programs in them: a script stays executable, equal files, equal bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from grader.basics import storage
from grader.basics.exits import BadInput, shown

EPOCH = (1980, 1, 1, 0, 0, 0)
PLAIN, PROGRAM = 0o644, 0o755


def mode(data: bytes) -> int:
    """Return the rights of a file: programs begin with #!."""
    return PROGRAM if data.startswith(b"#!") else PLAIN


def zipped(contents: Mapping[str, bytes]) -> bytes:
    """Return a zip of files by name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix: else the rights are not looked at
            entry.external_attr = (0o100000 | mode(contents[name])) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, contents[name])
    return made.getvalue()


def put(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files into a folder. Raises BadInput if that cannot be."""
    for name, data in contents.items():
        put_file(folder / name, data)


def put_file(path: Path, data: bytes) -> None:
    """Write one file. Raises BadInput if that cannot be."""
    try:
        storage.write(path, data, mode(data))
    except OSError as error:
        raise BadInput(
            f"--out {shown(path)}: cannot be written ({error.strerror}); give another place"
        ) from None


def named(path: Path) -> None:
    """Raise BadInput for a folder where a file is to be written."""
    if path.is_dir():
        raise BadInput(f"--out {shown(path)}: a folder; give the name of a file")


def put_named(path: Path, data: bytes) -> None:
    """Write the one file of a package and say how large it is. Raises BadInput."""
    put_file(path, data)
    print(f"{shown(path)}: {-(-len(data) // 1024)} kB")
