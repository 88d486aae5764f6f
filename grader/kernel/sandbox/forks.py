"""Kernels forked from a warm process (`zygote.py`) into sandboxes that bubblewrap has built.

bubblewrap makes the sandbox as ever and starts a placeholder in it, with the user, limits, rights
and system calls that a kernel gets. The zygote's child enters the placeholder's namespaces and
gives up the same. Before it may go on, the grader reads in /proc what the system says of both: a
single difference ends the sandbox. So nothing that is promised of a sandbox rests on the zygote.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.kernel.colab.kernel_side import MATPLOTLIBRC, PACKAGES
from grader.kernel.sandbox.errors import SandboxError
from grader.kernel.sandbox.folders import remove_tree
from grader.kernel.sandbox.interpreter import search_paths
from grader.kernel.sandbox.launcher import START_SECONDS, Launched
from grader.kernel.sandbox.settings import COLAB, HOME, library_environment
from grader.kernel.sandbox.watchdog import namespace_members
from grader.kernel.sandbox.zygote import GO, MESSAGE

PLACEHOLDER = ("sleep", "infinity")
SPACES = ("cgroup", "net", "ipc", "uts", "pid", "mnt", "user")  # in the order of entering
NS_GET_USERNS = 0xB701  # ioctl: which user namespace owns this one
# What the system says of a process that must be the same for a kernel and the placeholder.
SAME = (
    *("Umask", "Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"),
    *("NoNewPrivs", "Seccomp", "Seccomp_filters"),
)
STREAMS = (0, 1, 2)
_END_SECONDS = 10.0  # it hears of its end when it has imported what it imports
PROGRAM, PARTS = "launch.py", ("zygote.py", "rights.py")  # its name is all that a notebook sees
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Orders:
    """What a kernel is to become.

    Attributes:
        command: interpreter, program and its arguments, as seen inside.
        environment: all its variables.
        folder: where it starts.
        limits: by the names of `resource`.
        uid: its user; None to stay who the grader is.
        program: the assembled seccomp filter.
        group: the file through which a process joins the control group, or None.
    """

    command: Sequence[str]
    environment: Mapping[str, str]
    folder: str
    limits: Mapping[str, int]
    uid: int | None
    program: bytes
    group: Path | None = None

    def message(self) -> bytes:
        """Return what the zygote reads."""
        plain = {
            "command": list(self.command),
            "environment": dict(self.environment),
            "folder": self.folder,
            "limits": dict(self.limits),
            "uid": self.uid,
            "filter": self.program.hex(),
            "group": self.group is not None,
        }
        return json.dumps(plain).encode()


class Zygote:
    """The warm process, as those see it who may ask it for kernels."""

    def __init__(
        self,
        environment: Mapping[str, str],
        packages: Sequence[str] = (),
        beside: Sequence[Path] = (),
        here: Path = _HERE,
    ) -> None:
        """Start it; returns at once, while it imports.

        Args:
            environment: what kernels get, but for what a program reads after its start.
            packages: to import.
            beside: files that the packages want, for instance matplotlib's settings.
            here: the folder of its program.
        """
        self.environment, self._owner = dict(environment), os.getpid()
        self._folder = folder = Path(tempfile.mkdtemp(prefix="k-"))
        line, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            for part, name in zip(PARTS, (PROGRAM, PARTS[1]), strict=True):
                shutil.copyfile(here / part, folder / name)
            for path in beside:
                shutil.copyfile(path, folder / path.name)
            self.process = subprocess.Popen(  # noqa: S603 - a list, no shell
                [sys.executable, str(folder / PROGRAM), str(inside.fileno()), *packages],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=self.environment,
                cwd="/",
                pass_fds=(inside.fileno(),),
                start_new_session=True,
            )
        except BaseException:
            line.close()
            remove_tree(folder)
            raise
        finally:
            inside.close()
        self._line = line

    def serves(self, environment: Mapping[str, str]) -> bool:
        """Return whether a kernel with these variables would find its libraries as they are."""
        return all(environment.get(name) == value for name, value in self.environment.items())

    def close(self) -> None:
        """Ask it for nothing more; it ends when nobody is left who could."""
        self._line.close()
        if os.getpid() == self._owner:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_END_SECONDS)
            with contextlib.suppress(OSError):  # killed before it was warm, it has left its folder
                remove_tree(self._folder)

    def fork(self, launched: Launched, orders: Orders) -> None:
        """Start a kernel in a standing sandbox that holds the placeholder and nothing else.

        Raises:
            SandboxError: it did not come about, or is not contained as the placeholder is; the
                sandbox is to be closed.
        """
        try:
            placeholder = _placeholder(launched)
            with contextlib.closing(self._ask(launched, placeholder, orders)) as channel:
                _assert_contained(self._answer(channel), placeholder)
                channel.send(GO)
        except (OSError, ValueError, KeyError) as error:
            raise SandboxError(f"no kernel could be forked into the sandbox: {error}") from error

    def _ask(self, launched: Launched, placeholder: int, orders: Orders) -> socket.socket:
        channel, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with contextlib.ExitStack() as files:
            files.enter_context(inside)
            given = [inside.fileno(), launched.init]
            if orders.group is not None:
                given.append(os.open(orders.group, os.O_WRONLY))
                files.callback(os.close, given[-1])
            given += files.enter_context(_spaces(placeholder))
            socket.send_fds(self._line, [orders.message()], given)
        channel.settimeout(START_SECONDS)
        return channel

    def _answer(self, channel: socket.socket) -> int:
        """Return the kernel's process id once it has given everything up. Raises SandboxError."""
        said: dict[str, Any] = {}
        for _ in range(2):  # the kernel's own word, and that of the one who started it
            text = channel.recv(MESSAGE)
            if not text:
                raise SandboxError("no kernel could be forked into the sandbox: no answer")
            said |= json.loads(text)
            if "failed" in said:
                raise SandboxError(f"no kernel could be forked into the sandbox: {said['failed']}")
        return int(said["pid"])


