"""The horses are reproducible, varied, and their grey tells about their colours."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.cluster.vq import vq

from grader.assignment.world.colours import find_colours
from grader.assignment.world.horses import draw_horses


@pytest.fixture(scope="module")
def horses() -> NDArray[np.uint8]:
    return draw_horses(600, np.random.default_rng(3))


@pytest.fixture(scope="module")
def categories(horses: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The nearest of 24 colours at each pixel, (600, 32, 32)."""
    pixels = horses.transpose(0, 2, 3, 1) / 256
    return vq(pixels.reshape(-1, 3), find_colours(horses))[0].reshape(pixels.shape[:3])


def test_shape_and_type(horses):
    assert horses.shape == (600, 3, 32, 32)
    assert horses.dtype == np.uint8


def test_same_seed_gives_same_pictures(horses):
    assert np.array_equal(draw_horses(600, np.random.default_rng(3)), horses)


def test_pictures_differ_from_each_other_and_between_seeds(horses):
    assert len(np.unique(horses.reshape(600, -1), axis=0)) == 600
    assert not np.array_equal(draw_horses(600, np.random.default_rng(4)), horses)


@pytest.mark.parametrize("count", [0, 1, 251])
def test_any_count(count):
    assert draw_horses(count, np.random.default_rng(0)).shape == (count, 3, 32, 32)


def test_negative_count_is_refused():
    with pytest.raises(ValueError, match="count=-1, but it should be 0 or more"):
        draw_horses(-1, np.random.default_rng(0))


def held_out_accuracy(cues: NDArray[np.int64], categories: NDArray[np.int64]) -> float:
    """How often the commonest category of the same cue is right, learned on two thirds."""
    table = np.zeros((cues.max() + 1, 24))
    np.add.at(table, (cues[:400].ravel(), categories[:400].ravel()), 1)
    return float((table.argmax(axis=1)[cues[400:]] == categories[400:]).mean())


def test_shade_tells_about_colour_and_position_tells_more(horses, categories):
    """A position prior alone must stay far behind what the grey picture tells."""
    shade = (horses.mean(axis=1) / 8).astype(int)
    row = np.broadcast_to(np.arange(32)[:, None], shade.shape)
    majority = np.bincount(categories.ravel()).max() / categories.size
    by_row = held_out_accuracy(row, categories)
    by_shade = held_out_accuracy(shade, categories)
    by_both = held_out_accuracy(shade * 32 + row, categories)
    assert majority < 0.12
    assert by_row < 0.25
    assert by_shade > by_row + 0.15
    assert by_both > by_shade + 0.05


def test_coats_range_from_black_to_white(horses):
    """The trunk's place is dark in some pictures, brown in many, white in some."""
    trunk = horses[:, :, 14:19, 13:19].reshape(600, 3, -1).mean(axis=2) / 255
    brown = (trunk[:, 0] - trunk[:, 2]) > 0.1
    assert 0.05 < (trunk.max(axis=1) < 0.25).mean() < 0.35
    assert 0.4 < brown.mean() < 0.9
    assert 0.05 < (trunk.min(axis=1) > 0.55).mean() < 0.3
