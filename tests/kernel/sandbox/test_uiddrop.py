"""The tier for containers: another user, Landlock, seccomp, and a keeper that ends it all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.kernel.sandbox import (
    SandboxUnavailable,
    choose_isolation,
    keeper,
    landlock,
    reach,
    uiddrop,
)
from grader.kernel.sandbox.errors import ExposedPathError, SandboxError
from grader.kernel.sandbox.interpreter import interpreter_roots

ROOT = Path(__file__).resolve().parents[3]
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
# In a mount namespace of its own the folder on the way to Python is open to all, as in an image.
OPEN = """
set -e
view=$(mktemp -d)
mount --bind "$1" "$view"
mount -t tmpfs -o mode=755 none "$2"
mkdir -p "$1"
mount --bind "$view" "$1"
shift 2
exec "$@"
"""
ATTACKS = (
    "reads_a_host_file", "imports_the_reference", "calls_the_host", "calls_an_abstract_socket",
    "sends_datagrams", "makes_namespaces", "reads_secrets", "leaves_a_daemon", "fork_bomb",
    "stops_itself", "hard_codes_an_answer", "locks_results_and_crashes",
)  # fmt: skip


def run_open(*command):
    """Run a command where other users can reach this Python."""
    closed = [root for root in interpreter_roots() if not reach.reachable(root)]
    if closed:
        parent = reach.closed_parent(closed[0])
        prefix = ["unshare", "--mount", "sh", "-c", OPEN, "sh", str(closed[0]), str(parent)]
        tried = subprocess.run([*prefix, "true"], check=False, capture_output=True, text=True)
        if tried.returncode:
            pytest.skip(f"other users cannot reach {closed[0]}, nor can it be shown to them")
        command = [*prefix, *command]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=ROOT, timeout=280
    )


@AS_ROOT
def test_every_promise_holds():
    done = run_open(sys.executable, "-m", "grader.cli.main", "doctor", "--sandbox", "uid")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "DOES NOT HOLD" not in done.stdout
    if landlock.version() >= 6:
        assert "not here" not in done.stdout


@AS_ROOT
def test_attacks_are_contained():
    done = run_open(sys.executable, "-m", "tests.attacks", "--sandbox", "uid", *ATTACKS)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert f"{len(ATTACKS)} of {len(ATTACKS)} contained" in done.stdout


@AS_ROOT
@pytest.mark.usefixtures("without_bubblewrap")
def test_it_is_never_chosen_by_itself():
    with pytest.raises(SandboxUnavailable, match=r"not installed.*--sandbox uid"):
        choose_isolation("auto")


def test_without_root_there_is_no_other_user(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SandboxUnavailable, match="needs root"):
        uiddrop.check()


@AS_ROOT
def test_a_python_that_others_cannot_reach_is_named(monkeypatch, tmp_path):
    closed = tmp_path / "closed"
    (closed / "python").mkdir(parents=True)
    tmp_path.chmod(0o755)
    closed.chmod(0o700)
    monkeypatch.setattr(uiddrop, "interpreter_roots", lambda: [closed / "python"])
    with pytest.raises(SandboxUnavailable, match=r"cannot read .*closed/python.*chmod o\+x /"):
        uiddrop.check()


@pytest.mark.parametrize("locked", [0, 7])
def test_private_paths_that_could_be_read_refuse_with_the_command(monkeypatch, tmp_path, locked):
    """Landlock hides what lies outside the folders that may be read; nothing else does."""
    secret = tmp_path / "grader"
    secret.mkdir()
    monkeypatch.setattr(reach, "landlock_version", lambda: locked)
    monkeypatch.setattr(reach, "reachable", lambda path: True)
    monkeypatch.setattr(reach, "private_paths", lambda: type("P", (), {"sealed": (secret,)}))
    with pytest.raises(ExposedPathError, match=rf"could read {secret}; .* chmod -R o-rwx {secret}"):
        reach.assert_unreadable([tmp_path], [])
    if locked:
        reach.assert_unreadable([tmp_path / "elsewhere"], [])
    else:
        with pytest.raises(ExposedPathError):
            reach.assert_unreadable([tmp_path / "elsewhere"], [])


def test_results_that_could_be_read_refuse(monkeypatch, tmp_path):
    monkeypatch.setattr(reach, "landlock_version", lambda: 0)
    monkeypatch.setattr(reach, "reachable", lambda path: path == tmp_path)
    with pytest.raises(ExposedPathError, match=str(tmp_path)):
        reach.assert_unreadable([], [tmp_path])


def test_what_is_reachable(tmp_path):
    outer = Path("/tmp", f"reach-{os.getpid()}")
    (outer / "inner").mkdir(parents=True)
    try:
        for mode, expected in ((0o755, True), (0o700, False)):
            outer.chmod(mode)
            assert reach.reachable(outer / "inner") is expected
        assert reach.closed_parent(outer / "inner") == outer
    finally:
        (outer / "inner").rmdir()
        outer.rmdir()


@AS_ROOT
def test_the_keeper_ends_everything_of_a_user_however_it_got_away():
    uid = 61200  # of nobody, and not in the pool
    code = "import os, time\nfor _ in range(3): os.fork() or os.setsid()\ntime.sleep(60)"
    drop = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "/usr/bin/env"]
    python = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
    with subprocess.Popen([*drop, python, "-c", code]) as process:
        try:
            while len(keeper.processes_of(uid)) < 8:
                assert process.poll() is None
            assert keeper.end_all(uid)
        finally:
            process.kill()
    assert keeper.processes_of(uid) == []


def test_landlock_gives_up_all_but_what_is_named(tmp_path):
    if not landlock.version():
        pytest.skip("this kernel has no Landlock")
    for name in ("read", "write", "closed"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
    code = f"""
import sys; sys.path.insert(0, {str(ROOT / "grader" / "kernel" / "sandbox")!r})
import ctypes, os
from landlock import restrict
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
restrict(["/usr", "/lib", {str(tmp_path / "read")!r}], [{str(tmp_path / "write")!r}, "/dev/null"])
for name in ("read", "write", "closed"):
    for mode in ("r", "a"):
        try: open(os.path.join({str(tmp_path)!r}, name, "file"), mode).close(); print(name, mode)
        except PermissionError: pass
"""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines() == ["read r", "write r", "write a"]


@AS_ROOT
def test_an_output_folder_within_reach_is_refused_before_anything_runs(world, monkeypatch):
    monkeypatch.setattr(uiddrop, "check", lambda: None)
    monkeypatch.setattr(reach, "reachable", lambda path: True)
    monkeypatch.setattr(reach, "landlock_version", lambda: 0)
    settings = world()
    with pytest.raises((ExposedPathError, SandboxError), match="could read"):
        uiddrop.UidJail(settings)
