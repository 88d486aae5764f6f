"""What the watchdog counts."""

import mmap
import os
import subprocess
import sys
from pathlib import Path

from grader.kernel.sandbox import Limits
from grader.kernel.sandbox.settings import MIB
from grader.kernel.sandbox.watchdog import exceeds_disk, exceeds_memory, namespace_members


def test_this_process_is_in_its_namespace():
    members = namespace_members(str(Path("/proc/self/ns/pid").readlink()))
    assert os.getpid() in members
    assert namespace_members("pid:[0]") == []


def test_memory_counts_what_is_resident():
    assert exceeds_memory([os.getpid()], MIB)
    assert not exceeds_memory([os.getpid()], 1 << 50)
    assert not exceeds_memory([2**22 + 1], 1)  # no such process


def test_each_open_file_counts_as_a_full_socket():
    """Of a small process: nothing but its files makes the difference."""
    held = [os.open("/dev/null", os.O_RDONLY) for _ in range(500)]
    try:
        assert not _holds([], 16 * MIB)
        assert _holds(held, 64 * MIB)
    finally:
        for descriptor in held:
            os.close(descriptor)


def _holds(files: list[int], size: int) -> bool:
    """Whether a process with these open files holds more than `size` bytes."""
    with subprocess.Popen(["sleep", "60"], pass_fds=files) as process:
        try:
            return exceeds_memory([process.pid], size)
        finally:
            process.kill()


ROOT = Path(__file__).parents[3]


def test_shared_pages_count_once():
    """Four processes that share one block hold it together, not each.

    In a small process of its own: forks also share whatever the test runner has loaded.
    """
    code = "from tests.kernel.sandbox.test_watchdog import shared_pages; print(shared_pages())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout == "(False, False)\n"


def shared_pages() -> tuple[bool, bool]:
    """Whether one process, and four, seem to hold twice the block that they share."""
    size = 256 * MIB
    with mmap.mmap(-1, size) as block:
        block[:] = bytes(size)
        return _children(1, block, 2 * size), _children(4, block, 2 * size)


def _children(count: int, block: mmap.mmap, limit: int) -> bool:
    release, hold = os.pipe()
    ready, tell = os.pipe()
    pids = []
    for _ in range(count):
        pid = os.fork()
        if pid == 0:
            os.close(hold)
            sum(block[place] for place in range(0, len(block), 4096))
            os.write(tell, b"x")
            os.read(release, 1)
            os._exit(0)
        pids.append(pid)
    for _ in pids:
        os.read(ready, 1)
    try:
        return exceeds_memory(pids, limit)
    finally:
        for descriptor in (release, hold, ready, tell):
            os.close(descriptor)
        for pid in pids:
            os.waitpid(pid, 0)


def test_disk_counts_blocks_and_entries(tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "file").write_bytes(os.urandom(2 * MIB))
    with (tmp_path / "sparse").open("wb") as sparse:
        sparse.truncate(1 << 40)
    assert exceeds_disk([tmp_path], Limits(disk_bytes=MIB))
    assert not exceeds_disk([tmp_path], Limits(disk_bytes=4 * MIB))
    assert exceeds_disk([tmp_path], Limits(disk_entries=3))
    assert not exceeds_disk([tmp_path], Limits(disk_entries=4))


def test_disk_follows_no_link(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_bytes(os.urandom(2 * MIB))
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "outside")
    assert not exceeds_disk([tmp_path / "inside"], Limits(disk_bytes=MIB))


def test_folders_too_deep_to_look_into_are_an_excess(tmp_path):
    here = os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(30):
            os.mkdir("d" * 200, dir_fd=here)
            deeper = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = deeper
    finally:
        os.close(here)
    assert exceeds_disk([tmp_path], Limits())
