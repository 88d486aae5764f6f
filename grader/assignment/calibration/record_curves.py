"""Makes curves.json: trains the reference over many seeds and keeps how its losses fall."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
import torch

from grader.assignment import curves, right
from grader.assignment.calibration import measure
from grader.assignment.calibration.controls import Names
from grader.assignment.world.building import build_world, default_world_root
from grader.basics.storage import write
from grader.judging import in_process, oracle

SEEDS = range(24)  # each with two runs
TASKS = {"cnn": "cnn_accuracy", "unet": "unet_accuracy", "segment": "mean_iou"}
DIGITS = 4


def main() -> int:
    """Train the reference and rewrite the file."""
    torch.set_num_threads(1)
    with right.names(build_world(default_world_root())) as names:
        rows = {name: _row(band, names) for name, band in TASKS.items()}
    made = {
        "seeds": len(SEEDS),
        "percentiles": [curves.LOW, 50, curves.HIGH],
        "environment": measure.environment(),
    }
    text = json.dumps({"format": 1, "made": made, "curves": rows}, indent=1)
    write(curves.PATH, f"{text}\n".encode())
    return 0


def _row(band: str, names: Names) -> dict[str, Any]:
    task, found = measure.TASKS[band], []
    for seed in SEEDS:
        agent = in_process.agent(dict(names))
        asked = measure.asked(task, seed).values()
        found += [oracle.ask(request, agent).arrays["losses"] for request in asked]
    low, median, high = np.percentile(np.stack(found), [curves.LOW, 50, curves.HIGH], axis=0)
    kept = {"low": low, "median": median, "high": high}
    return {n: [round(float(v), DIGITS) for v in values] for n, values in kept.items()} | {
        "count": len(found)
    }


if __name__ == "__main__":
    sys.exit(main())
