"""The filter as a program, on both machines, and as the kernel applies it."""

import errno
import functools
import operator
import struct

import pytest

from grader.kernel.sandbox import SandboxUnavailable, seccomp

CLONE_NEWUSER = 0x10000000
AF_VSOCK, AF_UNIX, AF_ALG = 40, 1, 38
ALLOW = 0x7FFF0000
JUMPS = {0x15: operator.eq, 0x35: operator.ge, 0x45: operator.and_}


@functools.cache
def assembled(machine: str) -> list[tuple[int, ...]]:
    return list(struct.iter_unpack("<HBBI", seccomp.seccomp_filter(machine)))


def judge(machine: str, number: int, *arguments: int, audit: int | None = None) -> int:
    """Interpret the filter: the error that it returns, or 0 if it allows the call."""
    program = assembled(machine)
    values = list(arguments) + [0] * (6 - len(arguments))
    audit = seccomp.MACHINES[machine] if audit is None else audit
    data = struct.pack("<IIQ6Q", number, audit, 0, *values)
    accumulator = step = 0
    while True:
        code, if_true, if_false, operand = program[step]
        step += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, operand)
        elif code == 0x06:
            return 0 if operand == ALLOW else operand & 0xFFFF
        else:
            step += if_true if JUMPS[code](accumulator, operand) else if_false


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_each_listed_call_is_refused(machine):
    column = list(seccomp.MACHINES).index(machine)
    tables = {errno.EPERM: seccomp.REFUSED, errno.ENOSYS: seccomp.ABSENT}
    for error, table in tables.items():
        for name, numbers in table.items():
            if numbers[column] is not None:
                assert judge(machine, numbers[column]) == error, name


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_every_other_call_is_allowed(machine):
    column = list(seccomp.MACHINES).index(machine)
    listed = {numbers[column] for numbers in (seccomp.REFUSED | seccomp.ABSENT).values()}
    listed |= {seccomp.SOCKET[column]}
    assert all(judge(machine, number) == 0 for number in range(470) if number not in listed)


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_arguments_decide_for_three_calls(machine):
    column = list(seccomp.MACHINES).index(machine)
    clone, socket, ioctl = (
        numbers[column] for numbers in (seccomp.CLONE, seccomp.SOCKET, seccomp.IOCTL)
    )
    thread_flags = 0x3D0F00
    assert judge(machine, clone, thread_flags) == 0
    assert judge(machine, clone, thread_flags | CLONE_NEWUSER) == errno.EPERM
    assert judge(machine, clone, (1 << 32) | CLONE_NEWUSER) == errno.EPERM
    for family in seccomp.ALLOWED_FAMILIES:
        assert judge(machine, socket, family) == 0
    for family in (AF_VSOCK, AF_ALG):
        assert judge(machine, socket, family) == errno.EAFNOSUPPORT
    assert judge(machine, ioctl, 0, 0x5401) == 0
    assert judge(machine, ioctl, 0, 0x5412) == errno.EPERM


def test_calls_of_another_machine_do_not_exist():
    assert judge("x86_64", 0, audit=0x40000003) == errno.ENOSYS
    assert judge("x86_64", 0x40000000 + 1) == errno.ENOSYS


def test_numbers_are_unambiguous():
    tables = seccomp.REFUSED | seccomp.ABSENT
    for column in range(2):
        numbers = [row[column] for row in tables.values() if row[column] is not None]
        assert len(set(numbers)) == len(numbers)


def test_unknown_machines_have_no_filter():
    with pytest.raises(SandboxUnavailable, match=r"'m68k'.*x86_64 or aarch64"):
        seccomp.seccomp_filter("m68k")


def test_the_kernel_refuses_the_calls(shared):
    """Each call from inside; a wrong number or argument would fail with another error."""
    tables = seccomp.REFUSED | seccomp.ABSENT
    code = f"""
import ctypes, errno, platform
libc = ctypes.CDLL(None, use_errno=True)
column = ["x86_64", "aarch64"].index(platform.machine())
for name, numbers in {tables!r}.items():
    if numbers[column] is not None:
        answer = libc.syscall(ctypes.c_long(numbers[column]), 0, 0, 0, 0, 0, 0)
        print(name, answer, errno.errorcode.get(ctypes.get_errno()))
"""
    said = dict(line.split(" ", 1) for line in shared.run(code).splitlines())
    for name in said:
        assert said[name] == ("-1 EPERM" if name in seccomp.REFUSED else "-1 ENOSYS"), name
    assert len(said) >= len(tables) - 6


def test_no_nested_user_namespace(shared):
    code = """
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
print(libc.unshare(0x10000000), errno.errorcode[ctypes.get_errno()])
"""
    assert shared.run(code) == "-1 EPERM"
    assert shared.run("!unshare --user --map-root-user id; echo $?").endswith("\n1")


@pytest.mark.parametrize("family", [AF_VSOCK, AF_ALG])
def test_no_sockets_that_leave_the_namespace(shared, family):
    assert shared.attempt(f"import socket; socket.socket({family}, 1)") == "OSError"
