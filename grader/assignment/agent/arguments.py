"""The arguments of an operation as plain data, so that it can be run again elsewhere.

A tensor becomes {"input": i}, the i-th input of the operation, or, if it came from outside the
pass and holds one number throughout (a GroupNorm's weight, say), {"full": 1.0, "shape": [32]}.
A slice is {"slice": [start, stop, step]}, `...` {"ellipsis": true}, a dtype {"dtype": "float32"}.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn.parameter import is_lazy

LONGEST = 16  # of a list of arguments
LARGEST = 1 << 16  # of a tensor that is looked at

Name = Callable[[Tensor], "int | str"]


def encoded(args: Any, kwargs: Any, visible: list[Tensor], number: Name) -> dict[str, Any]:
    """Return the arguments of a call: {"args": [...], "kwargs": {...}}.

    Args:
        args: as they were given.
        kwargs: likewise.
        visible: the tensors that are inputs of the operation, in order.
        number: says which operation made a tensor, "?" for none.
    """
    places: dict[int, int] = {}
    for place, tensor in enumerate(visible):
        places.setdefault(id(tensor), place)

    def plain(value: Any) -> Any:
        if isinstance(value, Tensor):
            full = _full(value) if number(value) == "?" else None
            return full or {"input": places.get(id(value), -1)}
        if isinstance(value, (tuple, list)):
            return [plain(item) for item in value][:LONGEST]
        return _scalar(value)

    return {"args": plain(args), "kwargs": {name: plain(v) for name, v in kwargs.items()}}


def _full(tensor: Tensor) -> dict[str, Any] | None:
    """Return a tensor that holds one number throughout as plain data."""
    if is_lazy(tensor) or not 0 < tensor.numel() <= LARGEST or tensor.is_complex():
        return None
    first = tensor.detach().flatten()[0]
    try:
        if not math.isfinite(float(first)) or not bool((tensor.detach() == first).all()):
            return None
    except RuntimeError:  # within torch.vmap no number can be looked at
        return None
    return {"full": float(first), "shape": list(tensor.shape)}


def _scalar(value: Any) -> Any:
    if isinstance(value, slice):
        return {"slice": [_scalar(part) for part in (value.start, value.stop, value.step)]}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, torch.dtype):
        return {"dtype": str(value).removeprefix("torch.")}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no number for it
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return {"other": type(value).__name__}


def decoded(value: Any, tensors: list[Tensor], like: Tensor, depth: int = 0) -> Any:
    """Return what `encoded` made plain, with these inputs. Raises ValueError for anything else.

    Args:
        value: of "args" or "kwargs", or a part of it; it may have been forged.
        tensors: the inputs.
        like: constants are made in its dtype, on its device.
        depth: of lists within lists.
    """
    if depth > 4:
        raise ValueError("arguments within arguments within arguments")
    if isinstance(value, list):
        return tuple(_each(value, tensors, like, depth))
    if isinstance(value, str):
        return {"inf": math.inf, "-inf": -math.inf}.get(value, value)
    if not isinstance(value, dict):
        return value
    match value:
        case {"input": int(place)} if 0 <= place < len(tensors):
            return tensors[place]
        case {"full": int(number) | float(number), "shape": list(shape)}:
            return _constant(number, shape, like)
        case {"slice": [start, stop, step]}:
            return slice(start, stop, step)
        case {"ellipsis": True}:
            return Ellipsis
        case {"dtype": "float16" | "float32" | "float64" | "bfloat16"}:
            return like.dtype  # it is run again as precisely as the rest
    raise ValueError(f"the argument {str(value)[:60]}")


def _each(values: list[Any], tensors: list[Tensor], like: Tensor, depth: int) -> Iterator[Any]:
    for value in values[:LONGEST]:
        yield decoded(value, tensors, like, depth + 1)


def _constant(number: float, shape: list[Any], like: Tensor) -> Tensor:
    if not all(type(n) is int and n >= 0 for n in shape) or math.prod(shape) > LARGEST:
        raise ValueError(f"a constant of shape {shape[:8]}")
    return torch.full(tuple(shape), float(number), dtype=like.dtype, device=like.device)
