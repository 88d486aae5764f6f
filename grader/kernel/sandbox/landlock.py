"""Landlock: a process gives up, for itself and all it starts, every file but those it names.

Used by the `uid` tier, where there are no namespaces. Standard library only, and by system call:
this file also runs in the process that becomes the kernel.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every machine
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15  # those that a file may have
_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}  # how many there are since that version
_NET = 3  # bind and connect over TCP, since version 4
_SCOPES = 3  # abstract sockets and signals of others, since version 6
_O_PATH = 0o10000000


def version() -> int:
    """Which version this kernel has; 0 where there is none."""
    return max(0, _call(_CREATE, None, 0, 1)) if sys.platform == "linux" else 0


def restrict(read: Iterable[str], write: Iterable[str]) -> int:
    """Give up everything but reading `read` and reading and writing `write`.

    The process must have set no_new_privs, or be privileged. Paths that are not there are left out.

    Returns:
        The version in force; 0 where there is no Landlock, and then nothing was given up.

    Raises:
        OSError: the kernel has Landlock and refused.
    """
    abi = version()
    if not abi:
        return 0
    rights = (1 << max(count for since, count in _RIGHTS.items() if since <= abi)) - 1
    handled = struct.pack("<QQQ", rights, _NET if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    rules = _checked(_call(_CREATE, ctypes.c_char_p(handled), size, 0))
    for paths, allowed in ((read, _READ), (write, rights)):
        for path in paths:
            _allow(rules, path, allowed & rights)
    _checked(_call(_RESTRICT, rules, 0))
    os.close(rules)
    return abi


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, _O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):  # noqa: PTH112 - runs before anything but this is imported
        rights &= _OF_FILES
    rule = struct.pack("<Qi", rights, place)
    _checked(_call(_ADD, rules, _PATH_BENEATH, ctypes.c_char_p(rule), 0))
    os.close(place)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    given = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return int(libc.syscall(ctypes.c_long(number), *given))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
