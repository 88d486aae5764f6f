"""What the reference reaches, over seeds: recorded with how it was made, never guessed.

`python -m grader.bands` trains the reference anew and rewrites bands.json.
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
RULE = "low = mean - t(1 - 0.001, count - 1) * sd * sqrt(1 + 1 / count), t: Student's quantile"


@dataclass(frozen=True)
class Band:
    """The reference's mean and standard deviation over `count` seeds, and the bar below them."""

    mean: float
    sd: float
    count: int
    low: float


def band_of(values: Sequence[float]) -> Band:
    """Return the band of what the reference reached: one figure for each seed.

    `low` is the lower end of the interval in which the next figure lies, by what is known of the
    spread, but for one time in 1 / FALSE_ALARMS. Raises ValueError for fewer than two figures.
    """
    from scipy.stats import t  # only whoever makes bands needs it

    if len(values) < 2:
        raise ValueError(f"{len(values)} figures, but a spread needs 2 or more")
    mean, sd, count = fmean(values), stdev(values), len(values)
    quantile = float(t.ppf(1 - FALSE_ALARMS, count - 1))
    return Band(mean, sd, count, mean - quantile * sd * math.sqrt(1 + 1 / count))


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


if __name__ == "__main__":
    # By name: what makes the bands stands above the checks, and these stand above this module.
    sys.exit(importlib.import_module("grader.calibration").main())
