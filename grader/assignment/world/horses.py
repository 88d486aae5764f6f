"""Small pictures of horses, drawn so that a grey picture tells much about its colours.

Sky is bright and smooth, grass is streaked, sand is pale and grained, and each coat has its
own shade. A pixel's shade tells about half of its colour; texture and shape tell more.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.assignment.world import canvas
from grader.assignment.world.canvas import Floats

SIZE = 32
CHUNK = 250

# Coat and mane, red-green-blue in full light. Their order is the order of COAT_SHARES.
COATS = np.array(
    [
        [[0.47, 0.27, 0.14], [0.10, 0.07, 0.06]],  # bay: brown with a black mane
        [[0.58, 0.35, 0.20], [0.47, 0.27, 0.15]],  # chestnut
        [[0.30, 0.17, 0.10], [0.12, 0.08, 0.06]],  # dark brown
        [[0.11, 0.10, 0.11], [0.05, 0.05, 0.06]],  # black
        [[0.90, 0.88, 0.84], [0.78, 0.75, 0.70]],  # white
        [[0.77, 0.58, 0.33], [0.90, 0.83, 0.68]],  # palomino: golden with a pale mane
    ],
    dtype=np.float32,
)
COAT_SHARES = (0.26, 0.24, 0.14, 0.13, 0.15, 0.08)


def draw_horses(count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw ``count`` pictures of horses.

    Args:
        count: the number of pictures, 0 or more.
        rng: source of all random choices.

    Returns:
        Pictures ``(count, 3, 32, 32)``, red, green and blue.

    Raises:
        ValueError: if ``count`` is negative.
    """
    if count < 0:
        raise ValueError(f"count={count}, but it should be 0 or more")
    images = np.empty((count, 3, SIZE, SIZE), dtype=np.uint8)
    for start in range(0, count, CHUNK):
        part = images[start : start + CHUNK]
        part[:] = _draw_chunk(len(part), rng)
    return images


