"""Control groups: found where they can be made, bounded, joined, removed.

What the system does with a limit is tried where its controllers are there; most CI machines have
none to give, so the rest is tried on a folder that looks like a group.
"""

import os
import subprocess
from pathlib import Path

import pytest

from grader.kernel.sandbox import Limits, cgroup

LIMITS = Limits(memory_bytes=1000, tmp_bytes=10, processes=50)


def group(folder, controllers="memory pids"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cgroup.procs").write_text("")
    (folder / "cgroup.subtree_control").write_text(controllers)
    return folder


def test_the_own_group_is_found(tmp_path):
    (tmp_path / "mounts").write_text("x /sys x rw 0 0\nc /sys/fs/cgroup cgroup2 rw 0 0\n")
    (tmp_path / "mine").write_text("4:memory:/a\n0::/user.slice/b\n")
    found = cgroup.own_folder(str(tmp_path / "mounts"), str(tmp_path / "mine"))
    assert found == Path("/sys/fs/cgroup/user.slice/b")


def test_without_version_2_there_is_none(tmp_path):
    (tmp_path / "mounts").write_text("c /sys/fs/cgroup/memory cgroup rw 0 0\n")
    (tmp_path / "mine").write_text("4:memory:/a\n")
    assert cgroup.own_folder(str(tmp_path / "mounts"), str(tmp_path / "mine")) is None
    assert cgroup.own_folder("/nowhere", "/nowhere") is None
    assert cgroup.usable(None) is None


def test_the_nearest_group_with_both_controllers_is_used(tmp_path):
    outer = group(tmp_path / "outer")
    middle = group(outer / "middle", "memory")
    inner = group(middle / "inner", "")
    assert cgroup.usable(inner) == outer
    (middle / "cgroup.subtree_control").write_text("cpu memory pids")
    assert cgroup.usable(inner) == middle
    for folder in (outer, middle):
        (folder / "cgroup.subtree_control").write_text("")
    assert cgroup.usable(inner) is None


def test_a_group_has_its_limits(tmp_path):
    made = cgroup.make(LIMITS, tmp_path)
    assert made is not None
    read = {path.name: path.read_text() for path in made.folder.iterdir()}
    assert read == {"memory.max": "1020", "pids.max": "114", "memory.swap.max": "0"}


def test_a_system_that_refuses_leaves_nothing(tmp_path, monkeypatch):
    def refuse(self, limits):
        raise OSError

    monkeypatch.setattr(cgroup.Cgroup, "bound", refuse)
    assert cgroup.make(LIMITS, tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    assert cgroup.make(LIMITS, tmp_path / "absent") is None


@pytest.mark.parametrize(
    ("events", "said"),
    [("low 0\noom 1\noom_kill 1\n", True), ("oom 0\noom_kill 0\n", False), ("nonsense", False)],
)
def test_a_kill_for_memory_is_read(tmp_path, events, said):
    (tmp_path / "memory.events").write_text(events)
    assert cgroup.Cgroup(tmp_path).out_of_memory is said


def test_without_events_nothing_was_killed(tmp_path):
    assert not cgroup.Cgroup(tmp_path).out_of_memory


def test_a_real_process_joins_and_is_killed():
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    roots = [row[1] for row in mounts if row[2] == "cgroup2"]
    folder = Path(roots[0], f"grader-test-{os.getpid()}") if roots else None
    try:
        folder and folder.mkdir()
    except OSError:
        folder = None
    if folder is None:
        pytest.skip("no control group can be made here")
    made = cgroup.Cgroup(folder)
    try:
        with subprocess.Popen(made.joined(["sleep", "60"])) as process:
            while str(process.pid) not in (folder / "cgroup.procs").read_text().split():
                assert process.poll() is None
            made.kill()
            assert process.wait(10) == -9
    finally:
        made.remove()
    assert not folder.exists()


def test_every_sandbox_joins_its_group(bubblewrap, world, running, monkeypatch):
    """The whole sandbox is in it: bubblewrap, the first process, the kernel."""
    from grader.kernel.sandbox import jail

    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    roots = [Path(row[1]) for row in mounts if row[2] == "cgroup2" and os.access(row[1], os.W_OK)]
    if not roots:
        pytest.skip("no control group can be made here")
    folder = roots[0] / f"grader-test-{os.getpid()}"
    folder.mkdir()
    monkeypatch.setattr(jail, "make_cgroup", lambda limits: cgroup.Cgroup(folder))
    with running(world()) as kernel:
        assert kernel.run("print(1)") == "1"
        assert len((folder / "cgroup.procs").read_text().split()) >= 3
    assert not folder.exists()
