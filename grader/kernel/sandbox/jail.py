"""One sandbox from its making to its end: folders, user, processes, watchdog.

`Jail.close()` leaves nothing behind: no process, no folder, no lease. What the notebook left in
/content and /io stays, since the caller owns those. The files there are the notebook's: open them
without following links and never write to a name that it could have taken first.
"""

import contextlib
import os
import resource
import select
import signal
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import replace
from pathlib import Path, PurePosixPath

from grader.kernel.sandbox import forks, usage
from grader.kernel.sandbox.cgroup import Cgroup
from grader.kernel.sandbox.cgroup import make as make_cgroup
from grader.kernel.sandbox.errors import SandboxError
from grader.kernel.sandbox.folders import remove_tree, walk
from grader.kernel.sandbox.interpreter import interpreter_links, interpreter_roots, search_paths
from grader.kernel.sandbox.launcher import Launched, launch, on_launcher_thread
from grader.kernel.sandbox.mounts import (
    USER,
    Bind,
    View,
    bubblewrap_arguments,
    inner_command,
    system_binds,
    writable_binds,
)
from grader.kernel.sandbox.seccomp import seccomp_filter
from grader.kernel.sandbox.settings import (
    COLAB,
    CONTENT,
    DATA,
    HOME,
    WEIGHTS,
    Limits,
    SandboxSettings,
    kernel_environment,
)
from grader.kernel.sandbox.uids import UidLease, lease_uid
from grader.kernel.sandbox.visibility import assert_hidden, covers_for, private_paths
from grader.kernel.sandbox.watchdog import Watchdog

_SHORT = "/tmp"  # noqa: S108 - a socket's path has 108 bytes, so not the user's TMPDIR
_SHORT_ENOUGH = 40  # characters
_END_SECONDS = 20.0


