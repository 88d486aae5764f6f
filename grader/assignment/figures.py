"""The numbers a report shows beside its verdicts: accuracies, mean IoU, baselines, bands."""

from __future__ import annotations

import contextlib

import numpy as np

from grader.assignment import bands
from grader.assignment.checks import finetune, training
from grader.model import Evidence, NoAnswer

DIGITS = 4


def figures(evidence: Evidence) -> dict[str, float]:
    """Return every figure that could be measured, by name."""
    found: dict[str, float] = {}
    for name in ("CNN", "UNet"):
        try:
            found[f"{name.lower()}_accuracy"] = training.reached(evidence, name)
            found[f"{name.lower()}_majority"] = training.majority(evidence, name)
        except (NoAnswer, KeyError):
            continue
    with contextlib.suppress(NoAnswer, KeyError):
        found["mean_iou"] = float(np.mean(finetune.mean_ious(evidence)))
        found["mean_iou_background"] = finetune.background(evidence)
    for name, band in bands.load().items():
        found |= {
            f"band.{name}.mean": band.mean,
            f"band.{name}.sd": band.sd,
            f"band.{name}.low": band.low,
        }
    return {name: round(value, DIGITS) for name, value in sorted(found.items())}
