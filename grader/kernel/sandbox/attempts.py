"""Runs inside the probe's sandbox and tries to get out; the trusted side reads it as text only.

    python attempts.py SETTINGS ANSWER

A program of its own with the standard library only. Each promise of docs/security.md that can be
tried in a second has its attempt here; an attempt that succeeds is a promise that does not hold.
"""

import importlib.util
import json
import mmap
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MIB = 1 << 20
_BEATS = 400
NO_RIGHTS = "CapEff:\t0000000000000000"


def works(attempt: Callable[[], object]) -> bool:
    """Did the attempt succeed?"""
    try:
        attempt()
    except (OSError, MemoryError, ValueError):
        return False
    return True


def connects(family: int, address: Any) -> bool:
    """Does a connection come about?"""

    def attempt() -> None:
        with socket.socket(family, socket.SOCK_STREAM) as line:
            line.settimeout(3)
            line.connect(address)

    return works(attempt)


def sends(port: int) -> bool:
    """Can a datagram at least be sent? Whether it arrived, the trusted side sees."""

    def attempt() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.sendto(b"x", ("127.0.0.1", port))

    return works(attempt)


def started_past(limit: int) -> bool:
    """Can more processes be started than the limit allows?"""
    children: list[int] = []
    try:
        for _ in range(limit + 4):
            child = os.fork()
            if child == 0:
                time.sleep(30)
                os._exit(0)
            children.append(child)
    except OSError:
        return False
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return True


def nested() -> bool:
    """Can a user namespace be made, and with it mounts and all rights inside?"""
    done = subprocess.run(["unshare", "--user", "true"], capture_output=True, check=False)  # noqa: S607
    return done.returncode == 0


def others() -> list[str]:
    """Command lines of processes that are not ours."""
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208 - may be refused as a whole
        if name.isdigit() and Path(f"/proc/{name}").stat().st_uid != os.getuid():
            text = Path(f"/proc/{name}/cmdline").read_bytes()
            found += [text.decode(errors="replace")] * (b"bwrap" not in text and text != b"")
    return found


def sees_others() -> bool:
    """Can what other processes were started with be read?"""
    return works(others) and bool(others())


def leave_behind(path: str) -> None:
    """Start a process that would outlive everything; the trusted side looks for it."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for _ in range(_BEATS):  # not for ever: where nothing ends it, it ends by itself
                time.sleep(0.05)
                works(lambda: Path(path).write_text(str(os.getpid())))
        os._exit(0)


def attempts(given: dict[str, Any]) -> dict[str, Callable[[], bool]]:
    """Every attempt by the id of the promise that it would break; see `probe.PROMISES`."""
    port = given["port"]
    return {
        "file": lambda: works(Path(given["canary"]).read_text),
        "write": lambda: works(Path(sys.prefix, "canary").touch),
        "packages": lambda: any(works(Path(path).read_bytes) for path in given["private"]),
        "tcp": lambda: connects(socket.AF_INET, ("127.0.0.1", port)),
        "tcp6": lambda: connects(socket.AF_INET6, ("::1", port)),
        "udp": lambda: sends(port) and False,
        "abstract": lambda: connects(socket.AF_UNIX, f"\0{given['abstract']}"),
        "memory": lambda: works(lambda: bytearray(given["memory"] + 64 * MIB)),
        "private_map": lambda: works(lambda: mmap.mmap(-1, given["memory"] + 64 * MIB, 0x22)),
        "file_size": lambda: works(lambda: Path("large").write_bytes(bytes(given["file"] + 1))),
        "processes": lambda: started_past(given["processes"]),
        "others": sees_others,
        "namespace": nested,
        "rights": lambda: (
            works(lambda: os.setuid(0)) or "CapEff:\t0000000000000000" not in status()
        ),
        "core": lambda: resource.getrlimit(resource.RLIMIT_CORE)[1] > 1,
    }


def status() -> str:
    """What the system says of this process."""
    return Path("/proc/self/status").read_text()


def main(given: dict[str, Any], answer: str) -> None:
    """Try everything and write down what succeeded."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    broken = [name for name, attempt in attempts(given).items() if attempt()]
    packages = [name for name in ("ipykernel", "torch") if importlib.util.find_spec(name) is None]
    leave_behind(given["survivor"])
    end = time.monotonic() + 3
    while not Path(given["survivor"]).exists() and time.monotonic() < end:
        time.sleep(0.02)
    Path(answer).write_text(json.dumps({"broken": broken, "missing": packages}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2])
