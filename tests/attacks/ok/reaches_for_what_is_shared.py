# what: keyrings, vsock, io_uring, bpf, perf, userfaultfd, memfd
# rows: 70
# %%
import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def call(name, number, *arguments):
    if libc.syscall(number, *arguments) >= 0:
        print("ESCAPED", name)


import socket

call("add_key", 248, b"user", b"x", b"y", 1, -3)
call("keyctl", 250, 0, -3, 1)
call("io_uring_setup", 425, 8, ctypes.create_string_buffer(256))
call("bpf", 321, 0, ctypes.create_string_buffer(128), 128)
call("perf_event_open", 298, ctypes.create_string_buffer(128), 0, -1, -1, 0)
call("userfaultfd", 323, 0)
call("memfd_create", 319, b"x", 0)
call("clone3", 435, ctypes.create_string_buffer(88), 88)
for family in (40, 38):
    try:
        socket.socket(family, socket.SOCK_STREAM)
        print("ESCAPED family", family)
    except OSError:
        pass
