"""Runs as root beside a kernel of the `uid` tier: starts it as another user, ends all of that user.

    python -I -S keeper.py SETTINGS_FD FILTER_FD

A program of its own with the standard library only. It reads its settings as JSON, prints `ready`,
and stays until the kernel ends or its standard input closes, which also happens when the grader is
killed. Then it kills every process of the user, however it got away.
"""

import json
import os
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

NOBODY = 61112  # behind the pool, so no kernel's: nobody may signal the killer
_SECONDS = 15.0


def become(settings: dict[str, Any], program: bytes) -> None:
    """Turn this process into the kernel: another user, limits, no rights, fewer system calls."""
    import rights  # type: ignore[import-not-found]  # beside this program
    from landlock import restrict  # type: ignore[import-not-found]

    os.setsid()
    os.umask(0o077)
    rights.limit(settings["limits"])
    rights.become(settings["uid"])
    rights.forbid_new_rights()
    rights.die_with_parent()
    os.chdir(settings["folder"])
    restrict(settings["read"], settings["write"])
    rights.filter_calls(program)
    os.execve(settings["command"][0], settings["command"], settings["environment"])  # noqa: S606


def processes_of(uid: int) -> list[int]:
    """Every process of a user, zombies not counted."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                text = (folder / "status").read_text()
            except OSError:  # it has ended
                continue
            lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
            if lines["Uid"].split()[0] == str(uid) and not lines["State"].strip().startswith("Z"):
                found.append(int(folder.name))
    return found


def end_all(uid: int) -> bool:
    """Kill every process of a user, and go on until none is left; returns whether none is."""
    end = time.monotonic() + _SECONDS
    while processes_of(uid) and time.monotonic() < end:
        killer = os.fork()
        if killer == 0:
            # With this effective user, -1 means exactly that user's processes, all at once; the
            # real one is somebody whom that user may not signal.
            try:
                os.setgroups([])
                os.setresuid(NOBODY, uid, NOBODY)
                os.kill(-1, signal.SIGKILL)
            finally:
                os._exit(0)
        os.waitpid(killer, 0)
        time.sleep(0.02)
    return not processes_of(uid)


def main(settings_file: int, filter_file: int) -> None:
    """Start the kernel and wait; see the module."""
    sys.path.insert(0, str(Path(__file__).parent))  # -I leaves it out, and what lies beside it
    with open(settings_file) as file:
        settings = json.load(file)
    with open(filter_file, "rb") as file:
        program = file.read()
    failed, failed_inside = os.pipe()  # closes when the kernel's program starts
    kernel = os.fork()
    if kernel == 0:
        try:
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
            os.set_inheritable(failed_inside, False)
            become(settings, program)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent must know
            os.write(failed_inside, repr(error).encode()[:500])
        os._exit(1)
    os.close(failed_inside)
    said = os.read(failed, 500)
    print("failed " + said.decode() if said else "ready", flush=True)
    watched = select.poll()
    watched.register(os.pidfd_open(kernel), select.POLLIN)
    watched.register(0, select.POLLIN | select.POLLHUP)
    watched.poll()
    end_all(settings["uid"])
    os.waitpid(kernel, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
