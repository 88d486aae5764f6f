"""Learning colour categories: batches, the loss, the loop, and what came of it."""

from collections.abc import Callable, Iterator
from itertools import islice
from math import ceil
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from reference.device import device_of
from reference.modes import evaluating


class Evaluation(NamedTuple):
    """Mean cross-entropy a pixel, in nats, and the share of pixels that are right."""

    loss: float
    accuracy: float


def batches(
    count: int, batch_size: int, generator: torch.Generator | None = None
) -> Iterator[Tensor]:
    """Yield the indices from 0 to `count` - 1 in batches; the last one may be smaller.

    They come in random order if there is a generator.

    Raises:
        ValueError: a batch size below 1.

    >>> [batch.tolist() for batch in batches(5, 2)]
    [[0, 1], [2, 3], [4]]
    """
    if batch_size < 1:
        raise ValueError(f"batch_size={batch_size}, but should be at least 1")
    order = torch.arange(count) if generator is None else torch.randperm(count, generator=generator)
    yield from torch.split(order, batch_size)


def compute_loss(scores: Tensor, categories: Tensor) -> Tensor:
    """Return the mean cross-entropy a pixel, in nats, as a tensor with a gradient.

    Args:
        scores: shape (N, categories, H, W), before softmax.
        categories: int64 of shape (N, H, W).
    """
    return F.cross_entropy(scores, categories)


def fit(
    model: nn.Module,
    greys: Tensor,
    categories: Tensor,
    *,
    steps: int | None = None,
    epochs: int | None = None,
    batch_size: int,
    learn_rate: float,
    seed: int,
    after_epoch: Callable[[int, list[float]], None] | None = None,
) -> list[float]:
    """Train `model` in place with Adam and leave it in training mode.

    Args:
        model: on any device; batches are moved there.
        greys: inputs, (N, C, H, W).
        categories: int64 targets, (N, H, W).
        steps: how many batches to learn from, in passes over the data; or
        epochs: how many passes; exactly one of the two.
        batch_size: images a batch; the last batch of a pass may have fewer.
        learn_rate: of Adam.
        seed: of the order of the images, which is new in each pass. The weights are the caller's.
        after_epoch: called after each whole pass with its number, from 1, and its batches' losses.

    Returns:
        The loss of each batch before its step.

    Raises:
        ValueError: both or none of `steps` and `epochs`, no images, or a batch size below 1.
    """
    if (steps is None) == (epochs is None):
        raise ValueError(f"steps={steps}, epochs={epochs}, but exactly one should be given")
    if not len(greys) or len(greys) != len(categories):
        raise ValueError(
            f"{len(greys)} inputs, {len(categories)} targets, but should be equally many, not 0"
        )
    device = device_of(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=learn_rate)
    order = _passes(len(greys), batch_size, torch.Generator().manual_seed(seed))
    a_pass = ceil(len(greys) / batch_size)
    losses: list[float] = []
    model.train()
    for batch in islice(order, steps if epochs is None else epochs * a_pass):
        optimizer.zero_grad()
        loss = compute_loss(model(greys[batch].to(device)), categories[batch].to(device))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if after_epoch is not None and len(losses) % a_pass == 0:
            after_epoch(len(losses) // a_pass, losses[-a_pass:])
    return losses


def _passes(count: int, batch_size: int, generator: torch.Generator) -> Iterator[Tensor]:
    while True:
        yield from batches(count, batch_size, generator)


def predict(model: nn.Module, greys: Tensor, *, batch_size: int = 100) -> Tensor:
    """Return the most probable category of each pixel, int64 (N, H, W), on the CPU."""
    device = device_of(model)
    with evaluating(model):
        parts = [
            model(greys[batch].to(device)).argmax(dim=1).cpu()
            for batch in batches(len(greys), batch_size)
        ]
    return torch.cat(parts)


def evaluate(
    model: nn.Module, greys: Tensor, categories: Tensor, *, batch_size: int = 100
) -> Evaluation:
    """Measure `model` in evaluation mode over all pixels; the batch size does not matter.

    Raises:
        ValueError: no images.
    """
    if not len(greys):
        raise ValueError("0 images, but should be at least 1")
    device = device_of(model)
    loss = right = 0.0
    with evaluating(model):
        for batch in batches(len(greys), batch_size):
            scores, target = model(greys[batch].to(device)), categories[batch].to(device)
            loss += F.cross_entropy(scores, target, reduction="sum").item()
            right += (scores.argmax(dim=1) == target).sum().item()
    return Evaluation(loss / categories.numel(), right / categories.numel())
