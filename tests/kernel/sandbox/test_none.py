"""The provisioner without isolation: the same world, and it loads on any system."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbclient.exceptions import DeadKernelError


@pytest.fixture
def plain(running_any, world):
    with running_any(world(), "none") as kernel:
        yield kernel


def test_the_world_is_the_host_s(plain):
    config = json.loads(plain.run("import os; print(os.environ['COLAB_CONFIG'])"))
    assert config == plain.settings.host_config()
    assert plain.run("print(os.getcwd())") == str(plain.settings.scratch.resolve())
    path = plain.run("print(os.environ['PATH'])").split(os.pathsep)
    assert path[:2] == [str(plain.settings.kernel_side / "bin"), str(Path(sys.executable).parent)]


def test_no_secret_of_the_environment_is_handed_on(running_any, world, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "host-secret")
    with running_any(world(), "none") as kernel:
        assert "host-secret" not in kernel.run("import os; print(dict(os.environ))")


def test_its_home_is_its_own_and_removed(running_any, world):
    with running_any(world(), "none") as kernel:
        home = Path(kernel.run("import os; print(os.path.expanduser('~'))"))
        kernel.run("open(os.path.expanduser('~/x'), 'w').write('x')")
        assert (home / "x").exists()
        assert home != Path.home()
    assert not home.exists()


def test_death_is_noticed_and_leaves_no_folder(running_any, world):
    with running_any(world(), "none") as kernel:
        home = Path(kernel.run("import os; print(os.path.expanduser('~'))"))
        with pytest.raises(DeadKernelError):
            kernel.run("os._exit(1)")
    assert not home.exists()


def test_it_loads_without_any_posix_module():
    """As on Windows: our own modules must not need what is only on POSIX systems."""
    code = """
import sys
import asyncio, subprocess, tempfile, jupyter_client.manager, jupyter_client.provisioning
absent = ("fcntl", "resource", "pwd", "grp", "termios", "pty", "posix", "_posixsubprocess")
for name in absent:
    sys.modules[name] = None  # importing it now raises ImportError
import grader.kernel.sandbox.none, grader.kernel.sandbox.spec, grader.kernel.sandbox.probe
from grader.kernel.sandbox import choose_isolation, kernel_manager
print(choose_isolation("none"))
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("none", 0), done.stderr
