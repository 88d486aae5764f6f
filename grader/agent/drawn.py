"""A small network that the grader draws: it takes the place of all but Part C's last layer.

Its layers, their names and their numbers come with the request, so that nothing which was known
before can stand for what is computed with them. The checks build the same network outside.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LAST = 256  # channels that the last layer takes
GAIN = 1.6  # of a layer's numbers, so that tanh is neither linear nor flat
HEAD_SCALE = 0.03  # of the last layer's: near 0 the losses of classification agree on the way down
STEEP = 8.0  # times that, where the layers below are to feel it
Plan = Sequence[Sequence[Any]]  # rows of name and channels, a layer each


class Body(nn.Module):
    """The drawn backbone: (N, 3, H, W) to "out" and "aux", each (N, C, H/2, W/2).

    `onset` is called once, when the first pass that learns begins.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.level = nn.InstanceNorm2d(3)  # pictures may come normalised or not
        channels, self.order = 3, [str(name) for name, _ in plan]
        for name, (_, width) in zip(self.order, plan, strict=True):
            self.add_module(name, nn.Conv2d(channels, width, 3, padding=1))
            channels = width
        self.channels = channels
        self.onset: Callable[[], None] | None = None

    def forward(self, x: Tensor) -> OrderedDict[str, Tensor]:
        """Return the features, twice."""
        if self.onset is not None and torch.is_grad_enabled():
            onset, self.onset = self.onset, None
            onset()
        y = self.level(x.to(next(self.parameters()).dtype))
        for name in self.order:
            y = torch.tanh(self.get_submodule(name)(y))
        y = F.avg_pool2d(y, 2)
        return OrderedDict(out=y, aux=y)


class Lift(nn.Module):
    """Takes the drawn features to the channels, and the type, that a last layer asks for."""

    def __init__(self, channels: int, outputs: int = LAST, dtype: torch.dtype | None = None):
        super().__init__()
        self.mix = nn.Conv2d(channels, LAST, 1)
        self.outputs, self.dtype = outputs, dtype

    def forward(self, seen: Tensor) -> Tensor:
        """Return (N, outputs, H, W), each channel of a picture with mean 0.

        So the gradient tells of shapes: weights of classes and the like hardly turn it.
        """
        y = torch.tanh(self.mix(seen.to(self.mix.weight.dtype)))
        y = widened(y - y.mean((2, 3), keepdim=True), self.outputs)
        return y if self.dtype is None else y.to(self.dtype)


def widened(features: Tensor, channels: int) -> Tensor:
    """Return features with so many channels, which come over again if there are too few."""
    have = features.shape[1]
    return features if channels == have else features[:, torch.arange(channels) % have]


class Drawn:
    """The drawn layers, `body` and `lift`, filled with the numbers of the request."""

    def __init__(
        self,
        plan: Plan,
        numbers: Tensor,
        outputs: int = LAST,
        dtype: torch.dtype | None = None,
    ) -> None:
        self.body, self.numbers = Body(plan), numbers
        self.lift = Lift(self.body.channels, outputs, dtype)
        self.body.to(numbers), self.lift.to(numbers)
        self.fill()

    def parameters(self) -> list[nn.Parameter]:
        """Return the parameters of both, in order."""
        return [*self.body.parameters(), *self.lift.parameters()]

    def fill(self) -> None:
        """Put the numbers of the request into every parameter."""
        start = 0
        with torch.no_grad():
            for parameter in self.parameters():
                fan_in = math.prod(parameter.shape[1:]) or 1
                scale = GAIN * math.sqrt(3 / fan_in) if parameter.dim() > 1 else 0.3
                parameter.copy_(scale * cycled(self.numbers, parameter.shape, start))
                start += parameter.numel()

    def flat(self) -> Tensor:
        """Return the numbers that stand in the parameters now, (n,)."""
        return torch.cat([p.detach().flatten() for p in self.parameters()])

    def features(self, images: Tensor) -> Tensor:
        """Return what comes to the last layer, (N, 256, H/2, W/2)."""
        features: Tensor = self.lift(self.body(images)["out"])
        return features


def cycled(numbers: Tensor, shape: Iterable[int], start: int = 0) -> Tensor:
    """Return a tensor of this shape out of `numbers`, from `start` on and over again."""
    size = torch.Size(shape)
    places = torch.arange(start, start + size.numel(), device=numbers.device) % len(numbers)
    return numbers[places].reshape(size)


def fill_head(layer: nn.Module | None, numbers: Tensor) -> None:
    """Put drawn numbers into a last layer, whatever its shape."""
    with torch.no_grad():
        for name, parameter in layer.named_parameters() if layer is not None else ():
            parameter.copy_(head_numbers(numbers, name, parameter))


def head_numbers(numbers: Tensor, name: str, like: Tensor) -> Tensor:
    """Return the drawn numbers of one part of a last layer, in the shape of `like`."""
    return HEAD_SCALE * cycled(numbers, like.shape, 0 if "bias" in name else 97)


def scores(features: Tensor, head: Mapping[str, Tensor], size: int, **settings: Any) -> Tensor:
    """Return the scores (N, classes, size, size) of a last layer with these numbers."""
    channels = head["weight"].shape[1] * settings.get("groups", 1)
    out = F.conv2d(widened(features, channels), head["weight"], head.get("bias"), **settings)
    return F.interpolate(out, size=(size, size), mode="bilinear", align_corners=False)


def surrogate(head: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return a last layer of the right shape made of the numbers of any other.

    The second class has the opposite sign: the same numbers for both would have no gradient.
    """
    shapes = {"weight": (2, LAST, 1, 1), "bias": (2,)}
    made = {"weight": torch.zeros(shapes["weight"])}
    for part, tensor in head.items():
        numbers = cycled(tensor.flatten(), shapes[part])
        made[part] = torch.cat([numbers[:1], -numbers[1:]])
    return made


def frozen_steps(
    plan: Plan, numbers: Tensor, images: Tensor, masks: Tensor, rate: float, learning: Iterable[str]
) -> dict[str, Tensor]:
    """Return the last layer after a step of gradient descent for each batch.

    The last layer learns, and of "backbone" and "classifier" what `learning` names. The second
    step looks otherwise if the first has changed more than the last layer.

    images: (steps, N, 3, S, S). masks: (steps, N, S, S) of 0 and 1.
    """
    drawn, last = Drawn(plan, numbers), nn.Conv2d(LAST, 2, 1).to(numbers)
    fill_head(last, STEEP * numbers)
    named = {"backbone": drawn.body, "classifier": drawn.lift}
    learned = list(last.parameters())
    for name in learning:
        learned += named[name].parameters() if name in named else ()
    for batch, mask in zip(images, masks, strict=True):
        out = scores(drawn.features(batch), dict(last.named_parameters()), mask.shape[-1])
        gradients = torch.autograd.grad(F.cross_entropy(out, mask.long()), learned)
        with torch.no_grad():
            for parameter, gradient in zip(learned, gradients, strict=True):
                parameter.sub_(rate * gradient)
    return {name: p.detach() for name, p in last.named_parameters()}
