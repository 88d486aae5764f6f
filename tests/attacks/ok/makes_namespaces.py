# what: makes a user namespace, mounts, traces, in every way
# rows: 48 49
# %%
import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def call(name, number, *arguments):
    if libc.syscall(number, *arguments) >= 0:
        print("ESCAPED", name)


call("unshare", 272, 0x10000000)
call("unshare all", 272, 0x7E020000)
call("setns", 308, 0, 0)
call("mount", 165, b"none", b"/tmp", b"tmpfs", 0, None)
call("chroot", 161, b"/tmp")
call("ptrace", 101, 0, 0, 0, 0)
call("process_vm_readv", 310, 1, None, 0, None, 0, 0)
import subprocess

for command in (["unshare", "--user", "true"], ["mount", "-t", "tmpfs", "x", "/tmp"]):
    if subprocess.run(command, capture_output=True).returncode == 0:
        print("ESCAPED", command)
