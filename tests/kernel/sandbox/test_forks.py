"""Kernels forked from the warm process: the same inside, and contained the same, or not at all."""

import contextlib
import importlib.util
import inspect
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import pytest

from grader.kernel.sandbox import SandboxError, forks
from grader.kernel.sandbox.interpreter import interpreter_roots, search_paths
from grader.kernel.sandbox.settings import COLAB, HOME, library_environment
from tests.kernel.sandbox.conftest import running
from tests.kernel.sandbox.surroundings import surroundings

ROOT = Path(__file__).parents[3]
ENVIRONMENT = library_environment(HOME) | search_paths(COLAB / "bin")
PACKAGES = ("ipykernel.kernelapp", "ipykernel.ipkernel", "IPython", "matplotlib.pyplot")
LOOK = f"{inspect.getsource(surroundings)}\nprint(surroundings())"
USER = 1000


@pytest.fixture(autouse=True)
def none_left():
    """Leave other tests with fresh kernels."""
    yield
    forks.stop()


@pytest.fixture
def warm(bubblewrap):
    forks.start(ENVIRONMENT, PACKAGES)
    return forks.current(ENVIRONMENT)


def children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_a_forked_kernel_finds_what_a_fresh_one_finds(world, warm, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "host-secret")
    with running(world("forked")) as kernel:
        forked = json.loads(kernel.run(LOOK))
        assert kernel.run("import os; os.getppid()") == "0"  # so it was forked into the sandbox
    forks.stop()
    with running(world("fresh")) as kernel:
        fresh = json.loads(kernel.run(LOOK))
        assert kernel.run("import os; os.getppid()") == "1"
    assert forked == fresh
    assert forked["ours"] == []


def test_a_forked_kernel_knows_nothing_of_the_grader(world, warm):
    with running(world()) as kernel:
        assert kernel.attempt("import grader") == "ModuleNotFoundError"
        assert kernel.attempt("import rights") == "ModuleNotFoundError"
        code = "import gc; [o for o in gc.get_objects() if isinstance(o, dict) and 'grader' in o]"
        assert kernel.run(code) == "[]"
        for place in ("cmdline", "environ", "maps"):
            said = kernel.run(f"print(open('/proc/self/{place}').read())")
            assert str(ROOT / "grader") not in said


def test_forked_kernels_are_alone_in_their_sandboxes(world, warm):
    with running(world("one")) as one, running(world("two")) as two:
        one.run("open('/content/mine', 'w').close(); open('/tmp/mine', 'w').close()")
        look = "import os; [os.path.exists(f'/{place}/mine') for place in ('content', 'tmp')]"
        assert one.run(look) == "[True, True]"
        assert two.run(look) == "[False, False]"
        pids = "sorted(int(n) for n in os.listdir('/proc') if n.isdigit())"
        assert two.run(pids) == "[1, 2, 3]"
        if os.geteuid() == 0:
            assert one.run("import os; os.getuid()") != two.run("os.getuid()")


def test_a_forked_kernel_that_ends_ends_its_sandbox(world, warm, eventually):
    with running(world()) as kernel:
        jail = kernel.provisioner._jail
        pid = jail._launched.init_pid
        with contextlib.suppress(Exception):
            kernel.run("import os; os._exit(3)")
        assert eventually(lambda: not jail.alive(), 5)
        assert not Path(f"/proc/{pid}").exists()
    assert eventually(lambda: children(warm.process.pid) == [], 5)


def test_a_forked_kernel_is_interrupted_like_any_other(world, warm):
    with running(world()) as kernel:
        cell = nbformat.v4.new_code_cell("import time; time.sleep(60)")
        kernel.client.nb.cells.append(cell)
        kernel.client.timeout, kernel.client.interrupt_on_timeout = 1, True
        with pytest.raises(Exception, match="KeyboardInterrupt"):
            kernel.client.execute_cell(cell, len(kernel.client.nb.cells) - 1)
        kernel.client.timeout = 60
        assert kernel.run("1 + 1") == "2"


FORGETS = {
    "limits": ("rights.limit(", "str("),
    "Uid": ("rights.become(", "str("),
    "CapBnd": ("rights.bound_capabilities()", "pass"),
    "NoNewPrivs": ("rights.forbid_new_rights()", "pass"),
    "Seccomp": ("rights.filter_calls(", "str("),
    "cwd": ("os.chdir(", "str("),
    "oom_score_adj": ('write_text("1000")', 'write_text("999")'),
    "open files": ("keep_only(channel)", "os.dup(0)"),
    "namespace": ('rights.call("setns", space, 0)', "space != spaces[0] and \\g<0>"),
}


@pytest.mark.parametrize("difference", FORGETS)
def test_a_zygote_that_forgets_a_step_gets_no_kernel_to_run(
    difference, world, bubblewrap, tmp_path
):
    """The grader compares what the system says, so a fault of the zygote's cannot lessen a sandbox.

    Some of it the system itself refuses to a grader that is not root.
    """
    if os.geteuid() != 0 and difference == "Uid":
        pytest.skip("an ordinary user has no other to change to")
    if difference == "NoNewPrivs" and "NoNewPrivs:\t1" in Path("/proc/self/status").read_text():
        pytest.skip("here the grader has it already")
    for name in forks.PARTS:
        shutil.copyfile(Path(forks.__file__).with_name(name), tmp_path / name)
    program = tmp_path / forks.PARTS[0]
    step, instead = FORGETS[difference]
    text, found = re.subn(re.escape(step), instead, program.read_text())
    assert found == 1
    program.write_text(text)
    settings = world()
    ran = settings.scratch / "ran"
    launch = settings.kernel_side / "launch.py"
    launch.write_text(f"open('/content/ran', 'w').close()\n{launch.read_text()}")
    forks._zygote = forks.Zygote(ENVIRONMENT, PACKAGES[:1], here=tmp_path)
    with pytest.raises(SandboxError, match=f"not contained .*: {difference}|PermissionError"):
        running(settings).__enter__()
    assert not ran.exists()
    assert forks.current(ENVIRONMENT) is None
    with running(settings) as kernel:  # a fresh one takes its place
        assert kernel.run("1 + 1") == "2"


