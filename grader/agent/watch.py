"""Watches a training loop that is not ours: optimizers, their steps, the losses, what moved."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

LOSSES = ("cross_entropy", "binary_cross_entropy", "binary_cross_entropy_with_logits", "nll_loss")


class EnoughSteps(BaseException):
    """Ends the student's training loop after the steps that were asked for."""


class Watch:
    """Watches `Optimizer.step` and the losses while the student's own loop runs."""

    def __init__(self, model: nn.Module, steps: int) -> None:
        self.model, self.limit = model, steps
        self.parameters = dict(model.named_parameters(remove_duplicate=False))
        self.before = {n: p.detach().clone() for n, p in self.parameters.items()}
        self.buffers = {n: b.detach().clone() for n, b in model.named_buffers()}
        self.steps: list[dict[str, Any]] = []
        self.groups: list[list[dict[str, Any]]] = []
        self.losses: list[str] = []
        self.zeroed = 0
        self.given: list[dict[str, Any]] = []

    def step(self, optimizer: Any, call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Stand in for `optimizer.step()`."""
        self.groups = self._groups(optimizer)
        self.steps.append(
            {
                "gradients": [n for n, p in self.parameters.items() if p.grad is not None],
                "requires_grad": [n for n, p in self.parameters.items() if p.requires_grad],
                "zeroed": self.zeroed,
            }
        )
        self.zeroed = 0
        result = call(optimizer, *args, **kwargs)
        if len(self.steps) >= self.limit:
            raise EnoughSteps
        return result

    def _groups(self, optimizer: Any) -> list[list[dict[str, Any]]]:
        names = {id(p): n for n, p in self.parameters.items()}
        return [
            [{"name": names.get(id(p), ""), "shape": list(p.shape)} for p in group["params"]]
            for group in optimizer.param_groups
        ]

    def note_zero_grad(self) -> None:
        """Count a call of zero_grad, of an optimizer or a module."""
        self.zeroed += 1

    def construct(self, optimizer: Any, call: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Stand in for `Optimizer.__init__(params, defaults)`; notes also what it refuses."""
        given = args[0] if args else kwargs.get("params")
        if given is not None and not isinstance(given, (list, tuple, dict, torch.Tensor)):
            given = list(given)  # a generator can be read only once
        items = list(given) if isinstance(given, (list, tuple, dict)) else [given]
        kinds = sorted({_kind(item) for item in items})
        self.given.append({"class": type(optimizer).__name__, "count": len(items), "kinds": kinds})
        rest = {k: v for k, v in kwargs.items() if k != "params"}
        call(optimizer, given, *args[1:], **rest)

    def seen(self) -> dict[str, Any]:
        """Return everything that was noted, as plain data."""
        return {
            "moved": self.moved(),
            "moved_buffers": self.moved_buffers(),
            "steps": self.steps,
            "groups": self.groups,
            "given": self.given[:8],
            "losses": sorted(set(self.losses)),
        }

    def moved(self) -> list[str]:
        """Return the names of the parameters whose values changed."""
        return [n for n, p in self.parameters.items() if not torch.equal(p, self.before[n])]

    def moved_buffers(self) -> list[str]:
        """Return the names of the buffers whose values changed."""
        now = dict(self.model.named_buffers())
        return [n for n, b in self.buffers.items() if not torch.equal(now[n], b)]

    def restore(self) -> None:
        """Put every value back as it was."""
        now = dict(self.model.named_buffers())
        with torch.no_grad():
            for name, parameter in self.parameters.items():
                parameter.copy_(self.before[name])
                parameter.grad = None
            for name, value in self.buffers.items():
                now[name].copy_(value)


def _kind(item: object) -> str:
    return "Parameter" if isinstance(item, nn.Parameter) else type(item).__name__


@contextlib.contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """Route every optimizer's construction and step, zero_grad and the losses past `watch`."""
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
        return lambda optimizer, *a, **k: watch.step(optimizer, call, a, k)

    def construct(call: Any) -> Any:
        return lambda optimizer, *a, **k: watch.construct(optimizer, call, a, k)

    base = torch.optim.Optimizer
    yield base, "__init__", construct
    yield from ((cls, "step", step) for cls in _subclasses(base) if "step" in vars(cls))
    for cls in (base, *_subclasses(base), nn.Module):
        if "zero_grad" in vars(cls):
            yield cls, "zero_grad", _noting(watch.note_zero_grad)
    for name in LOSSES:
        yield F, name, _noting(functools.partial(watch.losses.append, name))


def _noting(note: Callable[[], None]) -> Callable[[Any], Any]:
    def make(call: Any) -> Any:
        def noted(*args: Any, **kwargs: Any) -> Any:
            note()
            return call(*args, **kwargs)

        return noted

    return make


def _subclasses(cls: Any) -> list[Any]:
    return [s for child in cls.__subclasses__() for s in (child, *_subclasses(child))]
