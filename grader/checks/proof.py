"""The questions that prove Part C by values: `trials.py` computes what must come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grader.draws import Draw
from grader.model import Request

DEPTHS = (1, 3)  # layers of the two networks before their last two
BATCHES, BATCH, SIZE = 3, 4, 16
NUMBERS = 4093  # prime
LETTERS = list("abcdefghiklmnoprstuvwxyz")
DESCENT = 8.0  # so large that a second step shows whether the first moved a frozen layer
PARTS = ("weight", "bias")
REFUTED = "other numbers: what the notebook's kernel says of it is not believed"


def requests(draw: Draw, arguments: Mapping[str, Any]) -> Iterator[Request]:
    """Yield the two questions: about the layers as they are, and about the student's loop."""
    rng = draw.generator("finetune.proof")
    cells = (len(DEPTHS), BATCHES, BATCH, SIZE // 2, SIZE // 2)
    arrays: dict[str, np.ndarray[Any, Any]] = {
        "images": rng.uniform(0, 1, (*cells[:3], 3, SIZE, SIZE)).astype(np.float32),
        "masks": rng.integers(0, 2, cells).astype(np.uint8).repeat(2, -1).repeat(2, -2),
        "numbers": rng.uniform(-1, 1, (len(DEPTHS), NUMBERS)).astype(np.float32),
    }
    rate = round(float(rng.uniform(0.001, 0.004)), 5)
    networks = [
        [["".join(rng.choice(LETTERS, 6)), int(rng.integers(5, 10))] for _ in range(depth)]
        for depth in DEPTHS
    ]
    params = {"networks": networks, "rate": rate, "descent": DESCENT}
    yield Request("finetune.layers", "finetune_layers", params, arrays)
    settings = {**arguments, "learn_rate": rate}
    yield Request("finetune.step", "finetune_step", {**params, "arguments": settings}, arrays)