def _draw_chunk(count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    x, y = canvas.pixel_grid(SIZE)
    image = _landscape(count, rng, y)
    _draw_animal(image, _Pose.random(count, rng), x, y, rng)
    image *= canvas.uniform(rng, 0.82, 1.12, (count, 1, 1, 1))
    image += 0.018 * rng.standard_normal(image.shape, dtype=np.float32)
    return canvas.to_uint8(image)


def _landscape(count: int, rng: np.random.Generator, y: Floats) -> Floats:
    """Draw sky, perhaps trees before it, and the ground: ``(count, 3, 32, 32)``."""
    horizon = canvas.uniform(rng, 6, 17, (count, 1, 1))
    image = _sky(count, rng, y, horizon)
    leaves = canvas.smooth_noise(rng, count, SIZE, 14)
    height = canvas.uniform(rng, -3, 9, (count, 1, 1))  # below 0: no trees
    bumps = canvas.smooth_noise(rng, count, SIZE, 5)[:, :1] * 1.5
    trees = canvas.coverage(horizon - height + bumps - y) * (height > 0)
    dark_green = np.array([0.13, 0.20, 0.10], dtype=np.float32)[:, None, None]
    canvas.paint(image, trees, dark_green * (1 + 0.35 * leaves[:, None]))
    canvas.paint(image, canvas.coverage(horizon - y), _ground(count, rng))
    return image


def _sky(count: int, rng: np.random.Generator, y: Floats, horizon: Floats) -> Floats:
    """Draw a blue sky that pales towards the horizon, or an overcast one."""
    depth = np.clip(y / horizon, 0, 1)[:, None]
    blue = np.array([0.38, 0.60, 0.90], dtype=np.float32)[:, None, None]
    haze = np.array([0.80, 0.87, 0.94], dtype=np.float32)[:, None, None]
    grey = np.array([0.84, 0.85, 0.87], dtype=np.float32)[:, None, None]
    overcast = (rng.random((count, 1, 1, 1)) < 0.25).astype(np.float32)
    clear = blue + (haze - blue) * depth**1.5
    cloud = np.clip(canvas.smooth_noise(rng, count, SIZE, 3) - 0.6, 0, 0.8)[:, None]
    clear = clear + cloud * (grey - clear)
    return np.asarray(clear + overcast * (grey - 0.03 * depth - clear), dtype=np.float32)


def _ground(count: int, rng: np.random.Generator) -> Floats:
    """Draw streaked grass, which is greener where it is darker, or pale grained sand."""
    coarse = canvas.smooth_noise(rng, count, SIZE, 4)
    blades = rng.standard_normal((count, SIZE, SIZE), dtype=np.float32)
    blades[:, 1:] = 0.45 * blades[:, 1:] + 0.75 * blades[:, :-1]  # streaks run downwards
    level = canvas.uniform(rng, 0.30, 0.50, (count, 1, 1))
    shade = (level + 0.035 * coarse + 0.065 * blades)[:, None]
    dry = np.clip((level[:, None] - 0.38) / 0.12, 0, 1)
    hue = np.array([0.82, 1.22, 0.56], dtype=np.float32)[:, None, None]
    straw = np.array([1.12, 1.17, 0.55], dtype=np.float32)[:, None, None]
    grass = shade * (hue + dry * (straw - hue))
    grain = rng.standard_normal((count, SIZE, SIZE), dtype=np.float32)
    sand_shade = (0.62 + 0.03 * coarse + 0.03 * grain)[:, None]
    sand = sand_shade * np.array([1.15, 1.0, 0.78], dtype=np.float32)[:, None, None]
    sandy = (rng.random((count, 1, 1, 1)) < 0.22).astype(np.float32)
    return np.asarray(grass + sandy * (sand - grass), dtype=np.float32)


@dataclass(frozen=True)
class _Pose:
    """Where each horse stands and how it holds itself; each field is ``(N, 1, 1)``."""

    centre_x: Floats
    centre_y: Floats
    scale: Floats
    facing: Floats
    head_x: Floats
    head_y: Floats
    stride: Floats
    coat: NDArray[np.int64]

    @classmethod
    def random(cls, count: int, rng: np.random.Generator) -> "_Pose":
        shape = (count, 1, 1)
        near = rng.random(shape) < 0.2
        scale = np.where(
            near, canvas.uniform(rng, 11, 15, shape), canvas.uniform(rng, 7, 9.5, shape)
        ).astype(np.float32)
        facing = np.where(rng.random(shape) < 0.5, -1, 1).astype(np.float32)
        grazing = rng.random(shape) < 0.25
        head_y = np.where(grazing, 0.65, canvas.uniform(rng, -1.05, -0.6, shape))
        return cls(
            centre_x=16 - facing * 0.3 * scale + canvas.uniform(rng, -2.5, 2.5, shape),
            centre_y=canvas.uniform(rng, 15.5, 18.5, shape),
            scale=scale,
            facing=facing,
            head_x=canvas.uniform(rng, 1.0, 1.3, shape),
            head_y=head_y.astype(np.float32),
            stride=canvas.uniform(rng, -0.35, 0.35, shape),
            coat=rng.choice(len(COATS), size=count, p=COAT_SHARES),
        )


def _draw_animal(
    image: Floats, pose: _Pose, x: Floats, y: Floats, rng: np.random.Generator
) -> None:
    """Paint shadow, far legs, tail, body, mane in this order: the nearer hides the farther."""
    u = (x - pose.centre_x) / pose.scale * pose.facing
    v = (y - pose.centre_y) / pose.scale
    pixel = 1 / pose.scale
    light = 1.0 - 0.22 * np.clip(v + 0.1, -0.5, 1)
    fur = 1 + 0.05 * canvas.smooth_noise(rng, len(image), SIZE, 10)
    coat = COATS[pose.coat, 0][:, :, None, None] * (light * fur)[:, None]
    mane = COATS[pose.coat, 1][:, :, None, None] * fur[:, None]
    shadow = canvas.coverage(canvas.ellipse(u, v - 1.3, 1.2, 0.16), pixel)
    canvas.paint(image, 0.5 * shadow, image * 0.55)
    canvas.paint(image, canvas.coverage(_legs(u, v, -pose.stride), pixel), coat * 0.62)
    canvas.paint(image, canvas.coverage(_tail(u, v, pose.stride), pixel), mane)
    canvas.paint(image, canvas.coverage(_body(u, v, pose), pixel), coat)
    canvas.paint(image, canvas.coverage(_mane(u, v, pose), pixel), mane)


def _legs(u: Floats, v: Floats, stride: Floats) -> Floats:
    """Return a fore and a hind leg, each a thigh and a shin."""
    parts = []
    for hip, knee_shift in ((-0.78, 0.5), (0.68, 0.6)):
        knee = (hip + knee_shift * stride, 0.72)
        hoof = (hip + stride * 0.9, 1.28)
        parts.append(canvas.capsule(u, v, (hip, 0.15), knee, (0.22, 0.10)))
        parts.append(canvas.capsule(u, v, knee, hoof, (0.10, 0.075)))
    return canvas.union(*parts)


def _body(u: Floats, v: Floats, pose: _Pose) -> Floats:
    """Return trunk, near legs, neck, head and ears."""
    lowered = pose.head_y > 0
    muzzle = (pose.head_x + np.where(lowered, 0.18, 0.40), pose.head_y + 0.34)
    head = (pose.head_x, pose.head_y)
    return canvas.union(
        canvas.ellipse(u, v, 0.98, 0.38),
        canvas.ellipse(u - 0.66, v + 0.02, 0.42, 0.44),
        canvas.ellipse(u + 0.68, v + 0.04, 0.44, 0.44),
        _legs(u, v, pose.stride),
        canvas.capsule(u, v, (0.72, -0.12), head, (0.34, 0.19)),
        canvas.capsule(u, v, head, muzzle, (0.19, 0.11)),
        canvas.capsule(u, v, head, (pose.head_x - 0.04, pose.head_y - 0.30), (0.10, 0.03)),
    )


def _mane(u: Floats, v: Floats, pose: _Pose) -> Floats:
    """Return the strip along the upper side of the neck, and the forelock."""
    crest = (pose.head_x - 0.12, pose.head_y - 0.14)
    return canvas.capsule(u, v, (0.48, -0.42), crest, (0.10, 0.13))


def _tail(u: Floats, v: Floats, stride: Floats) -> Floats:
    """Return a tail that hangs from the croup and swings with the stride."""
    middle = (-1.22 - 0.2 * np.abs(stride), 0.15)
    tip = (-1.25 - 0.5 * np.abs(stride), 0.75)
    return canvas.union(
        canvas.capsule(u, v, (-1.02, -0.24), middle, (0.09, 0.12)),
        canvas.capsule(u, v, middle, tip, (0.12, 0.08)),
    )
