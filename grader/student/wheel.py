"""Writes the students' wheel: chosen files of this installation, and some that are put in place.

A wheel is a zip with a list of digests. Written here, it needs neither a build tool nor a network
nor the source tree, and the same files give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
MODE = 0o100644 << 16
TAG = "py3-none-any"


@dataclass(frozen=True)
class Distribution:
    """What a wheel says of itself.

    Attributes:
        name: of the distribution.
        version: with a local part, so that it is told from the instructor's.
        python: which Pythons it needs.
        requires: other distributions, with their versions.
        scripts: commands, as "name = module:function".
        provisioners: likewise, how jupyter_client finds our kernels.
    """

    name: str
    version: str
    python: str
    requires: tuple[str, ...]
    scripts: tuple[str, ...]
    provisioners: tuple[str, ...]

    @property
    def stem(self) -> str:
        """Return what the file's name begins with."""
        return f"{self.name.replace('-', '_')}-{self.version}"

    @property
    def file_name(self) -> str:
        """Return the name of the wheel."""
        return f"{self.stem}-{TAG}.whl"

    def information(self) -> dict[str, bytes]:
        """Return the files of its .dist-info, but for the list of all files."""
        metadata = [
            "Metadata-Version: 2.1",
            f"Name: {self.name}",
            f"Version: {self.version}",
            "Summary: Public checks of CSC413/2516 Winter 2020, Programming Assignment 2",
            f"Requires-Python: {self.python}",
            *(f"Requires-Dist: {line}" for line in self.requires),
        ]
        wheel = ["Wheel-Version: 1.0", "Generator: grader", "Root-Is-Purelib: true", f"Tag: {TAG}"]
        points = ["[console_scripts]", *self.scripts, ""]
        points += ["[jupyter_client.kernel_provisioners]", *self.provisioners]
        texts = {"METADATA": metadata, "WHEEL": wheel, "entry_points.txt": points}
        return {
            f"{self.stem}.dist-info/{name}": ("\n".join(lines) + "\n").encode()
            for name, lines in texts.items()
        }


def build(distribution: Distribution, contents: Mapping[str, bytes]) -> bytes:
    """Return a wheel that holds `contents` by their paths in it."""
    every = {**contents, **distribution.information()}
    record = f"{distribution.stem}.dist-info/RECORD"
    lines = [_recorded(name, every[name]) for name in sorted(every)]
    every[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    return packed((name, every[name]) for name in sorted(every))


def _recorded(name: str, data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}"


def packed(contents: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip of named contents; equal contents give equal bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = MODE
            stored = Path(name).suffix == ".whl"
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return made.getvalue()
