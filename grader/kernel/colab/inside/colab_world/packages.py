"""Where packages come from: ours first, then what is installed, the notebook's folder last."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

# Modules found in the folder of fallbacks when nothing else has them, and the files they are in.
FALLBACKS = {
    "six": "six/__init__.py",
    "torch._six": "torch_six.py",
    "torchvision.models.utils": "torchvision_models_utils.py",
}
# Modules found there whatever else has them: SciPy's is empty, tqdm's wants widgets of a browser.
FIRST = {"scipy.misc": "scipy_misc.py", "tqdm.notebook": "tqdm_notebook.py"}
# Python 2's names of modules, and today's.
RENAMED = {
    "ConfigParser": "configparser", "Queue": "queue", "StringIO": "io", "__builtin__": "builtins",
    "cPickle": "pickle", "cStringIO": "io", "urllib2": "urllib.request", "urlparse": "urllib.parse",
}  # fmt: skip

Change = Callable[[ModuleType], None]


class Fallback(importlib.abc.MetaPathFinder):
    """Finds modules that notebooks import, when nothing else on the path has them."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.folder, self.files = folder, files

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find one of `files` in the folder; a package's own modules are found by its path."""
        if name not in self.files:
            return None
        return importlib.util.spec_from_file_location(name, self.folder / self.files[name])


class Renamed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules by the names that Python 2 had for them."""

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find `cPickle` and its like."""
        return importlib.machinery.ModuleSpec(name, self) if name in RENAMED else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Return today's module, which stays what it is, under another name."""
        module = ModuleType(spec.name)
        today = importlib.import_module(RENAMED[spec.name])
        module.__dict__.update({k: v for k, v in vars(today).items() if not k.startswith("__")})
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: the module has all its names."""


class Afterwards(importlib.abc.MetaPathFinder):
    """Changes modules as soon as they have been imported, by whomever."""

    def __init__(self) -> None:
        self.changes: dict[str, list[Change]] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find what the others find, with the changes made after it has run."""
        if name not in self.changes:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        found = (finder.find_spec(name, path, target) for finder in others)
        spec = next((one for one in found if one is not None), None)
        if spec is not None and spec.loader is not None:
            self._extend(spec.loader, self.changes[name])
        return spec

    @staticmethod
    def _extend(loader: importlib.abc.Loader, changes: list[Change]) -> None:
        run = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            run(module)
            for change in changes:
                change(module)

        loader.exec_module = exec_module  # type: ignore[method-assign]


_afterwards = Afterwards()


def after_import(name: str, change: Change) -> None:
    """Call `change(module)` when the module `name` is imported; now, if it is already."""
    _afterwards.changes.setdefault(name, []).append(change)
    if name in sys.modules:
        change(sys.modules[name])


def install(colab: Path) -> None:
    """Put the stand-in packages first, for this process and for those it starts.

    The notebook's folder goes last: a `torch.py` left there must not hide the library.
    """
    stubs = str(colab / "stubs")
    order_path([str(colab), stubs])
    before = [entry for entry in [os.environ.get("PYTHONPATH")] if entry]
    os.environ["PYTHONPATH"] = os.pathsep.join([stubs, *before])
    folder = colab / "fallbacks"
    sys.meta_path[:0] = [_afterwards, Fallback(folder, FIRST)]
    sys.meta_path += [Fallback(folder, FALLBACKS), Renamed()]
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
