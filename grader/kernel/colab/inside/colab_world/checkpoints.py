"""`torch.load` as it was in 2020: whole models, whatever device they were saved on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from .patches import like, replace


def install(*, to_cpu: bool) -> None:
    """Let `torch.load` read whole models; with `to_cpu` it also brings them to the CPU."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @like(original, torch)
        def load(f: Any, map_location: Any = None, *args: Any, **kwargs: Any) -> Any:
            if to_cpu and not callable(map_location):
                map_location = "cpu"
            kwargs.setdefault("weights_only", False)
            return original(f, map_location, *args, **kwargs)

        return load

    replace(torch, "load", make)
