"""Finds Part C's network among the names of a notebook, and in what it may be wrapped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from .errors import NotBuilt

NAME = "model"
LAST = 4  # index of the classifier's last layer
WRAPPERS = ("module", "_orig_mod")  # of nn.DataParallel, of torch.compile


def model_of(namespace: Mapping[str, Any]) -> nn.Module:
    """Return Part C's network: what `model` holds, else the one segmentation network there is."""
    model = namespace.get(NAME)
    if isinstance(model, nn.Module) and _segments(model):
        return model
    others = {id(value): value for value in list(namespace.values()) if _segments(value)}
    cores = {id(core(value)) for value in others.values()}
    if len(cores) == 1:
        return next(iter(others.values()))  # type: ignore[no-any-return]
    if not isinstance(model, nn.Module):
        raise NotBuilt(
            f"the notebook leaves no network in `{NAME}`: the cell that loads deeplabv3 did not "
            "run to its end, or the name was given away, and Part C cannot be looked at"
        )
    return model


def _segments(value: Any) -> bool:
    if not isinstance(value, nn.Module):
        return False
    parts = dict(core(value).named_children())
    return {"backbone", "classifier"} <= set(parts)


def core(model: nn.Module) -> nn.Module:
    """Return the network itself where it stands in a wrapper such as nn.DataParallel."""
    inside = vars(model)["_modules"]
    for name in WRAPPERS:
        if isinstance(inside.get(name), nn.Module) and "classifier" not in inside:
            return core(inside[name])
    return model


def last_layer(model: nn.Module) -> nn.Module | None:
    """Return `classifier[4]`, out of an nn.Sequential that holds nothing else."""
    children = list(getattr(model, "classifier", nn.Module()).children())
    last = children[LAST] if len(children) > LAST else None
    while isinstance(last, nn.Sequential) and len(last) == 1:
        last = last[0]
    return last


def device_of(model: nn.Module) -> torch.device:
    """Return where the network's numbers are."""
    return next(model.parameters(), torch.empty(0)).device


def dtype_of(layer: nn.Module | None) -> torch.dtype | None:
    """Return the type of a layer's numbers; None without a layer or numbers."""
    parameters: list[Tensor] = list(layer.parameters()) if layer is not None else []
    return next((p.dtype for p in parameters), None)
