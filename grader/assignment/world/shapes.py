"""Pictures of geometric shapes on clutter, to pretrain a segmentation network on."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from grader.assignment.world import canvas
from grader.assignment.world.canvas import Floats

SIZE = 64
BACKGROUND = 0
STROKES = 12
SPOTS = 3
SHAPES = 3


def draw_shapes(
    count: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Draw ``count`` pictures of one to three shapes each.

    Args:
        count: the number of pictures.
        rng: source of all random choices.

    Returns:
        Pictures ``(count, 3, 64, 64)``, 0 to 1, and the class of each pixel,
        ``(count, 64, 64)``: 0 is background, ``k`` is the shape ``OUTLINES[k - 1]``.
    """
    x, y = canvas.pixel_grid(SIZE)
    image = _clutter(count, rng, x, y)
    labels = np.full((count, SIZE, SIZE), BACKGROUND)
    for number in range(SHAPES):
        present = rng.random((count, 1, 1)) < (1.0, 0.6, 0.3)[number]
        kind = rng.integers(1, len(OUTLINES) + 1, (count, 1, 1))
        cover = _place(kind.ravel(), rng, x, y) * present
        canvas.paint(image, cover.astype(np.float32), _texture(count, rng, x, y))
        labels = np.where(cover > 0.5, kind, labels)
    image *= canvas.uniform(rng, 0.7, 1.2, (count, 1, 1, 1))
    image += 0.03 * rng.standard_normal(image.shape, dtype=np.float32)
    return np.clip(image, 0, 1).astype(np.float32), labels


def _clutter(count: int, rng: np.random.Generator, x: Floats, y: Floats) -> Floats:
    """Draw a mottled ground under thick strokes and blurred spots, some in other colours."""
    base = canvas.uniform(rng, 0.05, 0.8, (count, 3, 1, 1))
    mottle = canvas.smooth_noise(rng, count, SIZE, 8)[:, None]
    image = np.asarray(base * (1 + 0.3 * mottle), dtype=np.float32)
    for _ in range(STROKES):
        start = (_anywhere(count, rng), _anywhere(count, rng))
        end = tuple(
            point + canvas.uniform(rng, -22, 22, (count, 1, 1)).astype(np.float32)
            for point in start
        )
        stroke = canvas.capsule(x, y, start, (end[0], end[1]), (3.5, 1.0))
        tint = canvas.uniform(rng, 0.6, 1.5, (count, 1, 1, 1))
        alike = base * (tint + canvas.uniform(rng, -0.2, 0.2, (count, 3, 1, 1)))
        odd = rng.random((count, 1, 1, 1)) < 0.25
        other = canvas.uniform(rng, 0.05, 1.0, (count, 3, 1, 1))
        canvas.paint(image, canvas.coverage(stroke), np.where(odd, other, alike))
    for _ in range(SPOTS):
        radius = canvas.uniform(rng, 3, 8, (count, 1, 1))
        spot = canvas.ellipse(x - _anywhere(count, rng), y - _anywhere(count, rng), radius, radius)
        other = canvas.uniform(rng, 0.05, 1.0, (count, 3, 1, 1))
        canvas.paint(image, canvas.coverage(spot, 5.0), other)
    return image


def _anywhere(count: int, rng: np.random.Generator) -> Floats:
    return canvas.uniform(rng, 0, SIZE, (count, 1, 1))


def _texture(count: int, rng: np.random.Generator, x: Floats, y: Floats) -> Floats:
    """Fill with a colour, stripes or dots of a second shade: ``(count, 3, 64, 64)``."""
    colour = canvas.uniform(rng, 0.05, 1.0, (count, 3, 1, 1))
    other = colour * canvas.uniform(rng, 0.6, 1.3, (count, 3, 1, 1))
    angle = canvas.uniform(rng, 0, np.pi, (count, 1, 1))
    pace = canvas.uniform(rng, 0.4, 1.6, (count, 1, 1))
    along = (x * np.cos(angle) + y * np.sin(angle)) * pace
    across = (y * np.cos(angle) - x * np.sin(angle)) * pace
    dotted = rng.random((count, 1, 1)) < 0.5
    wave = np.where(dotted, np.cos(along) * np.cos(across), np.cos(along))
    mix = (0.5 + 0.5 * wave)[:, None]
    return np.asarray(colour + mix * (other - colour), dtype=np.float32)


