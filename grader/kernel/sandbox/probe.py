"""Does a tier hold on this machine? Runs a tiny sandbox and lets it try to get out."""

import contextlib
import functools
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.kernel.sandbox.errors import ExposedPathError, SandboxError, SandboxUnavailable
from grader.kernel.sandbox.folders import remove_tree
from grader.kernel.sandbox.promises import PROMISES, REQUIRED, Promise
from grader.kernel.sandbox.settings import COLAB, EXCHANGE, MIB, Limits, SandboxSettings

LIMITS = Limits(memory_bytes=768 * MIB, processes=48, file_bytes=MIB, tmp_bytes=16 * MIB)
_SECONDS = 60.0
_STILL_THERE = 0.25  # seconds in which a survivor would have shown itself
_ANSWER, _SURVIVOR = "answer.json", "survivor"
# What bubblewrap says, and what helps.
_REMEDIES = {
    ("uid map", "RTM_NEWADDR"): (
        "this system keeps user namespaces from programs without an AppArmor profile: add one for "
        "bwrap, or run `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`"
    ),
    ("namespace", "not permitted"): (
        "inside a container without the right to make namespaces? Grade outside it, in a virtual "
        "machine, or, as root in a container of your own, with --sandbox uid"
    ),
    ("nknown option",): "install bubblewrap 0.8 or newer",
    ("execvp",): "install util-linux, which has setpriv and prlimit",
}
_ATTEMPTS = Path(__file__).with_name("attempts.py")
_FILL = (
    "import mmap, time\nm = mmap.mmap(-1, {0})\n"
    "for _ in range({0} >> 20): m.write(bytes(1 << 20))\ntime.sleep(30)"
)


@dataclass(frozen=True)
class Examination:
    """What came of trying a tier.

    Attributes:
        tier: 'bubblewrap' or 'uid'.
        broken: promises that do not hold.
        unchecked: promises that could not be tried here.
        missing: Python packages that the kernel could not import.
        afresh: why kernels cannot be forked here; empty if they can, or if that was not tried.
    """

    tier: str
    broken: tuple[Promise, ...] = ()
    unchecked: tuple[Promise, ...] = ()
    missing: tuple[str, ...] = ()
    afresh: str = ""

    @property
    def refused(self) -> tuple[Promise, ...]:
        """Broken promises without which nothing is graded in this tier."""
        return tuple(promise for promise in self.broken if promise.id in REQUIRED[self.tier])


@functools.lru_cache(maxsize=4)
def probe(tier: str = "bubblewrap") -> None:
    """Try a tier once a process and check that it contains what it should.

    Raises:
        SandboxUnavailable: it does not run, or does not hold; one line says why and what to do.
    """
    found = examine(tier)
    if found.refused:
        could = ", ".join(promise.could for promise in found.refused)
        raise SandboxUnavailable(f"the sandbox does not hold: a program inside could {could}")
    if found.missing:
        raise SandboxUnavailable(
            f"the sandbox cannot read the Python packages {', '.join(found.missing)}; make "
            f"{sys.prefix} readable for other users: chmod -R o+rX {sys.prefix}"
        )


def examine(tier: str, *, thorough: bool = False) -> Examination:
    """Try every promise of a tier.

    Args:
        tier: 'bubblewrap' or 'uid'.
        thorough: also what takes seconds: whether the watchdog ends a sandbox, and everything once
            more in a process forked into one, as the kernels of a class are.

    Raises:
        SandboxUnavailable: the tier does not run here.
    """
    if sys.platform != "linux":
        raise SandboxUnavailable(
            f"bubblewrap needs Linux and this is {sys.platform}; grade in a Linux virtual machine, "
            "or use --sandbox none for a notebook of your own"
        )
    try:
        said = _try_to_escape(tier)
        forked, afresh = _try_forked() if thorough and tier == "bubblewrap" else (set(), "")
        unheld = set(said["broken"]) | forked
        unchecked = set() if socket.has_ipv6 and _has_loopback6() else {"tcp6"}
        if not thorough:
            unchecked.add("watchdog")
        elif not _watchdog_ends(tier):
            unheld.add("watchdog")
    except (SandboxUnavailable, ExposedPathError) as error:
        raise SandboxUnavailable(str(error)) from error
    except SandboxError as error:
        raise SandboxUnavailable(f"{error}; {_remedy(str(error))}") from error
    broken = tuple(promise for promise in PROMISES if promise.id in unheld)
    left = tuple(promise for promise in PROMISES if promise.id in unchecked - unheld)
    return Examination(tier, broken, left, tuple(said["missing"]), afresh)


