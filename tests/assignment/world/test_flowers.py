"""Flowers are reproducible and no threshold on one colour finds them."""

import numpy as np
import pytest

from grader.assignment.world.flowers import draw_flowers


@pytest.fixture(scope="module")
def flowers() -> tuple[np.ndarray, np.ndarray]:
    return draw_flowers(160, np.random.default_rng(2))


def test_shapes_and_types(flowers):
    images, masks = flowers
    assert images.shape == (160, 3, 64, 64)
    assert images.dtype == np.uint8
    assert masks.shape == (160, 64, 64)
    assert masks.min() == 0
    assert masks.max() == 1


def test_same_seed_gives_same_pictures(flowers):
    images, masks = draw_flowers(160, np.random.default_rng(2))
    assert np.array_equal(images, flowers[0])
    assert np.array_equal(masks, flowers[1])


def test_negative_count_is_refused():
    with pytest.raises(ValueError, match="count=-3"):
        draw_flowers(-3, np.random.default_rng(0))


def test_each_picture_has_flower_and_background(flowers):
    share = (flowers[1] > 0.5).mean(axis=(1, 2))
    assert share.min() > 0.05
    assert share.max() < 0.5
    assert 0.15 < share.mean() < 0.25


def test_flowers_stand_in_many_places(flowers):
    """Where flowers usually are says little: shuffled masks must not score well."""
    frequency = (flowers[1] > 0.5).mean(axis=0)
    assert frequency.max() < 0.5


def mean_iou(chosen: np.ndarray, flower: np.ndarray) -> float:
    pairs = ((chosen, flower), (~chosen, ~flower))
    return float(np.mean([(a & b).sum() / max(1, (a | b).sum()) for a, b in pairs]))


def test_no_threshold_on_one_colour_finds_the_flower(flowers):
    images, masks = flowers[0].astype(int), flowers[1] > 0.5
    red, green, blue = images.transpose(1, 0, 2, 3)
    cues = [red, green, blue, red - green, blue - green, images.max(1) - images.min(1)]
    scores = [mean_iou(cue > limit, masks) for cue in cues for limit in range(-20, 200, 10)]
    assert max(scores) < 0.45


def test_flowers_have_the_colours_of_what_is_around_them():
    """A picture says which colour its flower has; all of them say nothing of colours."""
    images, masks = draw_flowers(800, np.random.default_rng(5))
    pixels = (images.transpose(0, 2, 3, 1) // 64).reshape(-1, 3) @ (16, 4, 1)
    flower = masks.reshape(-1) > 0.5
    usual = flower.mean()
    for colour in range(64):
        of_colour = flower[pixels == colour]
        if len(of_colour) > len(pixels) / 64:
            assert usual / 2 < of_colour.mean() < 2 * usual
