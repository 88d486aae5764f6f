"""Pictures of flowers on leaves, with the outline of each flower.

Petals, hearts, leaves, the ground and blurred spots behind them are all painted from one palette,
and flowers stand anywhere: neither a colour nor a place tells a flower, its shape is needed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.assignment.world import canvas
from grader.assignment.world.canvas import Floats

SIZE = 64
CHUNK = 80
LEAVES = 22
SPOTS = 3
MARGIN = 7.0  # pixels between the edge of a picture and the heart of a flower
ODD = 0.15  # leaves of another colour than the ground's
# Red, green, blue of everything that is painted, flower or not.
PALETTE = np.array(
    [
        [0.93, 0.82, 0.15],  # yellow
        [0.95, 0.94, 0.90],  # white
        [0.85, 0.35, 0.60],  # pink
        [0.40, 0.18, 0.52],  # violet
        [0.68, 0.08, 0.14],  # red
        [0.92, 0.52, 0.15],  # orange
        [0.40, 0.42, 0.85],  # blue
        [0.80, 0.85, 0.55],  # greenish white
        [0.16, 0.32, 0.12],  # greens
        [0.28, 0.45, 0.18],
        [0.40, 0.55, 0.25],
        [0.12, 0.20, 0.10],
        [0.80, 0.78, 0.42],  # dry
        [0.62, 0.34, 0.16],  # brown
        [0.84, 0.88, 0.74],  # pale
        [0.48, 0.20, 0.28],  # dark red
    ],
    dtype=np.float32,
)


def draw_flowers(
    count: int, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Draw ``count`` pictures of flowers.

    Args:
        count: the number of pictures, 0 or more.
        rng: source of all random choices.

    Returns:
        Pictures ``(count, 3, 64, 64)`` and how much of each pixel is flower,
        ``(count, 64, 64)``, 0 to 1.

    Raises:
        ValueError: if ``count`` is negative.
    """
    if count < 0:
        raise ValueError(f"count={count}, but it should be 0 or more")
    images = np.empty((count, 3, SIZE, SIZE), dtype=np.uint8)
    masks = np.empty((count, SIZE, SIZE), dtype=np.float32)
    for start in range(0, count, CHUNK):
        chosen = slice(start, min(start + CHUNK, count))
        images[chosen], masks[chosen] = _draw_chunk(chosen.stop - start, rng)
    return images, masks


def _draw_chunk(count: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], Floats]:
    x, y = canvas.pixel_grid(SIZE)
    image = _foliage(count, rng, x, y)
    _paint_spots(image, rng, x, y)
    mask = np.zeros((count, SIZE, SIZE), dtype=np.float32)
    colour = _pick(count, rng)
    # A second, smaller flower of the same kind stands in four pictures of ten.
    second = (rng.random((count, 1, 1)) < 0.4).astype(np.float32)
    for present, sizes in ((second, (7.0, 13.0)), (np.ones_like(second), (14.0, 25.0))):
        flower = _Flower.random(count, rng, sizes)
        mask = np.maximum(mask, flower.paint(image, colour, present, x, y))
    image *= canvas.uniform(rng, 0.6, 1.2, (count, 1, 1, 1))
    image += 0.02 * rng.standard_normal(image.shape, dtype=np.float32)
    return canvas.to_uint8(image), mask


def _pick(count: int, rng: np.random.Generator) -> Floats:
    """Pick one colour a picture, lighter or darker: ``(count, 3, 1, 1)``."""
    colours = PALETTE[rng.integers(0, len(PALETTE), count)][:, :, None, None]
    return np.asarray(colours * canvas.uniform(rng, 0.7, 1.15, (count, 1, 1, 1)))


