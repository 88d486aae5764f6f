"""A right MyConv2d in the place of the notebook's own, to see what the networks are without it."""

from __future__ import annotations

import contextlib
import inspect
import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

NAMES = ("in_channels", "out_channels", "kernel_size", "padding")  # the handout's, in their order


def _init(own: Callable[..., None]) -> Callable[..., None]:
    """Return a constructor that takes what the notebook's `own` takes.

    Whatever else the notebook's constructor notes on the object stays there: networks may read it.
    """

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        given = _given(own, self, args, kwargs)
        try:
            own(self, *args, **kwargs)
        except Exception:  # noqa: BLE001 - one that is wrong in this, too
            nn.Module.__init__(self)
        for held in (self._parameters, self._buffers, self._modules):
            held.clear()
        self.in_channels, self.out_channels, kernel = (given[name] for name in NAMES[:3])
        self.kernel_size = kernel
        padding = given.get("padding")
        self._right = {
            "padding": kernel // 2 if padding is None else padding,
            "stride": given.get("stride", 1),
        }
        self.weight = nn.Parameter(torch.empty(self.out_channels, self.in_channels, kernel, kernel))
        self.bias = nn.Parameter(torch.empty(self.out_channels))
        bound = 1 / math.sqrt(self.in_channels * kernel**2)
        for parameter in (self.weight, self.bias):
            nn.init.uniform_(parameter, -bound, bound)

    return __init__


def _given(
    own: Callable[..., None], self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Return the arguments by name: the handout's for the first three, else the notebook's."""
    try:
        bound = inspect.signature(own).bind(self, *args, **kwargs)
    except (TypeError, ValueError):  # what it cannot be called with, the handout's can
        return {**dict(zip(NAMES, args, strict=False)), **kwargs}
    passed_on = any(p.kind is p.VAR_POSITIONAL for p in bound.signature.parameters.values())
    names = NAMES if passed_on else NAMES[:3]  # the fourth may be another thing than padding
    first = dict(zip(names, bound.args[1:], strict=False))
    return {"padding": bound.arguments.get("pad"), **bound.arguments, **bound.kwargs, **first}


def _forward(self: Any, x: Tensor) -> Tensor:
    return F.conv2d(x, self.weight, self.bias, **self._right)


@contextlib.contextmanager
def put_in_place_of(own: type) -> Iterator[None]:
    """Let every object of a class, and of those derived from it, be a right MyConv2d.

    The class itself is changed, for as long as the context is entered: networks find it by
    whatever name they know it.
    """
    right = {"__init__": _init(own.__init__), "forward": _forward}  # type: ignore[misc]
    before = {name: vars(own)[name] for name in right if name in vars(own)}
    for name, function in right.items():
        setattr(own, name, function)
    try:
        yield
    finally:
        for name in right:
            if name in before:
                setattr(own, name, before[name])
            else:
                delattr(own, name)