class Jail:
    """A sandbox for one kernel.

    Attributes:
        connection: host folder for the connection file and sockets, same path inside.
        sockets: host folder that is not there inside, for sockets that are moved out of reach.
    """

    def __init__(self, settings: SandboxSettings) -> None:
        """Make the folders and take a user; nothing runs yet.

        Raises:
            SandboxError: no user is free, or a folder is not readable for the sandbox's user.
        """
        self._settings = replace(settings, limits=_attainable(settings.limits))
        self._starting: Future[Launched] | None = None
        self._launched: Launched | None = None
        self._watchdog: Watchdog | None = None
        self._lease: UidLease | None = None
        self._group: Cgroup | None = None
        self._out_of_memory = False  # says the control group
        self._folder = Path(tempfile.mkdtemp(prefix="k-", dir=_short_folder()))
        self.connection, self.sockets = self._folder / "c", self._folder / "h"
        try:
            self.connection.mkdir(mode=0o700)
            self.sockets.mkdir(mode=0o700)
            if os.geteuid() == 0:
                self._lease = self._take_user()
                self._hand_over(settings)
            self._write_etc()
        except BaseException:
            self.close()
            raise

    def _take_user(self) -> UidLease:
        return lease_uid()

    @property
    def killed_for(self) -> str | None:
        """'memory', 'processes' or 'disk' if that is what ended the sandbox."""
        found = self._watchdog.killed_for if self._watchdog else None
        return found or self._killed_for_memory()

    def _killed_for_memory(self) -> str | None:
        if self._group and self._group.out_of_memory:
            self._out_of_memory = True
        return "memory" if self._out_of_memory else None

    def alive(self) -> bool:
        """Return whether the first process inside still runs."""
        return self._launched is not None and self._launched.process.poll() is None

    def start(self, command: Sequence[str]) -> "Future[Launched]":
        """Start a command inside; resolves once it runs and is watched, see `launcher.launch`.

        Raises:
            ExposedPathError: a mount would show something private.
        """
        uid = self._lease.uid if self._lease else None
        if uid is not None:
            for file in self.connection.iterdir():
                os.chown(file, uid, uid, follow_symlinks=False)
        limits, view = self._settings.limits, self._view()
        arguments = bubblewrap_arguments(view, limits, as_root=uid is not None)
        core_bytes = _attainable_limit(resource.RLIMIT_CORE, 1)
        zygote = forks.current(view.environment) if self._settings.device == "cpu" else None
        first = command if zygote is None else forks.PLACEHOLDER
        wrapped = inner_command(first, limits, uid=uid, core_bytes=core_bytes)
        bounds = limits.of_a_process(core_bytes)
        orders = forks.Orders(
            command, view.environment, str(CONTENT), bounds, uid, seccomp_filter()
        )
        self._starting = on_launcher_thread(
            lambda: self._launch(arguments, wrapped, zygote, orders)
        )
        return self._starting

    def _launch(
        self,
        arguments: Sequence[str],
        command: Sequence[str],
        zygote: forks.Zygote | None,
        orders: forks.Orders,
    ) -> Launched:
        self._group = make_cgroup(self._settings.limits)
        self._launched = launch(arguments, command, self._group)
        folders = (self._settings.scratch, self._settings.exchange, self.connection)
        with contextlib.suppress(FileNotFoundError):  # it has ended already
            limits = self._settings.limits
            self._watchdog = Watchdog(self._launched.init_pid, limits, folders, self.kill)
            self._watchdog.start()
        if zygote is not None:
            group = self._group.entrance if self._group else None
            try:
                zygote.fork(self._launched, replace(orders, group=group))
            except SandboxError:
                forks.stop()  # a fresh start may work
                raise
        return self._launched

    def kill(self) -> None:
        """End every process inside, whatever it does; returns at once."""
        if self._watchdog:
            self._watchdog.look()
        if self._launched:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._launched.init, signal.SIGKILL)

    def close(self) -> None:
        """End everything inside, wait for that, and remove all traces; safe to call twice.

        Raises:
            SandboxError: a process inside would not die.
        """
        if self._starting:
            wait([self._starting])
        self.kill()
        if self._watchdog:
            self._watchdog.stop()
        launched, self._launched = self._launched, None
        if launched:
            _wait_for_end(launched)
            usage.add(self._watchdog.cpu_seconds if self._watchdog else 0.0)
        self._killed_for_memory()
        group, self._group = self._group, None
        if group:
            group.remove()
        remove_tree(self._folder)
        if self._lease:
            self._lease.release()

    def _view(self) -> View:
        settings = self._settings
        binds, links = system_binds(interpreter_roots())
        binds += [Bind(file, PurePosixPath("/etc", file.name)) for file in self._etc()]
        binds += [
            Bind(settings.kernel_side.resolve(), COLAB),
            Bind(settings.data.resolve(), DATA),
            *writable_binds(settings.scratch, settings.exchange, self.connection),
        ]
        if settings.weights:
            binds.append(Bind(settings.weights.resolve(), WEIGHTS / settings.weights.name))
        private = private_paths(settings.denied)
        covers = covers_for(binds, private)
        assert_hidden(binds, covers, private)
        devices = _gpu_devices() if settings.device == "cuda" else []
        empty, links = self._folder / "empty", [*links, *interpreter_links()]
        return View(binds, covers, empty, links, devices, self._environment())

    def _environment(self) -> dict[str, str]:
        settings = self._settings
        environment = kernel_environment(settings, settings.inside_config(), HOME)
        return environment | search_paths(COLAB / "bin")

    def _etc(self) -> list[Path]:
        return [self._folder / name for name in ("passwd", "group", "hosts")]

    def _write_etc(self) -> None:
        """A machine with one user; its name says nothing."""
        uid = self._lease.uid if self._lease else USER
        passwd, group, hosts = self._etc()
        passwd.write_text(f"root:x:0:0::/:/bin/sh\nuser:x:{uid}:{uid}::/tmp:/bin/sh\n")
        group.write_text(f"root:x:0:\nuser:x:{uid}:\n")
        hosts.write_text("127.0.0.1 localhost\n::1 localhost\n")
        (self._folder / "empty").touch()
        for file in (passwd, group, hosts, self._folder / "empty"):
            file.chmod(0o644)  # whatever the umask

    def _hand_over(self, settings: SandboxSettings) -> None:
        """Give the sandbox's user what it may write, and check what it should read."""
        uid = self._lease.uid if self._lease else os.geteuid()
        for folder in (settings.scratch, settings.exchange, self.connection):
            os.chown(folder, uid, uid, follow_symlinks=False)
            if folder != self.connection:
                folder.chmod(0o755)  # the kernel before this one may have closed it
            for path, _ in walk([folder], strict=False):
                os.chown(path, uid, uid, follow_symlinks=False)
        for given in filter(None, (settings.kernel_side, settings.data, settings.weights)):
            needed = stat.S_IROTH | (stat.S_IXOTH if given.is_dir() else 0)
            if given.stat().st_mode & needed != needed:
                raise SandboxError(
                    f"{given} is not readable for other users: chmod -R o+rX {given}, or, if the "
                    "grader made it, run with umask 022"
                )


def _short_folder() -> str:
    """Return the folder for temporary files, unless the paths of sockets would be too long."""
    folder = tempfile.gettempdir()
    return folder if len(folder) <= _SHORT_ENOUGH else _SHORT


def _wait_for_end(launched: Launched) -> None:
    poll = select.poll()
    poll.register(launched.init, select.POLLIN)
    ended = poll.poll(_END_SECONDS * 1000)
    os.close(launched.init)
    if not ended:
        raise SandboxError(f"process {launched.init_pid} of the sandbox would not die; kill it")
    with contextlib.suppress(subprocess.TimeoutExpired):
        launched.process.wait(_END_SECONDS)


def _attainable(limits: Limits) -> Limits:
    """These limits, lowered to the grader's own where those are lower already."""
    kinds = {
        "memory_bytes": resource.RLIMIT_DATA,
        "processes": resource.RLIMIT_NPROC,
        "file_bytes": resource.RLIMIT_FSIZE,
        "cpu_seconds": resource.RLIMIT_CPU,
        "open_files": resource.RLIMIT_NOFILE,
    }
    lowered = {n: _attainable_limit(kind, getattr(limits, n)) for n, kind in kinds.items()}
    return replace(limits, **lowered)


def _attainable_limit(kind: int, wanted: int) -> int:
    hard = resource.getrlimit(kind)[1]
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def _gpu_devices() -> list[Path]:
    return sorted(Path("/dev").glob("nvidia*"))
