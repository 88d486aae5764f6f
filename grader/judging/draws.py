"""Secret inputs: every number that is asked of a network comes from one seed of the run."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

PUBLIC_SEED = 20200213  # of the self-check: the same for everybody

CONV_ROWS, CONV_NUMBERS = 48, 1531  # prime, so that a repeated row never lines up with a shape
NORM_ROWS, NORM_NUMBERS = 48, 67


class Draw:
    """Named streams of random numbers: what one check draws does not depend on another."""

    def __init__(self, seed: int) -> None:
        if seed < 0:
            raise ValueError(f"seed={seed} must not be negative")
        self.seed = seed

    def generator(self, name: str) -> np.random.Generator:
        """Return the stream called `name`; always the same numbers for a seed and a name."""
        digest = hashlib.sha256(f"{self.seed}:{name}".encode()).digest()
        return np.random.default_rng(np.frombuffer(digest, dtype=np.uint32))

    def uniform(self, name: str, shape: tuple[int, ...]) -> Array:
        """Return float64 numbers between -1 and 1, none of them closer than 1e-3 to 0."""
        generator = self.generator(name)
        values = generator.uniform(1e-3, 1.0, shape)
        return np.where(generator.random(shape) < 0.5, -values, values)

    def pools(self, name: str) -> dict[str, Array]:
        """Return the pools that `Slots.load` of the agent fills a network from."""
        return {
            "conv": self.uniform(f"{name}.conv", (CONV_ROWS, CONV_NUMBERS)),
            "norm": self.uniform(f"{name}.norm", (NORM_ROWS, NORM_NUMBERS)),
        }
