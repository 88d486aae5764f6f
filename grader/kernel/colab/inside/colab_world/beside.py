"""Modules handed in beside the notebook: the students' code as much as a cell is.

Why: what is done for the imports of a cell must be done for those of `networks.py`, which a cell
imports. Found by the path of the notebook's folder; libraries are never touched.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.machinery as machinery
import sys
from collections.abc import Callable
from importlib.util import decode_source
from pathlib import Path
from typing import Any

from .imports import Imports
from .python2 import Python2


class Beside(machinery.SourceFileLoader):
    """Loads a module of the students' with its imports made as those of a cell."""

    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> Any:  # type: ignore[override]
        """Compile the module's source, changed if it can be parsed at all."""
        with contextlib.suppress(SyntaxError, ValueError, RecursionError):  # compiling tells
            python2 = Python2()
            lines = python2.lines(decode_source(data).splitlines(keepends=True))
            data = python2.visit(Imports().visit(ast.parse("".join(lines), path)))
        return super().source_to_code(data, path, _optimize=_optimize)


def install(content: Path) -> None:
    """Load modules from the folders below `content` this way from now on."""
    sys.path_hooks.insert(0, hook(content.resolve()))
    sys.path_importer_cache.clear()


def hook(content: Path) -> Callable[[str], machinery.FileFinder]:
    """Return a path hook for the folders in and below `content`."""
    loaders = (
        (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
        (Beside, machinery.SOURCE_SUFFIXES),
        (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
    )

    def finder(path: str) -> machinery.FileFinder:
        folder = Path(path or ".").resolve()
        if folder != content and content not in folder.parents:
            raise ImportError(f"{path} is not the notebook's")
        return machinery.FileFinder(path or ".", *loaders)

    return finder