def _try_forked() -> tuple[set[str], str]:
    """Return what a forked process could do, and why none could be forked."""
    from grader.kernel.sandbox import forks

    forks.start(forks.environment_inside())
    try:
        return set(_try_to_escape("bubblewrap")["broken"]), ""
    except SandboxError as error:
        return set(), str(error)
    finally:
        forks.stop()


def _try_to_escape(tier: str) -> dict[str, list[str]]:
    with _world() as settings, _canaries(settings.scratch.parent) as (given, reached):
        answer = settings.exchange / _ANSWER
        places, programs = _places(tier, settings)
        text = json.dumps({**given, "survivor": f"{places}/{_SURVIVOR}"})
        shutil.copyfile(_ATTEMPTS, settings.kernel_side / _ATTEMPTS.name)
        command = [sys.executable, f"{programs}/{_ATTEMPTS.name}", text, f"{places}/{_ANSWER}"]
        _run(tier, settings, command)
        if not answer.is_file() or answer.is_symlink():
            raise SandboxError(
                f"{sys.executable} did not run inside the sandbox; is it readable for other users?"
            )
        said: dict[str, list[str]] = json.loads(answer.read_text())
        (settings.exchange / _SURVIVOR).unlink(missing_ok=True)
        time.sleep(_STILL_THERE)
        said["broken"] += ["survivor"] * (settings.exchange / _SURVIVOR).exists()
        said["broken"] += ["udp"] * reached()
        return said


def _run(tier: str, settings: SandboxSettings, command: list[str]) -> str | None:
    """Run a command in a sandbox until it ends; returns what the watchdog killed it for."""
    jail = _jail(tier, settings)
    try:
        launched = jail.start(command).result()
        launched.process.wait(_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise SandboxError(f"the sandbox did not answer in {_SECONDS:g} s") from error
    finally:
        jail.close()
    killed_for: str | None = jail.killed_for
    return killed_for


def _jail(tier: str, settings: SandboxSettings) -> Any:
    if tier == "uid":
        from grader.kernel.sandbox.uiddrop import UidJail

        return UidJail(settings)
    from grader.kernel.sandbox.jail import Jail

    return Jail(settings)


def _places(tier: str, settings: SandboxSettings) -> tuple[str, str]:
    """Return where the exchange and the kernel's side are, as seen inside."""
    if tier == "uid":
        return str(settings.exchange.resolve()), str(settings.kernel_side.resolve())
    return str(EXCHANGE), str(COLAB)


def _watchdog_ends(tier: str) -> bool:
    limits = replace(LIMITS, memory_bytes=256 * MIB)
    with _world(limits) as settings:
        code = _FILL.format(400 * MIB)
        return _run(tier, settings, [sys.executable, "-I", "-c", code]) == "memory"


@contextlib.contextmanager
def _canaries(folder: Path) -> Iterator[tuple[dict[str, Any], Any]]:
    """What must stay out of reach, by name, and a function that says whether a datagram came."""
    canary = folder / "canary"
    canary.write_text("x")
    canary.chmod(0o644)  # whatever the umask: only the sandbox may keep its user from it
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = server.getsockname()[1]
        with contextlib.suppress(OSError):  # no IPv6, or the port is taken there
            stack.enter_context(socket.create_server(("::1", port), family=socket.AF_INET6))
        datagrams = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        datagrams.bind(("127.0.0.1", port))
        datagrams.setblocking(False)
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
        name = f"grader-canary-{os.getpid()}-{port}"
        abstract.bind(f"\0{name}")
        abstract.listen()

        def reached() -> bool:
            try:
                return bool(datagrams.recv(10))
            except OSError:
                return False

        given = {"canary": str(canary), "port": port, "abstract": name, "private": _private()}
        limits = {"memory": LIMITS.memory_bytes, "processes": LIMITS.processes}
        yield {**given, **limits, "file": LIMITS.file_bytes}, reached


def _private() -> list[str]:
    specs = [importlib.util.find_spec(name) for name in ("grader", "reference")]
    return [spec.origin for spec in specs if spec is not None and spec.origin]


def _has_loopback6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _world(limits: Limits = LIMITS) -> Iterator[SandboxSettings]:
    folder = Path(tempfile.mkdtemp(prefix="k-"))
    folder.chmod(0o755)  # only the sandbox may keep its user from the canary
    try:
        folders = [folder / name for name in ("scratch", "exchange", "kernel_side", "data")]
        for path in folders:
            path.mkdir(mode=0o755)
            path.chmod(0o755)  # whatever the umask
        scratch, exchange, kernel_side, data = folders
        yield SandboxSettings(scratch, exchange, kernel_side, data, limits=limits)
    finally:
        remove_tree(folder)


def _remedy(reason: str) -> str:
    for signs, remedy in _REMEDIES.items():
        if any(sign in reason for sign in signs):
            return remedy
    return "use --sandbox none only for a notebook of your own"
