"""A student's machine: the zip unpacked, an environment without the project, no way out."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from grader.assignment.world.building import default_world_root
from grader.student import bundle as bundling

PROJECT = ("csc413", "__editable__", "distutils-precedence")
# Runs in every Python of the student's environment, kernels too.
GUARD = """
import builtins, socket, sys

OURS = ("grader", "agent", "colab_world", "deeplab", "launch", "commands")
POSIX = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "posix", "crypt",
         "spwd", "nis", "ossaudiodev", "curses", "readline"}
real_import = builtins.__import__

def guarded(name, globals=None, locals=None, fromlist=(), level=0):
    by = (globals or {}).get("__name__", "")
    if not level and name.partition(".")[0] in POSIX and by.partition(".")[0] in OURS:
        raise ImportError(f"{by} imports {name}, which only POSIX systems have")
    return real_import(name, globals, locals, fromlist, level)

builtins.__import__ = guarded
real_connect = socket.socket.connect

def connect(self, address):
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise OSError(f"no network here: {address}")
    return real_connect(self, address)

socket.socket.connect = connect
"""


@dataclass(frozen=True)
class Student:
    """One student's folder and Python."""

    folder: Path
    python: Path

    def run(self, *arguments, **environment):
        """Run the student's Python in the folder; return the finished process."""
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ
        }
        kept |= {"GRADER_CACHE": str(default_world_root().parent), "COLUMNS": "80", **environment}
        return subprocess.run(
            [self.python, "-I", *map(str, arguments)], cwd=self.folder, env=kept, timeout=250,
            capture_output=True, text=True, encoding="utf-8",
        )  # fmt: skip

    def says(self, code):
        """Return what a program prints; it must end well."""
        done = self.run("-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def zipped(tmp_path_factory):
    path = tmp_path_factory.mktemp("bundle") / "a2.zip"
    path.write_bytes(bundling.bundle())
    return path


@pytest.fixture(scope="session")
def unpacked(zipped, tmp_path_factory):
    """The zip's folder, and the wheel in it unpacked beside it."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(folder)
    (wheel,) = (folder / "a2").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "wheel")
    return folder


@pytest.fixture(scope="session")
def student(unpacked, tmp_path_factory):
    home = tmp_path_factory.mktemp("student")
    venv.create(home / "env", with_pip=False, symlinks=True)
    (packages,) = home.glob("env/lib/python3*/site-packages")
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith(PROJECT) and entry.name != "__pycache__":
            (packages / entry.name).symlink_to(entry)
    (wheel,) = (unpacked / "a2").glob("*.whl")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    target = ["--no-compile", "--disable-pip-version-check", "--target", packages]
    subprocess.run([*pip, *target, wheel], check=True, capture_output=True)
    (packages / "sitecustomize.py").write_text(GUARD)
    return Student(unpacked / "a2", home / "env" / "bin" / "python")


def notebook(*cells):
    """Return a notebook of code cells."""
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    return made
