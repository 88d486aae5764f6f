"""What a process that is to run student code gives up, from inside it: user, limits, rights, calls.

Standard library only, and no import of the package: `keeper.py` and `zygote.py` are programs of
their own, which find it beside them.
"""

import ctypes
import os
import resource
import signal
from collections.abc import Mapping
from typing import Any

NO_NEW_PRIVS, SECCOMP, FILTER_MODE, DEATH_SIGNAL = 38, 22, 2, 1
DUMPABLE, DROP_FROM_BOUNDING_SET = 4, 24
CAPABILITIES_3 = 0x20080522  # _LINUX_CAPABILITY_VERSION_3
MOST_CAPABILITIES = 64


class Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = [("count", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


class Header(ctypes.Structure):
    """struct __user_cap_header_struct."""

    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def call(name: str, *arguments: Any) -> None:
    """Call a function of the C library that returns 0, or raise OSError."""
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def prctl(*arguments: Any) -> None:
    """Call prctl, or raise OSError."""
    given = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    call("prctl", *given, *[ctypes.c_ulong(0)] * (5 - len(given)))


def limit(limits: Mapping[str, int]) -> None:
    """Bound this process; `limits` by the names of `resource`, such as 'RLIMIT_DATA'."""
    for name, value in limits.items():
        resource.setrlimit(getattr(resource, name), (value, value))


def become(uid: int) -> None:
    """Be another user, with no group but its own. Needs root, and there is no way back."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def bound_capabilities() -> None:
    """Let no program get capabilities again; before a change of user, which needs the right."""
    for number in range(MOST_CAPABILITIES):
        try:
            prctl(DROP_FROM_BOUNDING_SET, number)
        except OSError:  # this system has no further ones
            break


def clear_capabilities() -> None:
    """Give up what this process holds just now."""
    nothing = (ctypes.c_uint32 * 6)()
    call("capset", ctypes.byref(Header(CAPABILITIES_3, 0)), nothing)


def forbid_new_rights() -> None:
    """Let no program that this process starts give it rights."""
    prctl(NO_NEW_PRIVS, 1)


def die_with_parent() -> None:
    """End when the process that started this one does."""
    prctl(DEATH_SIGNAL, int(signal.SIGKILL))


def be_readable() -> None:
    """Let a process that changed its user be looked at by that user, as after an exec."""
    prctl(DUMPABLE, 1)


def filter_calls(program: bytes) -> None:
    """Load an assembled seccomp filter, see `seccomp.py`; after `forbid_new_rights`."""
    filled = ctypes.create_string_buffer(program, len(program))
    rules = Program(len(program) // 8, ctypes.cast(filled, ctypes.c_char_p))
    prctl(SECCOMP, FILTER_MODE, ctypes.byref(rules))
