"""Compiled networks run as they are written: `torch.compile` and `torch.jit` hand back their input.

A compiler takes minutes on a CPU, and nobody can follow what happens inside compiled code; what is
computed is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from .patches import like, replace


def install() -> None:
    """Switch compilation off."""
    replace(torch, "compile", _given_back)
    replace(torch.nn.Module, "compile", _nothing)
    for name in ("script", "trace", "script_method", "freeze", "optimize_for_inference"):
        replace(torch.jit, name, _given_back)
    replace(torch.jit, "ScriptModule", _plain)


def _plain(_original: type) -> type:
    """Return the class that a network written as a script derives from: any module's."""
    return type("ScriptModule", (torch.nn.Module,), {"__module__": "torch.jit"})


def _given_back(original: Callable[..., Any]) -> Callable[..., Any]:
    @like(original, torch.jit if original.__module__.startswith("torch.jit") else torch)
    def uncompiled(model: Any = None, *_args: Any, **_settings: Any) -> Any:
        """Return what was given, or, called for its settings alone, a decorator that does so."""
        return model if model is not None else _same

    return uncompiled


def _same(model: Any) -> Any:
    return model


def _nothing(original: Callable[..., Any]) -> Callable[..., Any]:
    @like(original, torch.nn.Module)
    def compile(self: Any, *_args: Any, **_settings: Any) -> None:  # noqa: A001 - torch's name
        """Do nothing."""

    return compile
