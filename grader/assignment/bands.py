"""What the reference reaches, over seeds: recorded with how it was made, never guessed.

`python -m grader.assignment.bands` trains the reference anew and rewrites bands.json.
"""

from __future__ import annotations

import functools
import importlib
import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from types import MappingProxyType
from typing import Any

PATH = Path(__file__).with_name("bands.json")
FALSE_ALARMS = 1e-3  # a right network may fall below its band once in a thousand
CONFIDENCE = 0.95  # that it does not more often, although mean and spread are estimates
RULE = (
    "low = mean - k * sd; k: one-sided tolerance factor of the normal distribution, by which at "
    "most 0.001 of all figures lie below low, at confidence 0.95"
)


@dataclass(frozen=True)
class Band:
    """The reference's mean and standard deviation over `count` seeds, and the bar below them."""

    mean: float
    sd: float
    count: int
    low: float


def band_of(values: Sequence[float]) -> Band:
    """Return the band of what the reference reached: one figure for each seed.

    Raises ValueError for fewer than two figures, and if one of them falls below the bar that they
    give: then they are not spread as the rule supposes.
    """
    if len(values) < 2:
        raise ValueError(f"{len(values)} figures, but a spread needs 2 or more")
    mean, sd, count = fmean(values), stdev(values), len(values)
    low = mean - tolerance_factor(count) * sd
    if min(values) < low:
        raise ValueError(f"{min(values):.4f} is below the bar {low:.4f}: a tail that is not normal")
    return Band(mean, sd, count, low)


def tolerance_factor(count: int) -> float:
    """Return how many standard deviations below the mean of `count` figures the bar stands."""
    from scipy.stats import nct, norm  # only whoever makes bands needs them

    root = math.sqrt(count)
    shift = float(norm.ppf(1 - FALSE_ALARMS)) * root
    return float(nct.ppf(CONFIDENCE, count - 1, shift)) / root


def recorded() -> Mapping[str, Any]:
    """Return all of bands.json: `bands`, `controls`, and how they were made."""
    found: Mapping[str, Any] = json.loads(PATH.read_text("utf-8"))
    return found


@functools.cache
def load() -> Mapping[str, Band]:
    """Return the recorded bands by name."""
    names = Band.__dataclass_fields__
    return MappingProxyType(
        {name: Band(**{n: row[n] for n in names}) for name, row in recorded()["bands"].items()}
    )


@functools.cache
def wrong(name: str) -> float:
    """Return the most that anything known to be wrong reached, by the name of the band."""
    rows = recorded()["controls"][name].values()
    return max(float(value) for row in rows for value in row["values"])


if __name__ == "__main__":
    # By name: what makes the bands stands above the checks, and these stand above this module.
    sys.exit(importlib.import_module("grader.assignment.calibration.measure").main())