def _placeholder(launched: Launched) -> int:
    """Return the host id of the command that bubblewrap started, beside its own first process."""
    namespace = os.readlink(f"/proc/{launched.init_pid}/ns/pid")  # noqa: PTH115 - not a path
    end = time.monotonic() + START_SECONDS
    while launched.process.poll() is None and time.monotonic() < end:
        others = [pid for pid in namespace_members(namespace) if pid != launched.init_pid]
        held = [pid for pid in others if _command(pid) == PLACEHOLDER[0]]
        if held:
            return held[0]
        time.sleep(0.005)  # between its word that all is set up and its last exec
    raise SandboxError("the sandbox ended before its kernel was there")


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


@contextlib.contextmanager
def _spaces(pid: int) -> Iterator[list[int]]:
    """Yield descriptors of the namespaces of a process that are not ours, in order of entering."""
    with contextlib.ExitStack() as files:
        found = {}
        for name in SPACES:
            path = f"/proc/{pid}/ns/{name}"
            if os.readlink(path) != os.readlink(f"/proc/self/ns/{name}"):  # noqa: PTH115
                found[name] = os.open(path, os.O_RDONLY)
                files.callback(os.close, found[name])
        order = list(found.values())
        if "user" in found:
            # bubblewrap's namespaces belong to one user namespace, and its command is in another
            # below that: rights in the first are needed to enter the others.
            owner = fcntl.ioctl(found["mnt"], NS_GET_USERNS)
            files.callback(os.close, owner)
            if os.fstat(owner).st_ino == os.fstat(found["user"]).st_ino:
                order.remove(found["user"])
            order.insert(0, owner)
        yield order


def _assert_contained(kernel: int, placeholder: int) -> None:
    """Raise SandboxError unless the system says the same of both."""
    ours, wanted = facts(kernel), facts(placeholder)
    wanted["open files"] = len(STREAMS) + 1  # and the line to us, which it closes when it goes on
    for name, value in wanted.items():
        if ours.get(name) != value:
            raise SandboxError(
                f"a forked kernel is not contained as it must be: {name} is {ours.get(name)!r}, "
                f"not {value!r}"
            )


def facts(pid: int) -> dict[str, object]:
    """Return what the system says of a process that tells how it is contained."""
    place = Path(f"/proc/{pid}")
    lines = (place / "status").read_text().splitlines()
    status = dict(line.split(":", 1) for line in lines)
    found: dict[str, object] = {name: status.get(name, "").split() for name in SAME}
    for name in SPACES:
        found[f"namespace {name}"] = os.readlink(place / "ns" / name)  # noqa: PTH115 - no path
    for name in ("limits", "cgroup", "oom_score_adj"):
        found[name] = (place / name).read_text()
    found["open files"] = len(os.listdir(place / "fd"))  # noqa: PTH208 - a number is wanted
    for name in ("root", "cwd"):
        seen = (place / name).stat()
        found[name] = (seen.st_dev, seen.st_ino)
    return found


_zygote: Zygote | None = None


def start(
    environment: Mapping[str, str], packages: Sequence[str] = (), beside: Sequence[Path] = ()
) -> None:
    """Start the zygote of this process and of those that are forked from it."""
    global _zygote
    stop()
    _zygote = Zygote(environment, packages, beside)


def environment_inside() -> dict[str, str]:
    """Return the variables that Python and its packages read when a kernel starts."""
    return library_environment(HOME) | search_paths(COLAB / "bin")


def warm_up() -> None:
    """Start a zygote for the kernels of a run in the stand-in Colab."""
    start(environment_inside(), PACKAGES, [MATPLOTLIBRC])


def stop() -> None:
    """Start kernels afresh from now on, in this process."""
    global _zygote
    if _zygote is not None:
        _zygote.close()
    _zygote = None


def started() -> bool:
    """Return whether kernels of this process are forked, as far as one can be."""
    return _zygote is not None


def current(environment: Mapping[str, str]) -> Zygote | None:
    """Return the zygote that can fork a kernel with these variables, if there is one."""
    return _zygote if _zygote is not None and _zygote.serves(environment) else None
