"""Where packages come from: ours first, then what is installed, the notebook's folder last."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType


class OldMisc(importlib.abc.MetaPathFinder):
    """Finds `scipy.misc` as it was: what SciPy still has of it is empty, or nothing at all."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scipy_misc.py"

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find this one module."""
        if name == "scipy.misc":
            return importlib.util.spec_from_file_location(name, self.file)
        return None


class Fallback(importlib.abc.MetaPathFinder):
    """Finds `six`, when nothing else on the path has it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find `six` and its parts in the folder of fallbacks."""
        if name == "six":
            return importlib.machinery.PathFinder.find_spec(name, [str(self.folder)])
        return None


def install(colab: Path) -> None:
    """Put the stand-in packages first, for this process and for those it starts.

    The notebook's folder goes last: a `torch.py` left there must not hide the library.
    """
    stubs = str(colab / "stubs")
    order_path([str(colab), stubs])
    before = [entry for entry in [os.environ.get("PYTHONPATH")] if entry]
    os.environ["PYTHONPATH"] = os.pathsep.join([stubs, *before])
    sys.meta_path.insert(0, OldMisc(colab / "fallbacks"))
    sys.meta_path.append(Fallback(colab / "fallbacks"))
    if importlib.util.find_spec("google") is not None:
        _extend_google(stubs)


def order_path(first: list[str]) -> None:
    """Put `first` at the front of `sys.path` and the working folder at its end."""
    rest = [entry for entry in sys.path if entry not in {*first, ""}]
    sys.path[:] = [*first, *rest, ""]


def _extend_google(stubs: str) -> None:
    # An installed regular package `google` would hide ours, which is only a folder.
    google = importlib.import_module("google")
    inside = str(Path(stubs) / "google")
    if inside not in google.__path__:
        google.__path__ = [inside, *google.__path__]
