"""How much data a name of the notebook's holds."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch

MOST_BYTES = 1_000_000  # of what is kept of the past, each name
DEPTH = 3  # of containers within containers that are weighed


def weight(value: object, depth: int = DEPTH) -> int:
    """Return roughly the bytes of data that `value` holds; code weighs nothing."""
    if isinstance(value, torch.Tensor):
        return value.numel() * value.element_size()
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, torch.nn.Module):
        return sum(weight(p) for p in (*value.parameters(), *value.buffers()))
    if type(value) in (str, bytes, bytearray):
        return sys.getsizeof(value)
    if depth and isinstance(value, dict):
        return _weight_of_all(list(dict.values(value)), depth)
    if depth and isinstance(value, (list, tuple, set, frozenset)):
        return _weight_of_all(list(value), depth)
    return 0


def _weight_of_all(items: list[Any], depth: int) -> int:
    total = 8 * len(items)
    for item in items:
        if total > MOST_BYTES:
            break  # heavy enough: the rest need not be looked at
        total += weight(item, depth - 1)
    return total
