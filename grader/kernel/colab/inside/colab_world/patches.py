"""Replacements of library functions: each made once, and made again when a module is reloaded."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

Make = Callable[[Any], Any]

_wanted: list[tuple[Any, str, Make]] = []
_done: dict[tuple[int, str], Any] = {}


def replace(owner: Any, name: str, make: Make) -> None:
    """Replace `owner.name` by `make(original)`; nothing happens where there is no such name."""
    _wanted.append((owner, name, make))
    _put(owner, name, make)


def _put(owner: Any, name: str, make: Make) -> None:
    if not hasattr(owner, name):
        return
    current, key = getattr(owner, name), (id(owner), name)
    if key in _done and _done[key] is current:
        return  # a second layer would hide the original
    _done[key] = make(current)
    setattr(owner, name, _done[key])


def like(original: Any, owner: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Dress a replacement as `original`, so that pickle finds it in `owner`, a module or class."""

    def dress(function: Callable[..., Any]) -> Callable[..., Any]:
        dressed = functools.wraps(original)(function)
        name: str = original.__name__
        if isinstance(owner, ModuleType):
            dressed.__module__, dressed.__qualname__ = owner.__name__, name
        else:
            dressed.__module__ = owner.__module__
            dressed.__qualname__ = f"{owner.__qualname__}.{name}"
        return dressed

    return dress


def survive_reload() -> None:
    """Make `importlib.reload` put the replacements back into the module it has renewed."""

    def make(original: Callable[[ModuleType], ModuleType]) -> Callable[[ModuleType], ModuleType]:
        @functools.wraps(original)
        def reload(module: ModuleType) -> ModuleType:
            renewed = original(module)
            for owner, name, again in _wanted:
                if owner is renewed:
                    _put(owner, name, again)
            return renewed

        return reload

    replace(importlib, "reload", make)
