"""Points as whole numbers of a small unit, for platforms that add up or compare them exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.model import CheckGrade

SCALES = (100, 1000, 10_000, 100_000, 1_000_000)  # units in a point; the smallest that fits


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
    scale = next((s for s in SCALES if all(_fits(check, s) for check in priced)), SCALES[-1])
    total = {check.id: max(1, round(check.max_points * scale)) for check in priced}
    earned = {check.id: _earned(check, scale, total[check.id]) for check in priced}
    wanted = round(sum(check.points for check in priced) * scale)
    return Units(scale, _settled(earned, total, wanted), total)


def _fits(check: CheckGrade, scale: int) -> bool:
    """Return whether a check is worth whole units, and two at least if it kept a part."""
    total = check.max_points * scale
    partial = 0 < check.points < check.max_points
    return abs(total - round(total)) < 1e-6 and round(total) >= (2 if partial else 1)


def _earned(check: CheckGrade, scale: int, total: int) -> int:
    if check.points <= 0:
        return 0
    if check.points >= check.max_points:
        return total
    return min(max(round(check.points * scale), 1), max(total - 1, 0))


def _settled(earned: Mapping[str, int], total: Mapping[str, int], wanted: int) -> dict[str, int]:
    """Move single units between checks that kept a part, until the sum is right."""
    settled = dict(earned)
    partial = [name for name in settled if 0 < settled[name] < total[name]]
    while partial and (off := wanted - sum(settled.values())):
        step = 1 if off > 0 else -1
        movable = [name for name in partial if 0 < settled[name] + step < total[name]]
        if not movable:
            break
        for name in movable[: abs(off)]:
            settled[name] += step
    return settled
