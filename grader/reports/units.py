"""Points as whole numbers of a small unit, for platforms that add up or compare them exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.model import CheckGrade

SCALES = (100, 1000, 10_000, 100_000, 1_000_000)  # units in a point
FINE = 10_000  # the finest that is taken only to be exact


@dataclass(frozen=True)
class Units:
    """The points of some checks in units; `scale` of them make a point.

    The units earned add up to the rounded sum of the points, and a check that kept a part of its
    points never shows none or all of them.
    """

    scale: int
    earned: Mapping[str, int]
    total: Mapping[str, int]

    def points(self, units: int) -> float:
        """Return units as points."""
        return units / self.scale


def units(checks: Sequence[CheckGrade]) -> Units:
    """Return the points of checks as units; those without points are left out."""
    priced = [check for check in checks if check.max_points > 0]
    fit = [scale for scale in SCALES if all(_fits(check, scale) for check in priced)] or SCALES[-1:]
    exact = [s for s in fit if s <= FINE and all(_whole(c.points * s) for c in priced)]
    scale = (exact or fit)[0]
    total = {check.id: max(1, round(check.max_points * scale)) for check in priced}
    earned = {check.id: _earned(check, scale, total[check.id]) for check in priced}
    wanted = round(sum(check.points for check in priced) * scale)
    return Units(scale, settled(earned, total, wanted), total)


def _fits(check: CheckGrade, scale: int) -> bool:
    """Return whether a check is worth whole units, and two at least if it kept a part."""
    total = check.max_points * scale
    partial = 0 < check.points < check.max_points
    return _whole(total) and round(total) >= (2 if partial else 1)


def _whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-6


def _earned(check: CheckGrade, scale: int, total: int) -> int:
    if check.points <= 0:
        return 0
    if check.points >= check.max_points:
        return total
    return min(max(round(check.points * scale), 1), max(total - 1, 0))


def settled(earned: Mapping[str, int], total: Mapping[str, int], wanted: int) -> dict[str, int]:
    """Move single units between checks that kept a part, until the sum is right."""
    found = dict(earned)
    partial = [name for name in found if 0 < found[name] < total[name]]
    while partial and (off := wanted - sum(found.values())):
        step = 1 if off > 0 else -1
        movable = [name for name in partial if 0 < found[name] + step < total[name]]
        if not movable:
            break
        for name in movable[: abs(off)]:
            found[name] += step
    return found