def _place(kinds: NDArray[np.int64], rng: np.random.Generator, x: Floats, y: Floats) -> Floats:
    """Place one shape a picture and return how much of each pixel it covers."""
    count = len(kinds)
    angle = canvas.uniform(rng, -0.3, 0.3, (count, 1, 1))
    radius = canvas.uniform(rng, 7, 25, (count, 1, 1))
    from_x = x - canvas.uniform(rng, 10, SIZE - 10, (count, 1, 1))
    from_y = y - canvas.uniform(rng, 10, SIZE - 10, (count, 1, 1))
    u = (from_x * np.cos(angle) + from_y * np.sin(angle)) / radius
    v = (from_y * np.cos(angle) - from_x * np.sin(angle)) / radius
    cover = np.zeros((count, SIZE, SIZE), dtype=np.float32)
    for kind, outline in enumerate(OUTLINES, start=1):
        chosen = kinds == kind
        cover[chosen] = canvas.coverage(outline(u[chosen], v[chosen]), 1 / radius[chosen])
    return cover


def _box(u: Floats, v: Floats, half_width: float, half_height: float) -> Floats:
    return np.maximum(np.abs(u) - half_width, np.abs(v) - half_height)


def _polygon(u: Floats, v: Floats, corners: int, turn: float = 0.0) -> Floats:
    """Return a regular polygon with a flat side below, or turned by ``turn`` radians."""
    angles = turn + np.pi / 2 + 2 * np.pi * np.arange(corners) / corners
    sides = [u * np.cos(angle) + v * np.sin(angle) for angle in angles]
    inner = np.cos(np.pi / corners)
    return np.asarray(np.maximum.reduce(sides) - inner, dtype=np.float32)


def _disc(u: Floats, v: Floats, radius: float = 1.0) -> Floats:
    return np.asarray(np.hypot(u, v) - radius, dtype=np.float32)


def _star(u: Floats, v: Floats) -> Floats:
    """Return a five-pointed star: what lies beyond one side of a pentagon at most."""
    angles = np.pi / 2 + 2 * np.pi * np.arange(5) / 5
    sides = np.sort([u * np.cos(angle) + v * np.sin(angle) for angle in angles], axis=0)
    return np.asarray(sides[-2] - np.cos(2 * np.pi / 5), dtype=np.float32)


def _saltire(u: Floats, v: Floats) -> Floats:
    turned_u, turned_v = (u + v) * 0.7071, (v - u) * 0.7071
    return np.minimum(_box(turned_u, turned_v, 1, 0.28), _box(turned_u, turned_v, 0.28, 1))


def _hourglass(u: Floats, v: Floats) -> Floats:
    sides = (np.abs(u) - np.abs(v) - 0.1) * 0.7
    return np.asarray(np.maximum(sides, np.abs(v) - 0.9))


def _chevron(u: Floats, v: Floats) -> Floats:
    return np.maximum(np.abs(v - np.abs(u) * 0.8 + 0.4) - 0.35, np.abs(u) - 0.95)


OUTLINES: tuple[Callable[[Floats, Floats], Floats], ...] = (
    _disc,
    lambda u, v: np.abs(_disc(u, v, 0.75)) - 0.25,  # ring
    lambda u, v: _box(u, v, 0.85, 0.85),  # square
    lambda u, v: np.abs(_box(u, v, 0.7, 0.7)) - 0.2,  # frame
    lambda u, v: _polygon(u, v, 3),  # triangle
    lambda u, v: _polygon(u, v, 3, np.pi),  # triangle on its tip
    lambda u, v: _polygon(u, v, 4, np.pi / 4),  # diamond
    lambda u, v: _polygon(u, v, 5),  # pentagon
    lambda u, v: _polygon(u, v, 6),  # hexagon
    _star,
    lambda u, v: np.minimum(_box(u, v, 1, 0.3), _box(u, v, 0.3, 1)),  # plus
    _saltire,
    lambda u, v: np.maximum(_disc(u, v), -_disc(u - 0.45, v, 0.8)),  # crescent
    lambda u, v: np.maximum(_disc(u, v), v),  # half disc
    lambda u, v: canvas.ellipse(u, v, 1.0, 0.45),
    lambda u, v: _box(u, v, 0.3, 1.0),  # bar
    lambda u, v: np.minimum(_box(u + 0.55, v, 0.3, 0.95), _box(u, v - 0.65, 0.85, 0.3)),  # L
    lambda u, v: np.minimum(_box(u, v, 0.28, 0.95), _box(u, v + 0.67, 0.95, 0.28)),  # T
    _chevron,
    _hourglass,
)
