"""Modules that notebooks import and that may be missing."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from colab_world.packages import FALLBACKS, FIRST, Fallback, order_path

import grader.kernel.colab

FOLDER = Path(grader.kernel.colab.__file__).parent / "inside" / "fallbacks"


def test_scipy_misc_is_found_where_scipy_lacks_it() -> None:
    spec = Fallback(FOLDER, FIRST).find_spec("scipy.misc", None)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.__name__ == "scipy.misc"


def test_six_is_found_where_it_is_not_installed() -> None:
    script = (
        "import sys, pathlib\n"
        f"sys.path.append({str(FOLDER.parent)!r})\n"
        "from colab_world.packages import FALLBACKS, Fallback\n"
        f"sys.meta_path.append(Fallback(pathlib.Path({str(FOLDER)!r}), FALLBACKS))\n"
        "import six, urllib.request\n"
        "from six.moves.urllib.request import urlretrieve\n"
        "from six.moves import xrange, cPickle\n"
        "print(six.PY3, urlretrieve is urllib.request.urlretrieve)\n"
    )
    # Without -S the installed `six` would be found.
    command = [sys.executable, "-I", "-S", "-B", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "True True\n"


def test_other_modules_are_not_ours() -> None:
    assert Fallback(FOLDER, FALLBACKS).find_spec("torch", None) is None


def test_ours_first_the_working_folder_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", ["", "/lib", "/ours", "/site"])
    order_path(["/ours", "/stubs"])
    assert sys.path == ["/ours", "/stubs", "/lib", "/site", ""]
