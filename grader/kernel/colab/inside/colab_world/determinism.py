"""Fixed seeds, a fixed number of threads, deterministic algorithms."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from .patches import like, replace

SEED = 0


def install(threads: int) -> None:
    """Fix torch's threads for good and ask for deterministic algorithms where there are some."""
    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    torch.use_deterministic_algorithms(True, warn_only=True)
    for name in ("set_num_threads", "set_num_interop_threads"):
        replace(torch, name, _ignored)


def seed() -> None:
    """Start every generator that a notebook may use without seeding it."""
    random.seed(SEED)
    np.random.seed(SEED)
    torch.manual_seed(SEED)


def _ignored(original: Callable[..., Any]) -> Callable[..., Any]:
    @like(original, torch)
    def ignored(count: int) -> None:
        """Change nothing: the number of threads belongs to who runs the kernel."""

    return ignored
