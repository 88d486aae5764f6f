"""Starts bubblewrap and waits until the sandbox stands.

bubblewrap's `--die-with-parent` follows the THREAD that started it. So every sandbox is started by
one thread that lives as long as this process: a kernel survives the thread that asked for it, and
nothing survives the grader.
"""

import contextlib
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from grader.kernel.sandbox.cgroup import Cgroup
from grader.kernel.sandbox.errors import SandboxError, SandboxUnavailable
from grader.kernel.sandbox.seccomp import seccomp_filter

START_SECONDS = 60.0
_READY = b"ready\n"
_launchers: dict[int, ThreadPoolExecutor] = {}  # one a process, as threads do not survive a fork


@dataclass(frozen=True)
class Launched:
    """A standing sandbox.

    Attributes:
        process: bubblewrap itself, outside.
        init_pid: host id of the first process inside; when it ends, all inside have ended.
        init: a file descriptor for that process, which cannot come to mean another one.
    """

    process: "subprocess.Popen[bytes]"
    init_pid: int
    init: int


def on_launcher_thread(function: Callable[[], Launched]) -> "Future[Launched]":
    """Run a function that starts a sandbox on the one thread that may."""
    pid = os.getpid()
    if pid not in _launchers:
        _launchers[pid] = ThreadPoolExecutor(1, thread_name_prefix="sandbox-launcher")
    return _launchers[pid].submit(function)


def find_bubblewrap() -> str:
    """Path of the program.

    Raises:
        SandboxUnavailable: it is not installed.
    """
    path = shutil.which("bwrap")
    if path is None:
        raise SandboxUnavailable(
            "bubblewrap is not installed (no `bwrap` on PATH); install it with your package "
            "manager; as root in a container of your own --sandbox uid works without it, and "
            "--sandbox none is for a notebook of your own"
        )
    return path


def launch(
    arguments: Sequence[str], command: Sequence[str], group: Cgroup | None = None
) -> Launched:
    """Start a sandbox and wait until it stands; for the launcher thread only.

    Args:
        arguments: bubblewrap's, see `mounts.bubblewrap_arguments`.
        command: see `mounts.inner_command`; it must print `ready` once all is set up.
        group: a control group for all of it.

    Raises:
        SandboxUnavailable: there is no bubblewrap.
        SandboxError: it could not set the sandbox up; has its own words.
    """
    with contextlib.ExitStack() as files:
        info, info_inside = os.pipe()
        files.callback(os.close, info)
        with contextlib.ExitStack() as inherited:
            inherited.callback(os.close, info_inside)
            # Arguments by file: a command line is readable to all, inside and outside.
            options = {
                "--args": memory_file(b"".join(os.fsencode(a) + b"\0" for a in arguments)),
                "--seccomp": memory_file(seccomp_filter()),
            }
            for descriptor in options.values():
                inherited.callback(os.close, descriptor)
            process = _start({**options, "--info-fd": info_inside}, command, group)
        try:
            _wait_until_ready(process)
            init_pid = int(json.loads(os.read(info, 65536))["child-pid"])
            return Launched(process, init_pid, os.pidfd_open(init_pid))
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            if process.stdout:
                process.stdout.close()


def _start(
    files: dict[str, int], command: Sequence[str], group: Cgroup | None
) -> "subprocess.Popen[bytes]":
    options = [part for name, file in files.items() for part in (name, str(file))]
    whole = [find_bubblewrap(), *options, "--", *command]
    return subprocess.Popen(  # noqa: S603 - a list, no shell
        whole if group is None else group.joined(whole),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin"},
        cwd="/",
        pass_fds=tuple(files.values()),
        start_new_session=True,
    )


def _wait_until_ready(process: "subprocess.Popen[bytes]") -> None:
    if process.stdout is None:
        raise TypeError("the sandbox was started without a pipe for its first words")
    said = b""
    end = time.monotonic() + START_SECONDS
    while not said.endswith(_READY):
        if not select.select([process.stdout], [], [], max(0.0, end - time.monotonic()))[0]:
            raise SandboxError(f"the sandbox was not ready after {START_SECONDS:g} s")
        chunk = os.read(process.stdout.fileno(), 4096)
        if not chunk:
            printable = (c if c.isprintable() else " " for c in said.decode(errors="replace"))
            reason = " ".join("".join(printable).split())[:500]
            raise SandboxError(f"the sandbox could not be set up: {reason or 'it said nothing'}")
        said += chunk


def memory_file(content: bytes) -> int:
    """Return a descriptor of an anonymous file with this content."""
    descriptor = os.memfd_create("sandbox")
    with open(descriptor, "wb", closefd=False) as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
