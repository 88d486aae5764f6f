"""A process that has imported what every kernel imports, and from which kernels are forked.

    python launch.py LINE_FD [PACKAGE ...]

A program of its own: standard library, `rights.py` beside it, and the packages, which it imports
and never uses. It runs outside the sandbox, sees no byte of a student's, and is never told what is
secret. For each message on its line it forks a child into a sandbox that bubblewrap has built and
that stands: the child enters the namespaces of the process that bubblewrap started there, gives up
all that that process has given up, and waits until the grader has compared the two. Only then does
it run the kernel's launcher. The line's end is this process's end.
"""

import contextlib
import functools
import gc
import importlib
import json
import os
import runpy
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any

GO = b"go"
MESSAGE = 1 << 17
MOST_FILES = 32
INLINE = "module://matplotlib_inline.backend_inline"  # what ipykernel asks matplotlib for


def preload(packages: list[str], folder: Path) -> None:
    """Import packages, and forget where this was done."""
    os.environ["HOME"] = str(folder)  # what they would keep there, they find nowhere else
    os.environ["MPLCONFIGDIR"] = str(folder)
    os.environ["MATPLOTLIBRC"] = str(folder / "matplotlibrc")
    os.environ["MPLBACKEND"] = INLINE
    for name in packages:
        importlib.import_module(name)
    if matplotlib := sys.modules.get("matplotlib"):
        for name in ("get_configdir", "get_cachedir"):  # they remember their first answer
            setattr(matplotlib, name, functools.cache(getattr(matplotlib, name).__wrapped__))
    gc.collect()
    gc.freeze()  # a collection in a child then leaves these pages shared


def serve(line: socket.socket) -> None:
    """Fork a kernel for each message, until the line ends."""
    seen = identities()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the minders
    while True:
        text, files, _, _ = socket.recv_fds(line, MESSAGE, MOST_FILES)
        if not text:
            return
        if os.fork() == 0:
            line.close()
            channel = socket.socket(fileno=files[0])
            try:
                mind({**json.loads(text), "seen": seen}, channel, files[1:])
            except BaseException as error:  # noqa: BLE001 - whatever it is, the grader must know
                channel.send(json.dumps({"failed": repr(error)[:500]}).encode())
            finally:
                os._exit(1)
        for file in files:
            os.close(file)


def mind(orders: dict[str, Any], channel: socket.socket, files: list[int]) -> None:
    """Start a kernel in a sandbox, wait for its end, and then end that sandbox."""
    import rights  # type: ignore[import-not-found]  # beside this program

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    init, group = files[0], files[1] if orders["group"] else None
    spaces = files[1:] if group is None else files[2:]
    for space in spaces:
        rights.call("setns", space, 0)
        os.close(space)
    kernel = os.fork()  # the first process that is in the sandbox's process namespace
    if kernel == 0:
        os.close(init)
        be_kernel(orders, channel, group)
    channel.send(json.dumps({"pid": kernel}).encode())
    channel.close()
    os.waitpid(kernel, 0)
    signal.pidfd_send_signal(init, signal.SIGKILL)
    os._exit(0)


def be_kernel(orders: dict[str, Any], channel: socket.socket, group: int | None) -> None:
    """Give everything up, wait for the word, run the launcher; never returns."""
    if group is not None:
        os.write(group, b"0")
    give_up(orders)
    forget_the_hidden(orders["seen"])
    keep_only(channel)
    channel.send(b"{}")
    if channel.recv(len(GO)) != GO:
        os._exit(1)
    channel.close()
    try:
        run(orders)
    finally:
        os._exit(0)


def origin(module: Any) -> str | None:
    """Return the file that a module was imported from; built-in ones have a word in its place."""
    return getattr(getattr(module, "__spec__", None), "origin", None)


def identities() -> dict[str, tuple[int, int]]:
    """Return which file or folder each entry of the path and each module's origin is."""
    found = {}
    for path in (*sys.path, *filter(None, map(origin, sys.modules.values()))):
        with contextlib.suppress(OSError):
            status = os.stat(path)  # noqa: PTH116 - thousands
            found[path] = (status.st_dev, status.st_ino)
    return found


def forget_the_hidden(seen: dict[str, tuple[int, int]]) -> None:
    """Drop what was imported from files that the sandbox does not show, as if it never had been.

    Such as the finder of a package that was installed to be edited, which knows where the grader
    lies; nothing of it is on the path of an interpreter that starts inside.
    """
    now = identities()
    shown = {path for path, identity in now.items() if seen.get(path) == identity}
    for name, module in list(sys.modules.items()):
        if (origin(module) or "").startswith("/") and origin(module) not in shown:
            del sys.modules[name]
    for finders in (sys.meta_path, sys.path_hooks):
        for finder in [*finders]:
            if origin_module(finder) not in sys.modules:
                finders.remove(finder)
    hidden = seen.keys() - shown
    sys.path[:] = [entry for entry in sys.path if entry.startswith("/") and entry not in hidden]
    sys.path_importer_cache.clear()
    importlib.invalidate_caches()


def origin_module(finder: Any) -> str:
    """Return the name of the module that a finder, or a hook that makes finders, comes from."""
    owner = getattr(finder, "__self__", finder)  # of a bound method
    return str(getattr(owner, "__module__", None) or type(owner).__module__)


def keep_only(channel: socket.socket) -> None:
    """Close every file but the three streams and the line to the grader."""
    most, kept = os.sysconf("SC_OPEN_MAX"), channel.fileno()
    os.closerange(3, kept)
    os.closerange(kept + 1, max(most, kept + 1))


def give_up(orders: dict[str, Any]) -> None:
    """Become what bubblewrap's own command has become inside; see `mounts.inner_command`."""
    import rights

    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)  # the sandbox's
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    os.chdir(orders["folder"])
    Path("/proc/self/oom_score_adj").write_text("1000")
    rights.limit(orders["limits"])
    rights.bound_capabilities()
    if orders["uid"] is not None:
        rights.become(orders["uid"])
    rights.clear_capabilities()
    rights.forbid_new_rights()
    rights.be_readable()
    rights.filter_calls(bytes.fromhex(orders["filter"]))


def run(orders: dict[str, Any]) -> None:
    """Run a Python program as if this interpreter had just been started for it."""
    command = orders["command"]
    os.environ.clear()
    os.environ.update(orders["environment"])
    sys.argv, sys.orig_argv = command[1:], list(command)
    sys.path.insert(0, os.path.dirname(command[1]))  # noqa: PTH120 - a string is wanted
    runpy.run_path(command[1], run_name="__main__")


def main(line: int, packages: list[str]) -> None:
    """Import, then serve; see the module."""
    folder = Path(sys.path.pop(0))  # of this program: private, and gone before any kernel is there
    connected = socket.socket(fileno=line)
    try:
        sys.path.insert(0, str(folder))
        importlib.import_module("rights")
        del sys.path[0]
        preload(packages, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    serve(connected)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
