"""The 24 colours: read as a notebook reads them, reproducible, and close to the pictures."""

import numpy as np
import pytest

from grader.assignment.world import colours
from grader.assignment.world.horses import draw_horses


@pytest.fixture(scope="module")
def horses() -> np.ndarray:
    return draw_horses(100, np.random.default_rng(0))


def test_file_gives_24_colours_at_index_0(world):
    path = world / "data" / "colours" / "colour_kmeans24_cat7.npy"
    table = np.load(path, allow_pickle=True)[0]
    assert table.shape == (24, 3)
    assert table.dtype == np.float64
    assert table.min() >= 0
    assert table.max() <= 1


def test_file_holds_no_pickle(world):
    path = world / "data" / "colours" / "colour_kmeans24_cat7.npy"
    assert np.load(path, allow_pickle=False).shape == (1, 24, 3)


def test_colours_are_near_the_pixels(horses):
    """Halving the picture's spread at least: a codebook, not any 24 colours."""
    table = colours.find_colours(horses)
    pixels = horses.transpose(0, 2, 3, 1).reshape(-1, 1, 3)[::7] / 256
    nearest = np.sqrt(np.square(pixels - table).sum(axis=2)).min(axis=1)
    assert nearest.mean() < 0.06


def test_colours_are_distinct_and_sorted(horses):
    table = colours.find_colours(horses)
    gaps = np.square(table[:, None] - table[None]).sum(axis=2) + np.eye(24)
    assert np.sqrt(gaps.min()) > 0.02
    assert (np.diff(table.sum(axis=1)) >= 0).all()


def test_same_seed_same_colours_and_large_sets_are_sampled(horses, monkeypatch):
    monkeypatch.setattr(colours, "SAMPLE", 5000)
    first, again = colours.find_colours(horses, seed=1), colours.find_colours(horses, seed=1)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, colours.find_colours(horses, seed=2))


def test_too_few_different_colours_are_refused():
    plain = np.zeros((30, 3, 4, 4), dtype=np.uint8)
    plain[:10] = 90
    with pytest.raises(ValueError, match="2 different colours, but there should be 24"):
        colours.find_colours(plain)
