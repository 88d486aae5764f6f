"""A right MyConv2d in the place of the notebook's own, to see what the networks are without it."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def _init(
    self: Any, in_channels: int, out_channels: int, kernel_size: int, padding: int | None = None
) -> None:
    nn.Module.__init__(self)
    self.in_channels, self.out_channels = in_channels, out_channels
    self.kernel_size = kernel_size
    self.padding = kernel_size // 2 if padding is None else padding
    self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
    self.bias = nn.Parameter(torch.empty(out_channels))
    bound = 1 / math.sqrt(in_channels * kernel_size**2)
    for parameter in (self.weight, self.bias):
        nn.init.uniform_(parameter, -bound, bound)


def _forward(self: Any, x: Tensor) -> Tensor:
    return F.conv2d(x, self.weight, self.bias, padding=self.padding)


RIGHT = {"__init__": _init, "forward": _forward}


@contextlib.contextmanager
def put_in_place_of(own: type) -> Iterator[None]:
    """Let every object of a class, and of those derived from it, be a right MyConv2d.

    The class itself is changed, for as long as the context is entered: networks find it by
    whatever name they know it.
    """
    before = {name: vars(own)[name] for name in RIGHT if name in vars(own)}
    for name, function in RIGHT.items():
        setattr(own, name, function)
    try:
        yield
    finally:
        for name in RIGHT:
            if name in before:
                setattr(own, name, before[name])
            else:
                delattr(own, name)
