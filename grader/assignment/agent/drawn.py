"""A small network that the grader draws: it computes in the place of all but Part C's last layer.

Its layers and their numbers come with the request, so that nothing which was known before can stand
for what is computed with them. The checks build the same network outside.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LAST = 256  # channels that the last layer takes
GAIN = 1.6  # of a layer's numbers, so that tanh is neither linear nor flat
HEAD_SCALE = 0.4  # of the last layer's: far enough from 0 that one loss is told from another
Plan = Sequence[int]  # channels, a layer each


class Drawn:
    """The drawn layers, filled with the numbers of the request: pictures to features.

    `body` takes pictures (N, 3, H, W) to (N, C, H/2, W/2), `lift` these to the channels that a last
    layer asks for.
    """

    def __init__(self, plan: Plan, numbers: Tensor, outputs: int = LAST) -> None:
        self.level = nn.InstanceNorm2d(3)
        widths = [3, *plan]
        self.body = nn.ModuleList(
            nn.Conv2d(a, b, 3, padding=1) for a, b in itertools.pairwise(widths)
        )
        self.lift = nn.Conv2d(widths[-1], LAST, 1)
        self.outputs = outputs
        self.body.to(numbers), self.lift.to(numbers)
        self._fill(numbers)

    def _fill(self, numbers: Tensor) -> None:
        start = 0
        for parameter in (*self.body.parameters(), *self.lift.parameters()):
            fan_in = math.prod(parameter.shape[1:]) or 1
            scale = GAIN * math.sqrt(3 / fan_in) if parameter.dim() > 1 else 0.3
            with torch.no_grad():
                parameter.copy_(scale * cycled(numbers, parameter.shape, start))
            start += parameter.numel()

    def features(self, images: Tensor) -> Tensor:
        """Return what comes to the last layer, (N, outputs, H/2, W/2), channels with mean 0.

        So the gradient tells of shapes: weights of classes and the like hardly turn it.
        """
        y = self.level(images)
        for layer in self.body:
            y = torch.tanh(layer(y))
        y = torch.tanh(self.lift(F.avg_pool2d(y, 2)))
        return widened(y - y.mean((2, 3), keepdim=True), self.outputs)


def widened(features: Tensor, channels: int) -> Tensor:
    """Return features with so many channels, which come over again if there are too few."""
    have = features.shape[1]
    return features if channels == have else features[:, torch.arange(channels) % have]


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


def scores(
    features: Tensor, head: Mapping[str, Tensor], size: Sequence[int], **settings: Any
) -> Tensor:
    """Return the scores (N, classes, *size) of a last layer with these numbers."""
    channels = head["weight"].shape[1] * settings.get("groups", 1)
    out = F.conv2d(widened(features, channels), head["weight"], head.get("bias"), **settings)
    return F.interpolate(out, size=tuple(size), mode="bilinear", align_corners=False)


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

    The last layer learns, and what `learning` names: "backbone", "classifier", or anything else,
    which stands for a gain of the features. The second step looks otherwise if the first has
    changed more than the last layer.

    images: (steps, N, 3, S, S). masks: (steps, N, S, S) of 0 and 1.
    """
    drawn, last = Drawn(plan, numbers), nn.Conv2d(LAST, 2, 1).to(numbers)
    fill_head(last, numbers)
    gain = nn.Parameter(torch.ones(1, LAST, 1, 1).to(numbers))
    named = {"backbone": [*drawn.body.parameters()], "classifier": [*drawn.lift.parameters()]}
    learned = list(last.parameters())
    for name in learning:
        learned += named.get(name, [gain])
    for batch, mask in zip(images, masks, strict=True):
        features = gain * drawn.features(batch)
        out = scores(features, dict(last.named_parameters()), mask.shape[-2:])
        gradients = torch.autograd.grad(F.cross_entropy(out, mask.long()), learned)
        with torch.no_grad():
            for parameter, gradient in zip(learned, gradients, strict=True):
                parameter.sub_(rate * gradient)
    return {name: p.detach() for name, p in last.named_parameters()}
