"""How much data a world holds."""

from __future__ import annotations

from dataclasses import dataclass

HORSES = 1000  # all there are, for training and for tests each
FLOWERS = 256  # likewise
ROWS = 10_000  # of a batch file of CIFAR-10


@dataclass(frozen=True)
class Needs:
    """What a notebook must find.

    Attributes:
        horses: pictures in the training batches together, and as many in the test batch.
        flowers: pictures to train on, and as many to validate on.
        rows: in each batch file; fewer than the real 10,000 only where the notebook's own loader
            spells their number out, so that it can be told another (`colab_world/rows.py`).
    """

    horses: int = HORSES
    flowers: int = FLOWERS
    rows: int = ROWS


ALL = Needs()
