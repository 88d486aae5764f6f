"""The questions that prove Part C by values: `trials.py` computes what must come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.judging.draws import Draw
from grader.model import Evidence, Request

if TYPE_CHECKING:
    from grader.assignment.checks.trials import Trial

DEPTHS = (1, 3)  # layers of the two networks before their last two
BATCHES, BATCH, SIZE = 3, 4, 16
NUMBERS = 4093  # prime
# So that a loop which takes all pictures at once takes more than one step, and one whose rate is 0
# for an epoch some at all.
EPOCHS = 3
DESCENT = 8.0  # so large that a second step shows whether the first moved a frozen layer
PARTS = ("weight", "bias")
REFUTED = "other numbers than the grader computes: this could not be proved"


def requests(draw: Draw, arguments: Mapping[str, Any]) -> Iterator[Request]:
    """Yield the two questions: about the layers as they are, and about the student's loop."""
    rng = draw.generator("finetune.proof")
    cells = (len(DEPTHS), BATCHES, BATCH, SIZE // 2, SIZE // 2)
    arrays: dict[str, np.ndarray[Any, Any]] = {
        "images": rng.uniform(0, 1, (*cells[:3], 3, SIZE, SIZE)).astype(np.float32),
        "masks": rng.integers(0, 2, cells).astype(np.uint8).repeat(2, -1).repeat(2, -2),
        "numbers": rng.uniform(-1, 1, (len(DEPTHS), NUMBERS)).astype(np.float32),
    }
    rate = round(float(rng.uniform(0.02, 0.05)), 5)  # numbers in half precision feel it
    networks = [rng.integers(5, 10, depth).tolist() for depth in DEPTHS]
    params = {"networks": networks, "rate": rate, "descent": DESCENT}
    yield Request("finetune.layers", "finetune_layers", params, arrays)
    settings = {**arguments, "learn_rate": rate}
    yield Request("finetune.step", "finetune_step", {**params, "arguments": settings}, arrays)


def trials(student: Evidence, name: str) -> tuple[Trial, ...]:
    """Return the trials of "layers" or "step". Raises NoAnswer."""
    from grader.assignment.checks import trials

    return trials.of(student, name)
