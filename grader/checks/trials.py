"""Part C by values: what a step must have done to a network, pictures and a rate that we drew.

What the agent says of Part C lives in the student's kernel and could be made up. Here it is
computed again outside: the drawn network is built, its features and gradients are taken, and the
numbers that came back must be what they lead to.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from grader.agent import drawn
from grader.checks.deeplab import unusable
from grader.checks.proof import DESCENT, PARTS, SIZE
from grader.model import Arrays, Evidence

Array = np.ndarray[Any, Any]
Head = dict[str, Tensor]
CLOSE = 0.02  # of the largest right number: other machines and types add otherwise
# How much of the gradient, by size, a step must follow in sign. Chance gives a half; clipping,
# weights of classes, momentum, decay and other losses of the same kind stay far above this.
FOLLOWED = 0.7


def _or_refuted(proof: Callable[..., bool]) -> Callable[..., bool]:
    """Let numbers of a shape that nothing can be computed with prove nothing."""

    @functools.wraps(proof)
    def proved(*args: Any, **kwargs: Any) -> bool:
        try:
            return proof(*args, **kwargs)
        except (RuntimeError, IndexError, ValueError, ZeroDivisionError):
            return False

    return proved


@dataclass(frozen=True)
class Trial:
    """One drawn network, and what the reply says came of it."""

    plan: drawn.Plan
    given: Mapping[str, Tensor]  # images, masks and numbers of this network
    settings: Mapping[str, Any] | None  # how the last layer slides; None: it is no convolution
    arrays: Arrays
    raised: str

    def head(self, name: str) -> Head:
        """Return a last layer of the reply, by parts."""
        found = {part: self.arrays.get(f"{name}.{part}") for part in PARTS}
        return {p: torch.from_numpy(a).float() for p, a in found.items() if a is not None}

    def start(self, name: str) -> Head:
        """Return the drawn numbers of that layer."""
        return {
            p: drawn.head_numbers(self.given["numbers"], p, t) for p, t in self.head(name).items()
        }

    def features(self, batch: int) -> Tensor:
        """Return what comes to the last layer, for one of the batches."""
        with torch.no_grad():
            network = drawn.Drawn(self.plan, self.given["numbers"])
            return network.features(self.given["images"][batch])

    def scores(self, head: Head, batch: int) -> Tensor | None:
        """Return the scores of a last layer; None if it is no convolution that fits."""
        if self.settings is None or "weight" not in head:
            return None
        try:
            return drawn.scores(self.features(batch), head, SIZE, **self.settings)
        except RuntimeError:
            return None

    def gradient(self, head: Head, batch: int, *, any_kind: bool = False) -> Head:
        """Return the gradient of the cross-entropy by each part; nothing if there is none.

        `any_kind`: the numbers make a layer of the right shape, whatever theirs is.
        """
        learned = {part: value.clone().requires_grad_() for part, value in head.items()}
        if any_kind and learned:
            scores: Tensor | None = drawn.scores(
                self.features(batch), drawn.surrogate(learned), SIZE
            )
        else:
            scores = self.scores(learned, batch)
        if scores is None or scores.shape[1] < 2:
            return {}
        loss = F.cross_entropy(scores, self.given["masks"][batch].long())
        return dict(zip(learned, torch.autograd.grad(loss, list(learned.values())), strict=True))

    @_or_refuted
    def joined(self, shape: tuple[int, ...]) -> bool:
        """Return whether the last layer is a convolution with such a weight, and joined."""
        output, head = self.arrays.get("output"), self.start("begun")
        if "weight" not in head or head["weight"].shape != shape:
            return False
        want = self.scores(head, 0)
        return output is not None and want is not None and _close(output, want.numpy())

    @_or_refuted
    def frozen(self, learning: Collection[str] = ()) -> bool:
        """Return whether two steps of ours moved the last layer as if only that had learned.

        `learning`: "backbone" or "classifier", where a new layer has come to stand there.
        """
        given = self.given
        want = drawn.frozen_steps(
            self.plan, given["numbers"], given["images"][:2], given["masks"][:2], DESCENT, learning
        )
        mine = self.head("frozen")
        return all(p in mine and _close(mine[p].numpy(), want[p].numpy()) for p in PARTS)

    @_or_refuted
    def chosen(self, parts: Collection[str]) -> bool:
        """Return whether the optimizer moved these parts of the last layer, and by its gradient."""
        after, before = self.head("chosen"), self.start("chosen")
        if after.keys() & set(parts) != set(parts):
            return False
        gradient = self.gradient(before, 0, any_kind=True)
        return all(_follows(before[p], after[p], gradient.get(p)) for p in parts)

    def strayed(self, name: str) -> bool:
        """Return whether the drawn layers changed in the loop, or under the optimizer."""
        network = drawn.Drawn(self.plan, self.given["numbers"])
        mine, want = self.arrays.get(f"rest.{name}"), network.flat().numpy()
        return mine is None or mine.shape != want.shape or not np.allclose(mine, want, 0, 1e-7)

    @_or_refuted
    def stepped(self) -> bool:
        """Return whether both steps of the loop went down the gradients of their batches.

        The second may go on where the first went: momentum.
        """
        begun, first, second = (self.head(name) for name in ("begun", "first", "second"))
        if not begun.keys() == first.keys() == second.keys() or "weight" not in begun:
            return False
        one, two = self.gradient(begun, 0), self.gradient(first, 1)
        if not one or not two:
            return False
        onwards = {part: 0.9 * one[part] + two[part] for part in two}
        return _all_follow(begun, first, one) and (
            _all_follow(first, second, two) or _all_follow(first, second, onwards)
        )


def _all_follow(before: Head, after: Head, gradient: Head) -> bool:
    """Return whether all parts moved, the weight by its gradient.

    Of a bias two numbers are too few: weights of classes, for one, turn its gradient.
    """
    moved = all(not torch.equal(before[part], after[part]) for part in before)
    return moved and _follows(before["weight"], after["weight"], gradient.get("weight"))


def _follows(before: Tensor, after: Tensor, gradient: Tensor | None) -> bool:
    """Return whether a step went against its gradient, by sign and weighed by size."""
    if gradient is None or after.shape != gradient.shape or not bool(after.isfinite().all()):
        return False
    size, against = gradient.abs(), (before - after).sign() == gradient.sign()
    return bool((size * against).sum() > FOLLOWED * size.sum()) and bool(size.sum() > 0)


def _close(mine: Array, want: Array) -> bool:
    return mine.shape == want.shape and bool(
        np.abs(mine.astype(float) - want).max() <= CLOSE * np.abs(want).max()
    )


def of(student: Evidence, name: str) -> tuple[Trial, ...]:
    """Return the trials of "layers" or "step". Raises NoAnswer."""
    reply = student.replies[f"finetune.{name}"]
    asked = student.replies.requests[reply.id]
    if len(reply.values["networks"]) != len(asked.params["networks"]):
        raise unusable(reply, student.replies)
    tensors = {n: torch.from_numpy(a) for n, a in asked.arrays.items()}
    return tuple(
        Trial(
            plan,
            {n: tensor[k] for n, tensor in tensors.items()},
            told["head"],
            {n.partition(".")[2]: a for n, a in reply.arrays.items() if n.startswith(f"{k}.")},
            told["raised"]["name"] if told["raised"] else "",
        )
        for k, (plan, told) in enumerate(
            zip(asked.params["networks"], reply.values["networks"], strict=True)
        )
    )
