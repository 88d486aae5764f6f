"""A network as it is now: its parts, its numbers, what learns; and the way back to it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class Snapshot:
    """Remembers a network, so that a loop which is not ours can be tried on it."""

    def __init__(self, model: nn.Module) -> None:
        self._parts: list[tuple[nn.Module, dict[str, Any], dict[str, Any], bool]] = [
            (m, vars(m)["_modules"].copy(), vars(m)["_parameters"].copy(), m.training)
            for m in model.modules()
        ]
        self._parameters = [(p, p.requires_grad, p.detach().clone()) for p in model.parameters()]
        self._buffers = [(b, b.detach().clone()) for b in model.buffers()]

    def restore(self) -> None:
        """Put everything back, a layer that was replaced since then included."""
        for module, modules, parameters, training in self._parts:
            vars(module).update(
                _modules=modules.copy(), _parameters=parameters.copy(), training=training
            )
        with torch.no_grad():
            for parameter, learns, value in self._parameters:
                _put(parameter, value)
                parameter.requires_grad_(learns)
                parameter.grad = None
            for buffer, value in self._buffers:
                _put(buffer, value)


def _put(held: Tensor, value: Tensor) -> None:
    """Put numbers back in place, and their type where that was changed."""
    if held.dtype is value.dtype:
        held.copy_(value)
    else:
        held.data = value.clone()


def moved(now: Tensor, before: Tensor) -> bool:
    """Return whether numbers changed, by more than another type of number leaves of them.

    One that is not a number counts as unchanged by itself.
    """
    now, before = now.detach(), before.to(now)
    return not torch.equal(torch.nan_to_num(now), torch.nan_to_num(before))
