"""What no notebook may reach, and how much memory the grader uses meanwhile."""

from __future__ import annotations

import contextlib
import resource
import socket
import threading
from pathlib import Path
from typing import Any


class Canaries:
    """What no notebook may reach: a file, a port (tcp, udp; IPv4, IPv6), an abstract socket."""

    def __init__(self, folder: Path) -> None:
        self.touched: list[str] = []
        self.file = folder / "canary.txt"
        self.file.write_text("canary")
        self.folder = folder
        self._sockets = [
            self._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        ]
        self.port = self._sockets[0].getsockname()[1]
        self.abstract = f"grader-canary-{self.port}"
        self._sockets += [
            self._listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", self.port)),
            self._listen(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{self.abstract}"),
        ]
        with contextlib.suppress(OSError):  # a machine without IPv6
            self._sockets.append(
                self._listen(socket.AF_INET6, socket.SOCK_STREAM, ("::1", self.port))
            )

    def _listen(self, family: int, kind: int, address: Any) -> socket.socket:
        server = socket.socket(family, kind)
        server.bind(address)
        if kind == socket.SOCK_STREAM:
            server.listen()
        server.setblocking(False)
        return server

    def close(self) -> None:
        """Note what was reached, and close."""
        for server in self._sockets:
            with contextlib.suppress(OSError):
                if server.type == socket.SOCK_STREAM:
                    server.accept()[0].close()
                else:
                    server.recv(100)
                self.touched.append(f"{server.family.name} {server.type.name}")
            server.close()
        if self.file.read_text() != "canary" or set(self.folder.iterdir()) != {self.file}:
            self.touched.append("the host's folder")

    def place(self, source: str) -> str:
        """Put the canaries' names into a cell."""
        values = {"FILE": str(self.file), "PORT": self.port, "SOCKET": self.abstract}
        for name, value in values.items():
            source = source.replace(f"CANARY_{name}", repr(value))
        return source


class Peak(threading.Thread):
    """Watches the memory of this process while an attack runs."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.mb = 0.0
        self._over = threading.Event()

    def run(self) -> None:
        """Look twenty times a second."""
        while not self._over.wait(0.05):
            self.mb = max(self.mb, resident_mb())

    def stop(self) -> float:
        """Return the highest figure."""
        self._over.set()
        self.join()
        return max(self.mb, resident_mb())


def resident_mb() -> float:
    """Return what this process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
