"""Anti-aliased shapes and smooth noise, drawn for a whole batch of pictures at once.

Every shape is a signed distance in pixels (negative inside), computed from arrays that
broadcast to ``(N, H, W)``; parameters of one shape a picture have the form ``(N, 1, 1)``.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def pixel_grid(size: int) -> tuple[Floats, Floats]:
    """Return the x and y coordinates of all pixel centres, each ``(1, size, size)``."""
    axis = np.arange(size, dtype=np.float32) + np.float32(0.5)
    y, x = np.meshgrid(axis, axis, indexing="ij")
    return x[None], y[None]


def uniform(rng: np.random.Generator, low: float, high: float, shape: Sequence[int]) -> Floats:
    """Draw float32 values between ``low`` and ``high``."""
    return (low + (high - low) * rng.random(tuple(shape), dtype=np.float32)).astype(np.float32)


def ellipse(
    x: Floats, y: Floats, radius_x: Floats | float, radius_y: Floats | float
) -> NDArray[np.float32]:
    """Return the approximate signed distance to an axis-parallel ellipse around the origin."""
    scaled = np.sqrt((x / radius_x) ** 2 + (y / radius_y) ** 2)
    return np.asarray((scaled - 1) * np.minimum(radius_x, radius_y), dtype=np.float32)


def capsule(
    x: Floats,
    y: Floats,
    start: tuple[Floats | float, Floats | float],
    end: tuple[Floats | float, Floats | float],
    radii: tuple[float, float],
) -> Floats:
    """Return the signed distance to a thick line, whose ends may differ in radius."""
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    from_x, from_y = x - start[0], y - start[1]
    length2 = along_x * along_x + along_y * along_y
    t = np.clip((from_x * along_x + from_y * along_y) / (length2 + 1e-6), 0, 1)
    distance = np.hypot(from_x - t * along_x, from_y - t * along_y)
    return np.asarray(distance - (radii[0] + (radii[1] - radii[0]) * t), dtype=np.float32)


def union(*distances: Floats) -> Floats:
    """Return the signed distance to the union of several shapes."""
    result = distances[0]
    for distance in distances[1:]:
        result = np.minimum(result, distance)
    return result


def coverage(distance: Floats, pixel: Floats | float = 1.0) -> Floats:
    """Return how much of each pixel lies inside, 0 to 1; ``pixel`` is a pixel's size."""
    return np.asarray(np.clip(0.5 - distance / pixel, 0, 1), dtype=np.float32)


def paint(image: Floats, cover: Floats, colour: Floats) -> None:
    """Lay a colour over an image, in place.

    Args:
        image: ``(N, 3, H, W)``.
        cover: ``(N, H, W)``, 0 to 1.
        colour: broadcasts to the image, for instance ``(N, 3, 1, 1)``.
    """
    image += cover[:, None] * (colour - image)


def smooth_noise(rng: np.random.Generator, count: int, size: int, cells: int) -> Floats:
    """Draw smooth fields ``(count, size, size)`` of mean 0 and deviation about 1.

    Args:
        rng: source of the random numbers.
        count: the number of fields.
        size: height and width in pixels.
        cells: bumps along one side; more cells, finer noise.
    """
    knots = rng.standard_normal((count, cells + 3, cells + 3), dtype=np.float32)
    weights = _spline_weights(size, cells)
    field = np.matmul(np.matmul(weights, knots), weights.T)
    return np.asarray(field * np.float32(2.1), dtype=np.float32)


def _spline_weights(size: int, cells: int) -> Floats:
    """Return cubic B-spline weights ``(size, cells + 3)``: a row sums to 1."""
    position = (np.arange(size) + 0.5) * cells / size
    knot = np.minimum(position.astype(int), cells - 1)
    t = position - knot
    basis = (
        (1 - t) ** 3 / 6,
        (3 * t**3 - 6 * t**2 + 4) / 6,
        (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6,
        t**3 / 6,
    )
    weights = np.zeros((size, cells + 3), dtype=np.float32)
    for offset, value in enumerate(basis):
        weights[np.arange(size), knot + offset] = value
    return weights


def to_uint8(image: Floats) -> NDArray[np.uint8]:
    """Turn intensities of 0 to 1 into bytes; what lies outside is clipped."""
    return (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)
