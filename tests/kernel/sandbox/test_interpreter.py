"""Finding the interpreter and the links that lead to it."""

import sys
from pathlib import Path

import pytest

from grader.kernel.sandbox import interpreter
from grader.kernel.sandbox.interpreter import interpreter_roots, links_on, package_folders


def test_this_interpreter_and_its_packages_are_found():
    roots = [*interpreter_roots(), Path("/usr")]
    for path in (sys.executable, pytest.__file__, Path.__module__ and sys.modules["os"].__file__):
        assert any(Path(path).resolve().is_relative_to(root) for root in roots), path
    packages = Path(pytest.__file__).resolve().parents[1]
    assert packages in package_folders()


def test_links_are_followed_one_by_one(tmp_path):
    (tmp_path / "python-3.11.7" / "bin").mkdir(parents=True)
    (tmp_path / "python-3.11").symlink_to("python-3.11.7")
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "python").symlink_to("../python-3.11/bin/python3")
    (tmp_path / "python-3.11.7" / "bin" / "python3").symlink_to("python3.11")
    real = tmp_path.resolve()
    assert list(links_on(real / "env" / "python")) == [
        (real / "env" / "python", "../python-3.11/bin/python3"),
        (real / "python-3.11", "python-3.11.7"),
        (real / "python-3.11.7" / "bin" / "python3", "python3.11"),
    ]


def test_absolute_links_are_followed(tmp_path):
    real = tmp_path.resolve()
    (real / "there").mkdir()
    (real / "here").symlink_to(real / "there")
    assert list(links_on(real / "here" / "x")) == [(real / "here", str(real / "there"))]


def test_a_loop_of_links_is_an_error(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="too many symbolic links"):
        list(links_on(tmp_path / "a"))


def test_packages_outside_every_prefix_are_added(tmp_path, monkeypatch):
    extra = tmp_path / "lib" / "site-packages"
    extra.mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [*sys.path, str(extra), str(tmp_path / "checkout")])
    assert interpreter.extra_package_folders() == [extra]
    assert extra.resolve() in interpreter_roots()
