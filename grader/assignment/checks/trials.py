"""Part C by values: what a step must have done to a network, pictures and a rate that we drew.

What the agent says of Part C lives in the student's kernel and could be made up. Here it is
computed again outside: the drawn network is built, its features and gradients are taken, and the
numbers that came back must be what they lead to.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from grader.assignment.agent import drawn
from grader.assignment.agent.place import CELLS, UNSEEN
from grader.assignment.checks.deeplab import unusable
from grader.assignment.checks.handover import error
from grader.assignment.checks.proof import DESCENT, PARTS
from grader.model import Arrays, Evidence, StudentError

Array = np.ndarray[Any, Any]
Head = dict[str, Tensor]
Kind = Callable[..., Tensor]
KINDS: tuple[Kind, ...] = (F.softmax, torch.sigmoid)  # what a cross-entropy makes of scores
CLOSE = 0.02  # of the largest right number: other machines and types add otherwise
COPIED = 0.95  # of the targets: the network's own answers
# Of the gradient at the scores, what cross-entropy may leave unexplained: smoothed labels leave
# 0.04, a Dice loss beside it or a focal weight 0.2, squares of the softmax 0.23, it twice 0.26.
OTHERWISE = 0.22
# How much of the gradient, by size, a step must follow in sign. Chance gives a half; clipping,
# weights of classes, momentum, decay and other losses of the same kind stay far above this.
FOLLOWED = 0.7
# Of a weight's numbers with a gradient, how many must have moved at least. Rprop leaves those whose
# gradient has turned, half precision those that a step is too small for.
MOVED = 0.1
LEARNED = 0.9  # of a loss, what at most is left where a step went all the way down


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
    stirred: Collection[str]  # "loop", "choice": where something before the last layer moved
    arrays: Arrays
    raised: StudentError | None

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

    def scores(self, head: Head, features: Tensor, size: Sequence[int]) -> Tensor | None:
        """Return the scores of a last layer; None if it is no convolution that fits."""
        if self.settings is None or "weight" not in head:
            return None
        try:
            return drawn.scores(features, head, size, **self.settings)
        except RuntimeError:
            return None

    def our_gradient(self, head: Head, batch: int) -> Head:
        """Return the gradient by each part of a layer of the right shape made of its numbers."""
        learned = {part: value.clone().requires_grad_() for part, value in head.items()}
        masks = self.given["masks"][batch].long()
        scores = drawn.scores(self.features(batch), drawn.surrogate(learned), masks.shape[-2:])
        return _by(F.cross_entropy(scores, masks), learned)

    @_or_refuted
    def joined(self, shape: tuple[int, ...]) -> bool:
        """Return whether the last layer is a convolution with such a weight, and joined."""
        output, head = self.arrays.get("output"), self.start("begun")
        if "weight" not in head or head["weight"].shape != shape:
            return False
        want = self.scores(head, self.features(0), self.given["masks"].shape[-2:])
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
    def chosen(self, parts: Collection[str], *, alone: bool) -> bool:
        """Return whether the optimizer moved these parts of the last layer, and by its gradient.

        `alone`: and nothing before it. Whatever moved in the first step would have changed all that
        the last layer sees in the second, and so its gradient.
        """
        before, after, again = self.start("chosen"), self.head("chosen"), self.head("again")
        if after.keys() & set(parts) != set(parts):
            return False
        gradient = self.our_gradient(before, 0)
        if not all(_follows(before[p], after[p], gradient.get(p)) for p in parts):
            return False
        onwards = self.our_gradient(after, 1)
        follows = "weight" not in parts or _follows(
            after["weight"], again["weight"], onwards.get("weight")
        )
        return not alone or ("choice" not in self.stirred and follows)

    @_or_refuted
    def stepped(self) -> bool:
        """Return whether both steps of the loop went down the gradient of what they saw.

        The second may go on where the first went: momentum. One that went further than a gradient
        tells, as LBFGS does, must have got there.
        """
        begun, first, second = (self.head(name) for name in ("begun", "first", "second"))
        start = self.start("begun")
        if not begun.keys() == first.keys() == second.keys() or "weight" not in begun:
            return False
        if not all(_close(begun[part].numpy(), start[part].numpy()) for part in begun):
            return False
        one, two = Answered.read(self, "first", 0), Answered.read(self, "second", 1)
        down, on = one.gradient(begun), two.gradient(first)
        onwards = {part: 0.9 * down[part] + on[part] for part in on}
        went = _all_follow(begun, first, down) or one.learned(begun, first)
        return went and (
            _all_follow(first, second, on)
            or _all_follow(first, second, onwards)
            or two.learned(first, second)
        )

    @_or_refuted
    def answered(self) -> bool:
        """Return whether the loss of both rounds is a cross-entropy, by its gradient at scores."""
        rounds = (("begun", "first", 0), ("first", "second", 1))
        return all(
            Answered.read(self, name, batch).kind(self.head(before)) is not None
            for before, name, batch in rounds
        )


@dataclass(frozen=True)
class Answered:
    """What the loss of one round answered: to which pictures, for which targets, how steeply."""

    trial: Trial
    features: Tensor  # (N, 256, S/2, S/2), of the pictures that were shown
    targets: Tensor  # (N, H, W), UNSEEN where the loss does not look
    slopes: Tensor  # (N, 2, CELLS, CELLS), mean of the gradient at the scores

    @classmethod
    def read(cls, trial: Trial, name: str, batch: int) -> Answered:
        """Return the answers of one round. Raises ValueError for arrays that do not fit."""
        try:
            rows, targets, slopes = (
                torch.from_numpy(trial.arrays[f"{kind}.{name}"])
                for kind in ("rows", "targets", "slopes")
            )
        except KeyError as missing:
            raise ValueError(missing) from None
        if targets.shape[:1] != rows.shape or slopes.shape != (len(rows), 2, CELLS, CELLS):
            raise ValueError("arrays that do not fit each other")
        features = trial.features(batch)[rows.long()]
        return cls(trial, features, targets.long(), slopes.float())

    def _scores(self, head: Head) -> Tensor:
        scores = self.trial.scores(head, self.features, self.targets.shape[1:])
        if scores is None or scores.shape[1] != 2:
            raise ValueError("no two scores a pixel")
        return scores

    def gradient(self, head: Head) -> Head:
        """Return the gradient of the loss by each part of a last layer."""
        learned = {part: value.clone().requires_grad_() for part, value in head.items()}
        scores, kind = self._scores(learned), self.kind(head) or F.softmax
        pulls = sum(self._pulls(scores.detach(), kind))
        return _by((scores * pulls).sum(), learned)

    def learned(self, before: Head, after: Head) -> bool:
        """Return whether the loss fell below what it is for who knows how rare each target is."""
        share = (self.targets[self.targets != UNSEEN] == 1).float().mean()
        prior = F.binary_cross_entropy(share, share)
        was, now = (
            F.cross_entropy(self._scores(head), self.targets, ignore_index=UNSEEN)
            for head in (before, after)
        )
        return bool(now < LEARNED * torch.minimum(was, prior))

    def kind(self, head: Head) -> Kind | None:
        """Return which cross-entropy the loss is, by its gradient at the scores; None for another.

        That is their softmax, or sigmoid, less 1 at the target, times a weight for each class.
        Targets that are what the network says itself would be no targets.
        """
        scores = self._scores(head)
        alike = (scores.argmax(1) == self.targets)[self.targets != UNSEEN].float().mean()
        if not bool(alike < COPIED):
            return None
        return next((kind for kind in KINDS if self._explains(kind, scores)), None)

    def _explains(self, kind: Kind, scores: Tensor) -> bool:
        columns = [F.adaptive_avg_pool2d(p, CELLS).flatten() for p in self._pulls(scores, kind)]
        basis, slopes = torch.stack(columns, 1).double(), self.slopes.flatten().double()
        weights = torch.linalg.lstsq(basis, slopes[:, None]).solution
        left = (slopes - (basis @ weights)[:, 0]).norm() / slopes.norm()
        return bool((weights > 0).all()) and bool(left < OTHERWISE)

    def _pulls(self, scores: Tensor, kind: Kind) -> list[Tensor]:
        """Return the gradient of a cross-entropy at the scores, of each target's pixels alone."""
        said = kind(scores, 1) if kind is F.softmax else kind(scores)
        of = [(self.targets == target)[:, None] for target in range(2)]
        ones = torch.cat(of, 1).float()
        return [(said - ones) * mine for mine in of]


def _by(loss: Tensor, learned: Head) -> Head:
    return dict(zip(learned, torch.autograd.grad(loss, list(learned.values())), strict=True))


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
    sloping = gradient != 0
    moved = sloping & (before != after)
    size, against = gradient.abs() * moved, (before - after).sign() == gradient.sign()
    enough = moved.any() and moved.sum() >= MOVED * sloping.sum()
    return bool(enough) and bool((size * against).sum() > FOLLOWED * size.sum())


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
            told["stirred"],
            {n.partition(".")[2]: a for n, a in reply.arrays.items() if n.startswith(f"{k}.")},
            error(told["raised"]),
        )
        for k, (plan, told) in enumerate(
            zip(asked.params["networks"], reply.values["networks"], strict=True)
        )
    )
