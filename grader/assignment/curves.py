"""How the reference's losses fall, over seeds: the band that a report draws behind a student's.

Recorded, never guessed: `python -m grader.assignment.calibration.record_curves` trains the
reference anew and rewrites curves.json. Nothing is judged by it.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from grader.reports.html.nouns import CurveBand

PATH = Path(__file__).with_name("curves.json")
LOW, HIGH = 5, 95  # percentiles, at each step, over all runs


@functools.cache
def load() -> Mapping[str, CurveBand]:
    """Return the recorded bands, by "cnn", "unet" and "segment"."""
    rows = json.loads(PATH.read_text("utf-8"))["curves"]
    return MappingProxyType(
        {
            name: CurveBand(
                tuple(row["low"]), tuple(row["median"]), tuple(row["high"]), row["count"]
            )
            for name, row in rows.items()
        }
    )