def _foliage(count: int, rng: np.random.Generator, x: Floats, y: Floats) -> Floats:
    """Draw overlapping pointed leaves with a midrib: ``(count, 3, 64, 64)``."""
    ground = _pick(count, rng)
    noise = canvas.smooth_noise(rng, count, SIZE, 9)[:, None]
    image = np.asarray(ground * (1 + 0.2 * noise), dtype=np.float32)
    for _ in range(LEAVES):
        along, across = _turned(count, rng, x, y)
        length = canvas.uniform(rng, 8, 22, (count, 1, 1))
        width = length * canvas.uniform(rng, 0.16, 0.42, (count, 1, 1))
        half = width * np.clip(1 - (along / length) ** 2, 0, 1)
        cover = canvas.coverage(np.abs(across) - half) * (np.abs(along) < length)
        rib = np.exp(-(across**2))
        shade = 1.1 + 0.15 * np.sign(across) - 0.25 * rib + 0.1 * along / length
        odd = rng.random((count, 1, 1, 1)) < ODD
        alike = ground * canvas.uniform(rng, 0.75, 1.3, (count, 1, 1, 1))
        colour = np.where(odd, _pick(count, rng), alike)
        canvas.paint(image, cover.astype(np.float32), colour * shade[:, None])
    return image


def _turned(count: int, rng: np.random.Generator, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return coordinates along and across a random direction through a random point."""
    angle = canvas.uniform(rng, 0, np.pi, (count, 1, 1))
    from_x = x - canvas.uniform(rng, 0, SIZE, (count, 1, 1))
    from_y = y - canvas.uniform(rng, 0, SIZE, (count, 1, 1))
    cosine, sine = np.cos(angle), np.sin(angle)
    return from_x * cosine + from_y * sine, from_y * cosine - from_x * sine


def _paint_spots(image: Floats, rng: np.random.Generator, x: Floats, y: Floats) -> None:
    """Paint blurred spots: what is far behind, out of focus."""
    count = len(image)
    for _ in range(SPOTS):
        along, across = _turned(count, rng, x, y)
        radius = canvas.uniform(rng, 3, 8, (count, 1, 1))
        cover = canvas.coverage(canvas.ellipse(along, across, radius, radius * 0.8), 4.0)
        canvas.paint(image, 0.85 * cover, _pick(count, rng))


@dataclass(frozen=True)
class _Flower:
    """One flower a picture; each field is ``(N, 1, 1)``, lengths in pixels."""

    centre_x: Floats
    centre_y: Floats
    radius: Floats
    petals: Floats
    turn: Floats
    notch: Floats
    tilt: Floats
    heart: Floats
    heart_colour: Floats

    @classmethod
    def random(cls, count: int, rng: np.random.Generator, sizes: tuple[float, float]) -> "_Flower":
        shape = (count, 1, 1)
        low, high = MARGIN, SIZE - MARGIN
        return cls(
            centre_x=canvas.uniform(rng, low, high, shape),
            centre_y=canvas.uniform(rng, low, high, shape),
            radius=canvas.uniform(rng, *sizes, shape),
            petals=rng.integers(4, 11, shape).astype(np.float32),
            turn=canvas.uniform(rng, 0, 2 * np.pi, shape),
            notch=canvas.uniform(rng, 0.3, 0.7, shape),
            tilt=canvas.uniform(rng, 0.65, 1.0, shape),
            heart=canvas.uniform(rng, 0.14, 0.36, shape),
            heart_colour=_pick(count, rng),
        )

    def paint(self, image: Floats, colour: Floats, present: Floats, x: Floats, y: Floats) -> Floats:
        """Paint the flower and return how much of each pixel it covers, ``(N, H, W)``."""
        u = (x - self.centre_x) * np.cos(self.turn) + (y - self.centre_y) * np.sin(self.turn)
        v = (y - self.centre_y) * np.cos(self.turn) - (x - self.centre_x) * np.sin(self.turn)
        distance = np.hypot(u, v / self.tilt) + 1e-3
        angle = np.arctan2(v / self.tilt, u)
        lobe = np.abs(np.cos(self.petals * angle / 2))
        outline = self.radius * (self.notch + (1 - self.notch) * np.sqrt(lobe))
        cover = canvas.coverage((distance - outline).astype(np.float32)) * present
        fraction = distance / self.radius
        streaks = np.cos(6 * self.petals * angle)
        shade = 0.72 + 0.2 * fraction + 0.16 * lobe + 0.05 * streaks
        canvas.paint(image, cover, colour * shade[:, None].astype(np.float32))
        heart = canvas.coverage((distance - self.heart * self.radius).astype(np.float32))
        dots = 0.9 + 0.25 * np.cos(2.1 * u) * np.cos(2.1 * v)
        canvas.paint(image, heart * present, self.heart_colour * dots[:, None].astype(np.float32))
        return cover