def test_a_kernel_whose_grader_is_gone_never_runs(world, warm, monkeypatch):
    settings = world()
    ran = settings.scratch / "ran"
    (settings.kernel_side / "launch.py").write_text("open('/content/ran', 'w').close()")

    def die(*_):
        raise OSError("gone")

    monkeypatch.setattr(forks, "_assert_contained", die)
    with pytest.raises(SandboxError, match="gone"):
        running(settings).__enter__()
    time.sleep(0.5)
    assert not ran.exists()


def test_where_the_warm_process_has_died_kernels_start_afresh(world, warm):
    warm.process.kill()
    warm.process.wait()
    assert warm._folder.exists()
    with pytest.raises(SandboxError, match="no kernel could be forked"):
        running(world("first")).__enter__()
    assert not warm._folder.exists()
    with running(world("second")) as kernel:
        assert kernel.run("1 + 1") == "2"


def test_a_kernel_with_other_variables_is_not_forked(warm):
    assert forks.current({**ENVIRONMENT, "COLAB_CONFIG": "{}"}) is warm
    assert forks.current({**ENVIRONMENT, "OMP_NUM_THREADS": "2"}) is None
    forks.stop()
    assert forks.current(ENVIRONMENT) is None


def test_the_warm_process_ends_with_the_last_who_could_ask_it(bubblewrap, eventually):
    code = (
        "import os, time; from tests.kernel.sandbox.test_forks import ENVIRONMENT, forks\n"
        "forks.start(ENVIRONMENT)\n"
        "child = os.fork()\n"
        "if child: print(forks.current(ENVIRONMENT).process.pid, child, flush=True)\n"
        "time.sleep(60)"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        pid, child = map(int, process.stdout.readline().split())
        process.kill()
        time.sleep(0.5)
        assert Path(f"/proc/{pid}").exists()  # the forked one may still ask
        os.kill(child, signal.SIGKILL)
    assert eventually(lambda: not Path(f"/proc/{pid}").exists(), 5)


def test_the_warm_process_leaves_no_folder(bubblewrap, monkeypatch, tmp_path, eventually):
    monkeypatch.setattr(forks.tempfile, "tempdir", str(tmp_path))
    zygote = forks.Zygote(ENVIRONMENT, ("json",))
    assert eventually(lambda: not list(tmp_path.iterdir()), 10)
    zygote.close()
    assert zygote.process.returncode == 0


@pytest.mark.timeout(300)
def test_all_this_holds_for_a_grader_that_is_not_root():
    """Once more as an ordinary user, whose sandboxes have a user namespace."""
    if os.geteuid() != 0:
        pytest.skip("then the tests above have shown it")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # pytest's own are root's alone
        command = as_user(Path(folder))
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert " passed" in done.stdout


def as_user(folder):
    """Return the command that runs this file's tests as a user, whoever owns all else."""
    folder.chmod(0o777)
    options, closed = ["--dev-bind", "/", "/"], set()
    for place in (*interpreter_roots(), ROOT):
        for parent in reversed(place.parents):
            if not parent.stat().st_mode & 0o001:
                options += [] if parent in closed else ["--perms", "0755", "--tmpfs", str(parent)]
                closed.add(parent)
                between = [p for p in reversed(place.parents) if p.is_relative_to(parent)][1:]
                options += [part for p in between for part in ("--perms", "0755", "--dir", str(p))]
                options += ["--ro-bind", str(place), str(place)]
                break
    home = {"HOME": folder, "TMPDIR": folder, "PYTHONDONTWRITEBYTECODE": "1"}
    # A process that is waited for a moment too late is an error in the run above, not once more.
    tests = ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={folder}/t"]
    tests += ["-W", "ignore::ResourceWarning"]
    user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    variables = ["env", *(f"{name}={value}" for name, value in home.items())]
    return ["bwrap", *options, "--", *user, *variables, sys.executable, *tests, __file__]


def test_the_program_needs_nothing_of_the_package():
    """It is copied out and run alone; what it imports lies beside it or is the library's."""
    for name in forks.PARTS:
        text = Path(forks.__file__).with_name(name).read_text()
        assert "grader" not in {
            line.split()[1].split(".")[0]
            for line in text.splitlines()
            if line.lstrip().startswith(("import ", "from "))
        }
    assert importlib.util.find_spec("rights") is None


@pytest.mark.timeout(20)
def test_a_sandbox_that_has_ended_is_not_waited_for(world, warm, monkeypatch):
    monkeypatch.setattr(forks, "PLACEHOLDER", ("true",))
    # The end comes at any moment: a fork into a dead pid namespace is ENOMEM (pid_namespaces(7)).
    gone = "ended before its kernel|No such process|No such file|Cannot allocate memory"
    with pytest.raises(SandboxError, match=gone):
        running(world()).__enter__()
