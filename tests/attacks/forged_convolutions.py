"""Forgeries of Parts A and B that put the blame on a MyConv2d, wrong in a way of its own."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.assignment.agent import handlers
from tests.attacks.forged_networks import Arrays, answer, diagram, forgery, shape_of, zeros_of


class Wrapped(nn.Module):
    """A MyConv2d that is wrong in a way of its own, so that all else might be excused by it."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, padding: int | None = None
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.padding = kernel_size // 2 if padding is None else padding

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight, self.bias, padding=self.padding) * 0


@forgery("zeros, and a MyConv2d that gives zeros, so that it is to blame", Wrapped)
def blames_myconv2d(names: Any, params: Any, given: Arrays) -> Any:
    return answer(diagram(params, given), zeros_of(params, given), params)


class Fixed(type):
    """A class that cannot be changed, so that no right convolution takes its place."""

    def __setattr__(cls, name: str, value: Any) -> None:
        raise TypeError(name)


class Unchangeable(Wrapped, metaclass=Fixed):
    """A MyConv2d that is wrong and must stay so."""


@forgery("zeros, and a wrong MyConv2d in whose place no right one can be put", Unchangeable)
def cannot_be_repaired(names: Any, params: Any, given: Arrays) -> Any:
    if "conv" in params:
        return handlers.network.run(names, params, given)
    return answer(diagram(params, given), zeros_of(params, given), params)


@forgery("a wrong MyConv2d, and the diagram's literals where a right one takes its place", Wrapped)
def answers_when_repaired(names: Any, params: Any, given: Arrays) -> Any:
    if "conv" not in params:
        raise RuntimeError("the student's own MyConv2d does not run")
    last = given["conv"][5].repeat(40)[: params["args"][2]].view(1, -1, 1, 1)
    return answer(diagram(params, given), last.expand(shape_of(params, given)).clone(), params, 0.1)
