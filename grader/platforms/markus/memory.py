"""What was sent already, so that an interrupted push goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from grader.basics import storage

PLACE = Path(".grader", "pushed.json")
FORMAT = 1


class Memory:
    """Digests of what a server has taken, by submission and file; written after each one."""

    def __init__(self, folder: Path, server: str) -> None:
        self._path = folder / PLACE
        self._server = server
        self._all = _read(self._path)

    def has(self, id_: str, name: str, data: bytes) -> bool:
        """Return whether the server took these very bytes."""
        return self._all.get(self._server, {}).get(f"{id_}/{name}") == _digest(data)

    def keep(self, id_: str, name: str, data: bytes) -> None:
        """Remember that the server took these bytes."""
        self._all.setdefault(self._server, {})[f"{id_}/{name}"] = _digest(data)
        whole = {"format": FORMAT, "sent": self._all}
        storage.write(self._path, (json.dumps(whole, indent=1) + "\n").encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(path: Path) -> dict[str, dict[str, str]]:
    """Return what was kept; a file that cannot be read is as good as none: all is sent again."""
    try:
        raw = json.loads(path.read_text("utf-8"))
        sent = raw["sent"] if raw["format"] == FORMAT else {}
        return {str(server): dict(digests) for server, digests in sent.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def named(sent: Mapping[str, bytes]) -> str:
    """Return what is sent, for a person.

    >>> named({"results": b"12", "report.html": b"x" * 2048})
    'results (1 kB), report.html (2 kB)'
    """
    return ", ".join(f"{name} ({-(-len(data) // 1024)} kB)" for name, data in sent.items())
