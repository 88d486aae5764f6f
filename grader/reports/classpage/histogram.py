"""The histogram of a class as numbers for an SVG."""

from __future__ import annotations

from dataclasses import dataclass

from grader.reports.spread import Distribution

WIDTH, HEIGHT = 400, 210
FLOOR = 172  # where the bars stand
TOP = 24
SIDE = 12
GAP = 3
LABELS = 7  # at most, below the bars


@dataclass(frozen=True)
class Drawn:
    """One bar: its rectangle, its count, the label at its left edge ("" where there is no room)."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    count: int
    edge: str
    low: float
    high: float


def drawn(spread: Distribution) -> list[Drawn]:
    """Return the bars of a distribution; none without scores."""
    if not spread.count:
        return []
    most = max(bar.count for bar in spread.bars)
    width = (WIDTH - 2 * SIDE) / len(spread.bars)
    every = -(-len(spread.bars) // LABELS)
    bars = []
    for i, bar in enumerate(spread.bars):
        height = (FLOOR - TOP) * bar.count / most
        x = SIDE + i * width
        bars.append(
            Drawn(
                round(x + GAP / 2, 1),
                round(FLOOR - height, 1),
                round(width - GAP, 1),
                round(height, 1),
                round(x + width / 2, 1),
                bar.count,
                f"{bar.low:g}" if i % every == 0 else "",
                bar.low,
                bar.high,
            )
        )
    return bars
