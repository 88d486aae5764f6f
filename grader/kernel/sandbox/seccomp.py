"""The system calls that a sandboxed process may not make, as a seccomp filter in BPF.

bubblewrap loads the filter through `--seccomp FD`. Its namespaces already hide files, processes
and the network; the filter takes away what could widen them again (a nested user namespace, a
mount), what reads another process, what reserves memory that the watchdog cannot see, and large
parts of the kernel that no notebook needs. It is a list of refusals, not of permissions: an unknown
call of tomorrow's libc still works. Assembled by hand: no compiler and no library are needed.
"""

import errno
import platform
import struct
import sys
from collections.abc import Iterator

from grader.kernel.sandbox.errors import SandboxUnavailable

# Name: (number on x86_64, number on aarch64); None where the call does not exist.
Numbers = tuple[int | None, int | None]

REFUSED: dict[str, Numbers] = {
    # Namespaces and mounts: would undo the sandbox's own.
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    # Other processes.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    # Keyrings are not in any namespace.
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # Wide parts of the kernel with a long history of holes.
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "fanotify_init": (300, 262),
    "lookup_dcookie": (212, 18),
    "nfsservctl": (180, 42),
    "modify_ldt": (154, None),
    "uselib": (134, None),
    # The machine.
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "acct": (163, 89),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "iopl": (172, None),
    "ioperm": (173, None),
}

# These look absent (ENOSYS), so that callers take their other road.
ABSENT: dict[str, Numbers] = {
    "clone3": (435, 435),  # its flags lie in memory, where a filter cannot look; libc uses clone
    # Memory that belongs to no process: neither a limit nor the watchdog would see it.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "io_setup": (206, 0),  # rings in the kernel, one after another
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
}

CLONE: Numbers = (56, 220)
SOCKET: Numbers = (41, 198)
IOCTL: Numbers = (16, 29)

# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. (CLONE_NEWTIME needs clone3.)
NAMESPACE_FLAGS = 0x7E020000
ALLOWED_FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK; so no AF_VSOCK, AF_ALG
UNIX_ONLY = (1,)  # where no namespace keeps the network away
REFUSED_IOCTLS = (0x5412, 0x541C)  # TIOCSTI and TIOCLINUX type into a terminal

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_*
X32_BIT = 0x40000000

_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER, _MACHINE = 0, 4  # offsets in struct seccomp_data

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand


def seccomp_filter(
    machine: str | None = None, families: tuple[int, ...] = ALLOWED_FAMILIES
) -> bytes:
    """The assembled filter, ready for `bwrap --seccomp` or prctl.

    Args:
        machine: as `platform.machine()` names it; this machine by default.
        families: of sockets that may be made.

    Raises:
        SandboxUnavailable: there is no table for this machine.
    """
    machine = machine or platform.machine()
    if machine not in MACHINES or sys.byteorder != "little":
        known = " or ".join(MACHINES)
        raise SandboxUnavailable(f"no seccomp filter for {machine!r}; the sandbox needs {known}")
    return b"".join(struct.pack("<HBBI", *step) for step in _program(machine, families))


def _program(machine: str, families: tuple[int, ...]) -> Iterator[Instruction]:
    column = list(MACHINES).index(machine)
    yield (_LOAD, 0, 0, _MACHINE)
    yield from _return_if(_JUMP_EQUAL, MACHINES[machine], errno.ENOSYS, negate=True)
    yield (_LOAD, 0, 0, _NUMBER)
    if machine == "x86_64":
        yield from _return_if(_JUMP_GREATER_EQUAL, X32_BIT, errno.ENOSYS)
    for table, error in ((REFUSED, errno.EPERM), (ABSENT, errno.ENOSYS)):
        for numbers in table.values():
            number = numbers[column]
            if number is not None:
                yield from _return_if(_JUMP_EQUAL, number, error)
    yield from _when(CLONE[column], 0, _return_if(_JUMP_SET, NAMESPACE_FLAGS, errno.EPERM))
    yield from _when(SOCKET[column], 0, _families(families))
    yield from _when(IOCTL[column], 1, _ioctls())
    yield (_RETURN, 0, 0, _ALLOW)


def _families(allowed: tuple[int, ...]) -> Iterator[Instruction]:
    for family in allowed:
        yield (_JUMP_EQUAL, 0, 1, family)
        yield (_RETURN, 0, 0, _ALLOW)
    yield (_RETURN, 0, 0, _ERRNO | errno.EAFNOSUPPORT)


def _ioctls() -> Iterator[Instruction]:
    for command in REFUSED_IOCTLS:
        yield from _return_if(_JUMP_EQUAL, command, errno.EPERM)


def _return_if(
    jump: int, operand: int, error: int, *, negate: bool = False
) -> Iterator[Instruction]:
    """Two steps: fail with `error` if the jump's condition holds (or, negated, does not)."""
    yield (jump, 1, 0, operand) if negate else (jump, 0, 1, operand)
    yield (_RETURN, 0, 0, _ERRNO | error)


def _when(number: int | None, argument: int, body: Iterator[Instruction]) -> Iterator[Instruction]:
    """For one call: load the low half of an argument, run `body`, else allow.

    The kernel reads these three arguments as 32-bit values, so the upper half cannot hide anything.
    """
    if number is None:
        return
    steps = [(_LOAD, 0, 0, 16 + 8 * argument), *body, (_RETURN, 0, 0, _ALLOW)]
    yield (_JUMP_EQUAL, 0, len(steps), number)
    yield from steps
