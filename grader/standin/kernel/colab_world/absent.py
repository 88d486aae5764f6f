"""Packages that are not here: a placeholder takes their place and raises where it is first used.

Why: one import of pandas at the head of a cell must not cost what the cell defines below it. Only
the notebook's own imports get placeholders; a library that looks whether an optional package is
there is told the truth, and so is a notebook that catches the error.
"""

from __future__ import annotations

import ast
import builtins
import functools
import importlib.util
import linecache
import sys
from collections.abc import Callable, Mapping, Sequence
from types import CodeType, FrameType
from typing import Any, NoReturn

from . import plotting
from .notes import note
from .patches import replace

NOTEBOOK = "__main__"
# What a handler may name that catches a missing package; a bare `except` catches it, too.
CATCHES = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
# The grader's own: whoever looks for it gets Python's plain error.
OWN = {"grader", "reference", "tests"}


class AbsentPackage(ModuleNotFoundError):
    """Raised where a placeholder is used; the side that grades knows it by its name."""


class Absent:
    """Stands for a package that is not here, or for something in it."""

    def __init__(self, name: str) -> None:
        self._name: str
        self.__dict__["_name"] = name

    def __getattr__(self, name: str) -> Absent:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Absent(f"{self._name}.{name}")

    def __repr__(self) -> str:
        return f"<{self._name}, which is not here>"

    def _used(self, *_args: object, **_options: object) -> NoReturn:
        package = str(self._name).partition(".")[0]
        raise AbsentPackage(f"No module named {package!r} here, so {self._name} does nothing")

    __call__ = __iter__ = __getitem__ = __setitem__ = __len__ = __enter__ = _used
    __setattr__ = __mro_entries__ = __contains__ = __add__ = _used


def install() -> None:
    """Have the notebook's own `import` statements get placeholders for what is not here."""
    replace(builtins, "__import__", _importing)


def _importing(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def import_(
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002
        locals: Mapping[str, Any] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        ours = level == 0 and globals is not None and globals.get("__name__") == NOTEBOOK
        try:
            found = original(name, globals, locals, fromlist, level)
        except ModuleNotFoundError as error:
            if not ours or not _is_missing(error, name) or _is_guarded(sys._getframe(1)):  # noqa: SLF001
                raise
            found = _placeholder(name, from_=bool(fromlist))
            if found is None:
                raise
            note("package", f"{name} is not here; what uses it does nothing")
        if ours:
            plotting.mend()
        return found

    return import_


def _is_missing(error: ModuleNotFoundError, name: str) -> bool:
    """Return whether it is this very import that fails, and not one inside a module it found."""
    missing = error.name or ""
    return (name == missing or name.startswith(f"{missing}.")) and name.split(".")[0] not in OWN


def _placeholder(name: str, *, from_: bool) -> Absent | None:
    """Return what an `import` statement binds; None where a package is here, but not its part."""
    top = name.partition(".")[0]
    if from_:
        return Absent(name)
    return Absent(top) if importlib.util.find_spec(top) is None else None


def _is_guarded(frame: FrameType) -> bool:
    """Return whether a `try` around the running import statement catches a missing package."""
    return any(
        isinstance(node, ast.Try)
        and node.body[0].lineno <= frame.f_lineno <= (node.body[-1].end_lineno or 0)
        and any(map(_catches, node.handlers))
        for node in ast.walk(_source(frame.f_code))
    )


def _source(code: CodeType) -> ast.AST:
    try:
        return ast.parse("".join(linecache.getlines(code.co_filename)))
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(isinstance(n, ast.Name) and n.id in CATCHES for n in ast.walk(handler.type))
