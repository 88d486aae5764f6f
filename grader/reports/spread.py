"""How the scores of a class are spread: a few figures, and the bars of a histogram."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ROUND = 6  # decimals that are kept
STEPS = (0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0)
BARS = 14  # at most


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram: from `low` to below `high`; the last one holds the maximum too."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Distribution:
    """How the scores are spread. Without scores `count` is 0 and the figures are None."""

    max_score: float
    count: int = 0
    mean: float | None = None
    median: float | None = None
    lowest: float | None = None
    highest: float | None = None
    bars: tuple[Bar, ...] = ()


def distribution(scores: Iterable[float | None], max_score: float) -> Distribution:
    """Return how scores are spread; None is no score and is left out.

    >>> [(bar.low, bar.count) for bar in distribution([0, 0.5, 1, 2], 2).bars if bar.count]
    [(0.0, 1), (0.4, 1), (1.0, 1), (1.8, 1)]
    """
    known = [score for score in scores if score is not None]
    if not known:
        return Distribution(max_score)
    return Distribution(
        max_score,
        len(known),
        round(statistics.fmean(known), ROUND),
        round(statistics.median(known), ROUND),
        min(known),
        max(known),
        _bars(known, max_score),
    )


def _bars(scores: Sequence[float], max_score: float) -> tuple[Bar, ...]:
    step = next((s for s in STEPS if max_score / s <= BARS), max_score / BARS)
    number = max(1, -int(-max_score // step))
    if max_score - (number - 1) * step < 1e-9 and number > 1:
        number -= 1
    counts = [0] * number
    for score in scores:
        counts[min(number - 1, max(0, int(score / step + 1e-9)))] += 1
    edges = [round(i * step, ROUND) for i in range(number)] + [max_score]
    return tuple(Bar(edges[i], edges[i + 1], counts[i]) for i in range(number))
