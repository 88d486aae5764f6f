"""Cuts flowers out by colour and place, without a network: the bar of Part C lies above it."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.ndimage import uniform_filter
from scipy.special import logit

from grader.assignment.checks import finetune
from grader.model import Evidence

Array = np.ndarray[Any, Any]
SHADES = 8  # of each of red, green and blue
FEW = 20  # pixels of a colour that say as much as what is usual
BLURS = (1, 5, 9, 15)  # pixels of a side
AROUND = 17  # pixels of a side, over which the usual place of a flower is smoothed
CUTS = np.arange(-6, 1, 0.25)  # log odds


def mean_iou(evidence: Evidence) -> float:
    """Return what it reaches on the requests of one sample, mean of the runs."""
    asked = [evidence.replies.requests[f"finetune.segment.{run}"] for run in range(finetune.RUNS)]
    return float(
        np.mean(
            [
                finetune.mean_iou(cut_out(**_given(request.arrays)), request.held_back["labels"])
                for request in asked
            ]
        )
    )


def _given(arrays: Any) -> dict[str, Array]:
    return {name: arrays[name] for name in ("inputs", "labels", "held_out")}


def cut_out(inputs: Array, labels: Array, held_out: Array) -> Array:
    """Return which pixels of `held_out` look like flowers (M, H, W).

    How far to blur and where to cut is what does best on the pictures whose masks are given.

    inputs: (N, 3, H, W) of 0 to 1. labels: (N, H, W) of 0 and 1. held_out: (M, 3, H, W).
    """
    colours, usual = _coloured(inputs), labels.mean()
    seen = np.bincount(colours.ravel(), minlength=SHADES**3)
    flower = np.bincount(colours.ravel(), labels.ravel(), minlength=SHADES**3)
    share = (flower + FEW * usual) / (seen + FEW)
    place = logit(uniform_filter(labels.mean(0), AROUND).clip(0.01, 0.99))

    def odds(pictures: Array, blur: int) -> Array:
        near: Array = uniform_filter(share[_coloured(pictures)], (0, blur, blur))
        return np.asarray(logit(near) + place)

    tried = {
        (blur, cut): finetune.mean_iou(known > cut, labels)
        for blur in BLURS
        for known in [odds(inputs, blur)]
        for cut in CUTS
    }
    blur, cut = max(tried, key=lambda pair: tried[pair])
    predictions: Array = (odds(held_out, blur) > cut).astype(np.uint8)
    return predictions


def _coloured(pictures: Array) -> Array:
    """Return the number of each pixel's colour (N, H, W)."""
    cells = (pictures * (SHADES - 1e-3)).astype(np.int64).clip(0, SHADES - 1)
    return np.asarray((cells[:, 0] * SHADES + cells[:, 1]) * SHADES + cells[:, 2])
