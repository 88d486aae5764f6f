"""Grey pictures whose colours can only be told at full resolution.

A picture is split into smooth regions of three kinds, and in each region every pixel is bright
or dark by chance: six colours. A network whose only path runs through pooling can find the
regions but must guess bright or dark, and so is right about half of the time; a network that
sees the input again at the end does better. The middle grey is bright in one kind of region
and dark in another, so that the neighbourhood counts too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.assignment.world import canvas

SIZE = 32
KINDS = 3
COLOURS = 2 * KINDS


@dataclass(frozen=True)
class DetailLook:
    """How the pictures look; lengths in pixels, intensities from 0 to 1.

    Attributes:
        kind_step: difference of mean grey between one kind of region and the next.
        contrast: difference of grey between a bright and a dark pixel.
        noise: standard deviation of the noise on each pixel.
        cells: bumps of the regions along one side; more cells, smaller regions.
    """

    kind_step: float = 0.20
    contrast: float = 0.40
    noise: float = 0.06
    cells: int = 2


def make_detail(
    count: int, rng: np.random.Generator, look: DetailLook | None = None
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Make pictures and the colour of each of their pixels.

    Args:
        count: the number of pictures, 0 or more.
        rng: source of all random choices.
        look: how the pictures look; ``None`` means ``DetailLook()``.

    Returns:
        Grey pictures ``(count, 1, 32, 32)`` and colours ``(count, 32, 32)``, 0 to 5: twice the
        kind of the region, plus 1 where the pixel is bright.

    Raises:
        ValueError: if ``count`` is negative.
    """
    if count < 0:
        raise ValueError(f"count={count}, but it should be 0 or more")
    look = look or DetailLook()
    kind = _regions(count, rng, look.cells)
    bright = rng.random((count, SIZE, SIZE)) < 0.5
    grey = 0.5 + look.kind_step * (kind - (KINDS - 1) / 2) + look.contrast * (bright - 0.5)
    grey += look.noise * rng.standard_normal(grey.shape)
    greys = np.clip(grey, 0, 1).astype(np.float32)[:, None]
    return greys, (2 * kind + bright).astype(np.uint8)


def _regions(count: int, rng: np.random.Generator, cells: int) -> NDArray[np.int64]:
    """Split each picture into smooth regions ``(count, 32, 32)`` of kinds about equally common."""
    height = canvas.smooth_noise(rng, count, SIZE, cells)
    thirds = (-0.43, 0.43)  # of a normal distribution
    return np.digitize(height, thirds)
