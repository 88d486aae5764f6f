"""`argmax` along a dimension by way of `max`, which gives the same places in a tenth of the time.

Why: `plot_prediction` takes it of scores at full size, a second of a notebook's time on a CPU.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from .patches import like, replace


def install() -> None:
    """Replace the function and the method."""
    replace(torch, "argmax", _by_max(torch))
    replace(torch.Tensor, "argmax", _by_max(torch.Tensor))


def _by_max(owner: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @like(original, owner)
        def argmax(
            input: Any,  # noqa: A002 - torch's own name
            dim: Any = None,
            keepdim: bool = False,
            **others: Any,
        ) -> Any:
            plain = type(input) is torch.Tensor and input.is_floating_point() and input.dim() > 1
            if plain and type(dim) is int and not others:
                return torch.max(input.detach(), dim, keepdim)[1]
            return original(input, dim, keepdim, **others)

        return argmax

    return make
