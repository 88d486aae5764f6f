"""What a sandbox may use: processes, memory, files, disk, processor time."""

import signal

import pytest
from nbclient.exceptions import DeadKernelError

from grader.kernel.sandbox import Limits, SandboxSettings
from grader.kernel.sandbox.jail import Jail
from grader.kernel.sandbox.settings import GIB, MIB

FORK = """
import os, signal, time
made = 0
try:
    for _ in range(400):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        made += 1
except BlockingIOError:
    print("refused after", made)
for name in os.listdir("/proc"):
    if name.isdigit() and int(name) not in (1, os.getpid()):
        os.kill(int(name), signal.SIGKILL)
while made:
    os.wait()
    made -= 1
"""


def test_processes_are_bounded_and_the_kernel_survives_it(shared):
    words = shared.run(FORK).split()
    assert words[:2] == ["refused", "after"]
    assert int(words[2]) < shared.settings.limits.processes
    assert shared.run("print('alive')") == "alive"


def test_threads_are_bounded(shared):
    code = """
import threading
end = threading.Event()
try:
    for made in range(400):
        threading.Thread(target=end.wait).start()
except RuntimeError:
    print(made)
end.set()
"""
    assert int(shared.run(code)) < shared.settings.limits.processes


def test_a_list_that_grows_ends_in_a_memory_error(shared):
    code = "blocks = []\nwhile True:\n    blocks.append(bytearray(64 << 20))"
    assert shared.attempt(code) == "MemoryError"
    assert shared.run("del blocks; print('alive')") == "alive"


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])
def test_temporary_files_are_bounded_together(shared, folder):
    code = f"""
try:
    for number in range(8):
        with open(f"{folder}/{{number}}", "wb") as file:
            file.write(bytes(32 << 20))
finally:
    import glob, os
    for path in glob.glob("{folder}/[0-9]"):
        os.remove(path)
"""
    assert shared.attempt(code) == "OSError"


def test_one_file_is_bounded(shared):
    code = f"""
import errno
try:
    with open("/content/big", "wb") as file:
        file.truncate({65 * MIB})
except OSError as error:
    print(errno.errorcode[error.errno])
"""
    assert shared.run(code) == "EFBIG"


def test_open_files_and_dumps_are_bounded(shared):
    code = """
import resource
for name in ("NOFILE", "CORE", "CPU", "DATA"):
    print(*resource.getrlimit(getattr(resource, f"RLIMIT_{name}")))
"""
    limits = shared.settings.limits
    expected = [limits.open_files, 1, limits.cpu_seconds, limits.memory_bytes]
    assert shared.run(code).splitlines() == [f"{value} {value}" for value in expected]
    assert shared.attempt("resource.setrlimit(resource.RLIMIT_DATA, (-1, -1))") == "ValueError"


def test_memory_that_belongs_to_no_process_cannot_be_had(shared):
    code = """
import errno, os
try:
    os.memfd_create("hidden")
except OSError as error:
    print(errno.errorcode[error.errno])
"""
    assert shared.run(code) == "ENOSYS"


def killed_for(running, settings: SandboxSettings, code: str) -> str | None:
    with running(settings) as kernel:
        provisioner = kernel.provisioner
        with pytest.raises(DeadKernelError):
            kernel.run(code)
        assert provisioner.killed_for == kernel.provisioner.killed_for
    return provisioner.killed_for


def test_shared_memory_past_the_limit_ends_the_sandbox(running, world):
    """No limit of a single process counts these pages, and the process hides from debuggers."""
    code = """
import ctypes, mmap, time
ctypes.CDLL(None).prctl(4, 0)  # PR_SET_DUMPABLE
blocks = [mmap.mmap(-1, 64 << 20) for _ in range(12)]
for block in blocks:
    for place in range(0, len(block), 4096):
        block[place] = 1
time.sleep(30)
"""
    limits = Limits(memory_bytes=GIB // 2)
    assert killed_for(running, world(limits=limits), code) == "memory"


def test_many_processes_below_the_limit_end_the_sandbox_together(running, world):
    code = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        block = b"x" * (150 << 20)
        time.sleep(30)
time.sleep(30)
"""
    limits = Limits(memory_bytes=GIB // 2)
    assert killed_for(running, world(limits=limits), code) == "memory"


def test_many_files_past_the_limit_end_the_sandbox(running, world):
    code = """
import time
for number in range(8):
    with open(f"/content/{number}", "wb") as file:
        file.write(bytes(8 << 20))
time.sleep(30)
"""
    limits = Limits(disk_bytes=32 * MIB)
    assert killed_for(running, world(limits=limits), code) == "disk"


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])
def test_many_empty_temporary_files_end_the_sandbox(running, world, folder):
    code = f"""
import time
for number in range(300):
    open(f"{folder}/{{number}}", "w").close()
time.sleep(30)
"""
    assert killed_for(running, world(limits=Limits(disk_entries=250)), code) == "disk"


def test_processor_time_is_bounded(bubblewrap, world):
    jail = Jail(world(limits=Limits(cpu_seconds=1)))
    process = jail.start(["sh", "-c", "while :; do :; done"]).result().process
    assert process.wait(20) == 128 + signal.SIGKILL
    jail.close()
