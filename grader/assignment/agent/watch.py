"""Watches a training loop that is not ours: optimizers, their steps, the losses, what moved."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from .snapshot import moved

LOSSES = (
    "cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits",
    "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div", "hinge_embedding_loss",
    "multi_margin_loss", "multilabel_soft_margin_loss", "soft_margin_loss", "poisson_nll_loss",
)  # fmt: skip
PATIENCE = 32  # backward passes without a step, or steps, before the loop is stopped


class EnoughSteps(BaseException):
    """Ends the student's training loop after the steps that were asked for."""


class Watch:
    """Watches `Optimizer.step`, backward passes and losses while the student's own loop runs.

    Args:
        model: whose parameters are named; the loop may replace its layers.
        rounds: of backward pass and step until the loop is stopped by EnoughSteps.
    """

    def __init__(self, model: nn.Module, rounds: int) -> None:
        self.model, self.limit, self.rounds = model, rounds, 0
        self.before: dict[int, tuple[Tensor, Tensor]] = {}  # by identity: itself, its first value
        self.buffers = {n: b.detach().clone() for n, b in model.named_buffers()}
        self.optimizers: dict[int, Any] = {}  # as they were made, and as they stepped
        self.groups: dict[int, list[list[dict[str, Any]]]] = {}  # of those that stepped
        self.steps: list[dict[str, Any]] = []
        self.losses: list[str] = []
        self.given: list[dict[str, Any]] = []
        self.backwards = self.pending = 0
        self.uncleared = False
        self._look()

    def _look(self) -> None:
        """Note the first value of every parameter that is new."""
        for parameter in self.model.parameters():
            if id(parameter) not in self.before:
                self.before[id(parameter)] = parameter, parameter.detach().clone()

    def construct(self, optimizer: Any, call: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Stand in for `Optimizer.__init__(params, defaults)`; notes also what it refuses."""
        given, *others = args or (kwargs.pop("params", None),)
        if hasattr(given, "__iter__") and not isinstance(given, (list, tuple, dict, Tensor)):
            given = list(given)  # a generator can be read only once
        items = list(given) if isinstance(given, (list, tuple, dict)) else [given]
        kinds = sorted({_kind(item) for item in items})
        self.given.append({"class": type(optimizer).__name__, "count": len(items), "kinds": kinds})
        self._look()
        call(optimizer, given, *others, **kwargs)
        self.optimizers[id(optimizer)] = optimizer

    def backward(self, call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Stand in for `torch.autograd.backward`."""
        self._look()
        if self.steps and not self.pending and self._leftover():
            self.uncleared = True
        return self.gradient(call, args, kwargs)

    def gradient(self, call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Stand in for `torch.autograd.grad`, which adds to no gradient of a step before."""
        self.backwards += 1
        self.pending += 1
        if self.pending > PATIENCE:
            raise EnoughSteps
        return call(*args, **kwargs)

    def loss(self, name: str, args: Any, kwargs: Any) -> None:  # noqa: ARG002 - for who listens
        """Note a loss that is about to be computed."""
        self.losses.append(name)

    def batches(self, call: Callable[..., Any], loader: Any) -> Iterator[Any]:
        """Stand in for going through a DataLoader, which starts over while gradients add up.

        A step after every 8 or 16 batches would never come: there are fewer here.
        """
        waiting = True
        while waiting:
            steps, pending = len(self.steps), self.pending
            yield from call(loader)
            waiting = len(self.steps) == steps and self.pending > pending

    def _leftover(self) -> bool:
        """Return whether gradients of the last step are still there before new ones come."""
        handed = [
            p for o in self.optimizers.values() for group in o.param_groups for p in group["params"]
        ]
        return any(p.grad is not None and bool(p.grad.count_nonzero()) for p in handed)

    def step(self, optimizer: Any, call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Stand in for `optimizer.step()`."""
        self._look()
        self.optimizers[id(optimizer)] = optimizer
        self.groups[id(optimizer)] = self._groups(optimizer)
        named = list(self.model.named_parameters())
        self.steps.append(
            {
                "gradients": [n for n, p in named if p.grad is not None],
                "requires_grad": [n for n, p in named if p.requires_grad],
            }
        )
        result = call(optimizer, *args, **kwargs)
        # A closure goes back within the step; a warm-up from 0 has not begun yet.
        self.rounds += self.pending > 0 and not rests(optimizer)
        self.pending = 0
        if self.rounds >= self.limit or len(self.steps) >= PATIENCE:
            raise EnoughSteps
        return result

    def _groups(self, optimizer: Any) -> list[list[dict[str, Any]]]:
        names = {id(p): n for n, p in self.model.named_parameters()}
        return [
            [
                {"name": names.get(id(p), ""), "shape": list(p.shape), "kind": _kind(p)}
                for p in group["params"]
            ]
            for group in optimizer.param_groups
        ]

    def seen(self) -> dict[str, Any]:
        """Return everything that was noted, as plain data.

        "groups" are those of every optimizer that stepped; if none did, of every one made.
        """
        groups = self.groups or {id(o): self._groups(o) for o in self.optimizers.values()}
        return {
            "moved": self.moved(),
            "moved_buffers": self.moved_buffers(),
            "steps": self.steps[: 2 * self.limit],
            "groups": [group for found in groups.values() for group in found],
            "given": self.given[:8],
            "losses": sorted(set(self.losses)),
            "backwards": self.backwards,
            "uncleared": self.uncleared,
        }

    def moved(self) -> list[str]:
        """Return the names of the parameters whose values changed."""
        self._look()
        return [n for n, p in self.model.named_parameters() if moved(p, self.before[id(p)][1])]

    def moved_buffers(self) -> list[str]:
        """Return the names of the buffers whose values changed."""
        now = dict(self.model.named_buffers())
        return [n for n, b in self.buffers.items() if n in now and moved(now[n], b)]


def rests(optimizer: Any) -> bool:
    """Return whether a step of this optimizer moves nothing: all its rates are 0."""
    return all(group.get("lr", 1) == 0 for group in optimizer.param_groups)


def _kind(item: object) -> str:
    return "Parameter" if isinstance(item, nn.Parameter) else type(item).__name__


@contextlib.contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """Route every optimizer's construction and step, backward passes and losses past `watch`."""
    saved: list[tuple[Any, str, Any]] = []
    try:
        for owner, name, make in _replacements(watch):
            original = vars(owner)[name]
            saved.append((owner, name, original))
            setattr(owner, name, make(original))
        yield
    finally:
        for owner, name, original in reversed(saved):
            setattr(owner, name, original)


def _replacements(watch: Watch) -> Iterator[tuple[Any, str, Callable[[Any], Any]]]:
    """Yield what is replaced for a while: the owner, the attribute, and how to wrap it."""

    def step(call: Any) -> Any:
        def stand_in(optimizer: Any, *a: Any, **k: Any) -> Any:
            return watch.step(optimizer, call, a, k)

        stand_in.hooked = True  # type: ignore[attr-defined] # or torch wraps it, for good
        return stand_in

    def construct(call: Any) -> Any:
        return lambda optimizer, *a, **k: watch.construct(optimizer, call, a, k)

    base = torch.optim.Optimizer
    yield base, "__init__", construct
    yield from ((cls, "step", step) for cls in _subclasses(base) if "step" in vars(cls))
    yield DataLoader, "__iter__", lambda call: lambda loader: watch.batches(call, loader)
    yield torch.autograd, "backward", lambda call: lambda *a, **k: watch.backward(call, a, k)
    yield torch.autograd, "grad", lambda call: lambda *a, **k: watch.gradient(call, a, k)
    for name in LOSSES:
        if name in vars(F):
            yield F, name, _noting(functools.partial(watch.loss, name))


def _noting(note: Callable[[Any, Any], None]) -> Callable[[Any], Any]:
    def make(call: Any) -> Any:
        def noted(*args: Any, **kwargs: Any) -> Any:
            note(args, kwargs)
            return call(*args, **kwargs)

        return noted

    return make


def _subclasses(cls: Any) -> list[Any]:
    return [s for child in cls.__subclasses__() for s in (child, *_subclasses(child))]
