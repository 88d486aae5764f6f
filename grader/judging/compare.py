"""The one numeric comparison: presence, shape, dtype, finiteness, then closeness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

RTOL = 1e-6
ATOL = 1e-8


@dataclass(frozen=True)
class Difference:
    """How `actual` departs from `expected`, as two short phrases that a student reads."""

    expected: str
    actual: str


def difference(
    actual: Array | None, expected: Array, *, rtol: float = RTOL, atol: float = ATOL
) -> Difference | None:
    """Return how `actual` differs from `expected`, or None if it does not.

    Closeness is numpy's: |actual - expected| <= atol + rtol * |expected|. Shapes are never
    broadcast, and a value that is not finite is never close.

    >>> difference(np.zeros((3, 1)), np.zeros(3))
    Difference(expected='shape (3,)', actual='shape (3, 1)')
    """
    if actual is None:
        return Difference(f"an array of shape {expected.shape}", "nothing")
    if actual.shape != expected.shape:
        return Difference(f"shape {expected.shape}", f"shape {actual.shape}")
    if actual.dtype != expected.dtype:
        return Difference(f"dtype {expected.dtype}", f"dtype {actual.dtype}")
    if not np.isfinite(actual).all():
        return _not_finite(actual)
    wrong = np.abs(actual - expected) > atol + rtol * np.abs(expected)
    if not wrong.any():
        return None
    return _largest(actual, expected, wrong)


def equal(actual: Array | None, expected: Array) -> bool:
    """Return whether there is no difference."""
    return difference(actual, expected) is None


def number(value: float) -> str:
    """Return a number as reports show it: four significant digits.

    >>> number(0.123456), number(-2.0)
    ('0.1235', '-2')
    """
    return f"{float(value):.4g}"


def index(position: tuple[Any, ...]) -> str:
    """Return an index as reports show it.

    >>> index((np.int64(0), np.int64(3)))
    '[0, 3]'
    """
    return "[" + ", ".join(str(int(i)) for i in position) + "]"


def _not_finite(actual: Array) -> Difference:
    bad = ~np.isfinite(actual)
    where = index(np.unravel_index(int(bad.argmax()), bad.shape))
    return Difference("finite numbers", f"{actual[bad].flat[0]} at {where} ({bad.sum()} in all)")


def _largest(actual: Array, expected: Array, wrong: Array) -> Difference:
    gap = np.abs(actual - expected)
    position = np.unravel_index(int(gap.argmax()), gap.shape)
    return Difference(
        f"{number(expected[position])} at {index(position)}",
        f"{number(actual[position])} there, the largest difference; "
        f"{percent(int(wrong.sum()), wrong.size)} of the values differ",
    )


def percent(part: int, whole: int) -> str:
    """Return a share that shows 0 or 100 % only where that is true.

    >>> percent(1, 1000), percent(999, 1000), percent(3, 3), percent(1, 2)
    ('1 %', '99 %', '100 %', '50 %')
    """
    rounded = round(100 * part / whole)
    low, high = (1 if part else 0), (100 if part == whole else 99)
    return f"{min(max(rounded, low), high)} %"
