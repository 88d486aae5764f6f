"""The `uid` tier: inside a container that cannot hold another sandbox, a kernel as another user.

For Gradescope and CI, where bubblewrap may not make namespaces and the grader is root. A user id
of its own for each kernel, no way back (no_new_privs), limits, a seccomp filter without the
network, Landlock where the system has it; `keeper.py` ends all that the user started. It is never
chosen unless asked for: what it does not give is said by `grader doctor --sandbox uid`.
"""

import json
import os
import select
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from grader.kernel.sandbox.bubblewrap import BubblewrapProvisioner
from grader.kernel.sandbox.errors import SandboxError, SandboxUnavailable
from grader.kernel.sandbox.interpreter import extra_package_folders, interpreter_roots, search_paths
from grader.kernel.sandbox.jail import Jail
from grader.kernel.sandbox.keeper import processes_of
from grader.kernel.sandbox.launcher import START_SECONDS, Launched, memory_file, on_launcher_thread
from grader.kernel.sandbox.reach import (
    assert_unreadable,
    closed_parent,
    reachable,
    remove_leftovers,
)
from grader.kernel.sandbox.seccomp import UNIX_ONLY, seccomp_filter
from grader.kernel.sandbox.settings import SandboxSettings, kernel_environment
from grader.kernel.sandbox.uids import UidLease, lease_uid
from grader.kernel.sandbox.watchdog import Watchdog

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
FACTS = (
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/alternatives", "/etc/passwd"),
    *("/etc/group", "/etc/hosts", "/etc/nsswitch.conf", "/etc/mime.types", "/dev/urandom"),
    *("/dev/random", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys"),
    "/sys/devices/system/cpu",
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/shm", "/dev/ptmx", "/dev/pts")  # noqa: S108
_KEEPER = Path(__file__).with_name("keeper.py")


def check() -> None:
    """Can this tier work here at all? Raises SandboxUnavailable, one line, if not."""
    if sys.platform != "linux":
        raise SandboxUnavailable(f"--sandbox uid needs Linux and this is {sys.platform}")
    if os.geteuid() != 0:
        raise SandboxUnavailable(
            "--sandbox uid needs root, to run each notebook as a user of its own; use bubblewrap"
        )
    for place in [*interpreter_roots(), *extra_package_folders()]:
        if not reachable(place):
            raise SandboxUnavailable(
                f"--sandbox uid: other users cannot read {place}, where this Python lies; "
                f"chmod o+x {closed_parent(place)} in a container of your own"
            )


class UidJail(Jail):
    """A kernel's folders, user, processes and watchdog in the `uid` tier."""

    def __init__(self, settings: SandboxSettings) -> None:
        """Make the folders and take a user; nothing runs yet.

        Raises:
            SandboxError: no user is free, or a folder cannot be reached by the kernel's user.
            ExposedPathError: that user could read what it must not.
        """
        check()
        super().__init__(settings)
        self._alive_while_open: int | None = None
        try:
            self._open_ways()
            self.home = self._folder / "home"
            self.home.mkdir(mode=0o700)
            os.chown(self.home, self.uid, self.uid)
            assert_unreadable(self._readable(), settings.denied)
        except BaseException:
            self.close()
            raise

    def _take_user(self) -> UidLease:
        """Take a user that has no process: at the end every process of it is killed."""
        passed = []
        try:
            while processes_of((lease := lease_uid()).uid):
                passed.append(lease)
            return lease
        finally:
            for other in passed:
                other.release()

    @property
    def uid(self) -> int:
        """The user that the kernel is."""
        if self._lease is None:
            raise SandboxError("--sandbox uid needs root")
        return self._lease.uid

    def start(self, command: Sequence[str]) -> "Future[Launched]":
        """Start a command as the user; resolves once it runs and is watched."""
        for file in self.connection.iterdir():
            os.chown(file, self.uid, self.uid, follow_symlinks=False)
        self._starting = on_launcher_thread(lambda: self._launch_as_user(command))
        return self._starting

    def _launch_as_user(self, command: Sequence[str]) -> Launched:
        descriptors = [
            memory_file(json.dumps(self._orders(command)).encode()),
            memory_file(seccomp_filter(families=UNIX_ONLY)),
        ]
        alive, self._alive_while_open = os.pipe()
        try:
            keeper = subprocess.Popen(  # noqa: S603 - a list, no shell
                [sys.executable, "-I", "-S", str(_KEEPER), *map(str, descriptors)],
                stdin=alive,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={"PATH": "/usr/bin:/bin"},
                cwd="/",
                pass_fds=tuple(descriptors),
                start_new_session=True,
            )
        finally:
            for descriptor in (alive, *descriptors):
                os.close(descriptor)
        self._launched = Launched(keeper, keeper.pid, os.pidfd_open(keeper.pid))
        _wait_until_ready(keeper)
        folders = (self._settings.scratch, self._settings.exchange, self.connection, self.home)
        uid = self.uid  # also while the jail closes, when it has given its user back
        self._watchdog = Watchdog(
            keeper.pid,
            self._settings.limits,
            folders,
            self.kill,
            members=lambda: processes_of(uid),
        )
        self._watchdog.start()
        return self._launched

    def kill(self) -> None:
        """Let the keeper end every process of the user; returns at once."""
        if self._watchdog:
            self._watchdog.look()
        pipe, self._alive_while_open = self._alive_while_open, None
        if pipe is not None:
            os.close(pipe)

    def close(self) -> None:
        """End everything of the user's, wait for that, and remove all traces.

        Raises:
            SandboxError: a process would not die.
        """
        uid = self._lease.uid if self._lease else None
        lease, self._lease = self._lease, None  # not given back before the user is gone
        try:
            super().close()
            if uid is not None and (left := processes_of(uid)):
                raise SandboxError(f"processes {left} of user {uid} would not die; kill them")
        finally:
            if uid is not None:
                remove_leftovers(uid)
            if lease:
                lease.release()

    def _orders(self, command: Sequence[str]) -> dict[str, object]:
        writable = [self._settings.scratch, self._settings.exchange, self.connection, self.home]
        return {
            "uid": self.uid,
            "folder": str(self._settings.scratch.resolve()),
            "command": list(command),
            "environment": self._surroundings(),
            "limits": self._settings.limits.of_a_process(core_bytes=0),
            "read": [*map(str, self._readable())],
            "write": [*(str(folder.resolve()) for folder in writable), *DEVICES],
        }

    def _readable(self) -> list[Path]:
        settings = self._settings
        given = [settings.kernel_side, settings.data, *filter(None, [settings.weights])]
        roots = [*map(Path, SYSTEM), *interpreter_roots(), *(path.resolve() for path in given)]
        return [*roots, *(Path(fact) for fact in FACTS)]

    def _surroundings(self) -> dict[str, str]:
        settings, home = self._settings, str(self.home)
        environment = kernel_environment(settings, settings.host_config(), home)
        environment |= {"TMPDIR": home, "MPLCONFIGDIR": home}
        environment |= search_paths(settings.kernel_side.resolve() / "bin")
        return environment

    def _open_ways(self) -> None:
        """Let the user pass through folders of ours on the way to its own, without listing them."""
        self._folder.chmod(0o711)
        settings = self._settings
        if not reachable(settings.data):
            self._settings = replace(settings, data=_linked(settings.data, self._folder / "data"))
        for own in (settings.scratch, settings.exchange):
            own.chmod(0o755)  # the kernel before this one may have closed them
        temporary = (Path(tempfile.gettempdir()).resolve(), Path("/tmp"))  # noqa: S108
        for given in (settings.scratch, settings.exchange, settings.kernel_side):
            for parent in given.resolve().parents:
                mode = parent.stat().st_mode
                within = any(parent.is_relative_to(folder) for folder in temporary)
                if within and not mode & stat.S_IXOTH:
                    parent.chmod(mode | stat.S_IXGRP | stat.S_IXOTH)
            if not reachable(given):
                raise SandboxError(f"other users cannot reach {given}; use a TMPDIR that they can")


class UidProvisioner(BubblewrapProvisioner):
    """Runs a kernel as a user of its own and talks to it through Unix sockets."""

    jail_class = UidJail


def _linked(source: Path, target: Path) -> Path:
    def link(a: str, b: str) -> None:
        try:
            os.link(a, b)
        except OSError:  # another file system
            shutil.copyfile(a, b)

    shutil.copytree(source, target, copy_function=link)
    target.chmod(0o755)
    return target


def _wait_until_ready(keeper: "subprocess.Popen[bytes]") -> None:
    if keeper.stdout is None:
        raise TypeError("the keeper was started without a pipe for its first words")
    with keeper.stdout as pipe:
        if not select.select([pipe], [], [], START_SECONDS)[0]:
            raise SandboxError(f"the kernel's user was not ready after {START_SECONDS:g} s")
        said = pipe.readline(2000).decode(errors="replace").strip()
    if said != "ready":
        raise SandboxError(f"the kernel could not become another user: {said or 'nothing said'}")
