"""When the notebook used what is asked about: its classes, and the network that Part C trains.

A class is used when one of its objects is made; Part C's network when an optimizer is made for it,
or is tried to be made, best of all within `train(args, model)`.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

from torch import nn

from . import optimizers
from .patches import replace

ASKED = frozenset({"args", "model"})  # what Part C's own `train` takes
DEPTH = 12  # frames that are looked at, from the optimizer outwards

made: set[type] = set()  # the classes of modules that the running cell made


@dataclass(frozen=True)
class Training:
    """A network for which an optimizer is being made; `asked`: by a function of `args, model`."""

    model: nn.Module
    loop: Any  # the code of that function
    asked: bool


Trains = Callable[[Training], None]


def install(namespace: dict[str, Any], trains: Trains) -> None:
    """Note each module's class in `made`, and tell `trains` of each training."""
    replace(nn.Module, "__init__", _noting)

    def tell(params: Any) -> None:
        found = _within_a_loop() or _of_the_notebook(namespace, params)
        if found is not None:
            trains(found)

    optimizers.told[:] = [tell]


def _noting(original: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(original)
    def __init__(self: nn.Module, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        made.add(type(self))
        original(self, *args, **kwargs)

    return __init__


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(3)  # noqa: SLF001 - who makes the optimizer is what is asked
    for _ in range(DEPTH):
        if frame is None:
            return
        yield frame
        frame = frame.f_back


def _within_a_loop() -> Training | None:
    for frame in _frames():
        code = frame.f_code
        if set(code.co_varnames[: code.co_argcount]) >= ASKED:
            model = frame.f_locals.get("model")
            if isinstance(model, nn.Module):
                return Training(model, code, True)
    return None


def _of_the_notebook(namespace: dict[str, Any], params: Any) -> Training | None:
    model = namespace.get("model")
    if not isinstance(model, nn.Module) or not isinstance(params, (list, tuple)):
        return None
    groups = [p["params"] if isinstance(p, dict) and "params" in p else [p] for p in params]
    given = {id(p) for group in groups if isinstance(group, (list, tuple)) for p in group}
    held = any(id(p) in given for p in model.parameters())
    return Training(model, None, False) if held else None
