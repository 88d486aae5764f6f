"""The detail data: what pooling loses is needed for half of the answer."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from grader.assignment.world.detail import COLOURS, DetailLook, make_detail


@pytest.fixture(scope="module")
def data() -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    return make_detail(300, np.random.default_rng(5))


def test_shapes_types_and_ranges(data):
    greys, colours = data
    assert greys.shape == (300, 1, 32, 32)
    assert greys.dtype == np.float32
    assert colours.shape == (300, 32, 32)
    assert colours.dtype == np.uint8
    assert 0 <= greys.min() < 0.2
    assert 0.8 < greys.max() <= 1
    assert sorted(np.unique(colours)) == list(range(COLOURS))


def test_colours_are_about_equally_common(data):
    shares = np.bincount(data[1].ravel(), minlength=COLOURS) / data[1].size
    assert shares.min() > 0.12
    assert shares.max() < 0.21


def test_same_seed_gives_same_data(data):
    greys, colours = make_detail(300, np.random.default_rng(5))
    assert np.array_equal(greys, data[0])
    assert np.array_equal(colours, data[1])


def test_negative_count_is_refused():
    with pytest.raises(ValueError, match="count=-2"):
        make_detail(-2, np.random.default_rng(0))


def probe_accuracy(cues: NDArray[np.float64], colours: NDArray[np.uint8]) -> float:
    """Held-out accuracy of a quadratic least-squares classifier on two cues a pixel."""
    first, second = (cue.ravel() for cue in cues)
    inputs = np.stack(
        [np.ones_like(first), first, second, first**2, second**2, first * second], axis=1
    )
    half = len(inputs) // 2
    wanted = np.eye(COLOURS)[colours.ravel()]
    weights, *_ = np.linalg.lstsq(inputs[:half], wanted[:half], rcond=None)
    return float(((inputs[half:] @ weights).argmax(axis=1) == colours.ravel()[half:]).mean())


def test_pixel_and_neighbourhood_together_tell_what_the_neighbourhood_alone_cannot(data):
    greys, colours = data[0][:, 0].astype(float), data[1]
    around = uniform_filter(greys, (0, 7, 7))
    pooled = greys.reshape(300, 16, 2, 16, 2).max(axis=(2, 4)).repeat(2, axis=1).repeat(2, axis=2)
    with_pixel = probe_accuracy(np.stack([greys, around]), colours)
    without = probe_accuracy(np.stack([around, pooled]), colours)
    assert with_pixel > 0.70
    assert 0.35 < without < 0.56
    assert np.bincount(colours.ravel()).max() / colours.size < 0.21


def test_look_sets_contrast_and_region_size():
    rng = np.random.default_rng(0)
    strong, _ = make_detail(50, rng, DetailLook(contrast=0.6, noise=0.0))
    weak, _ = make_detail(50, rng, DetailLook(contrast=0.1, noise=0.0))
    assert np.diff(strong, axis=3).std() > 2 * np.diff(weak, axis=3).std()
    changes = []
    for cells in (1, 6):
        _, colours = make_detail(50, rng, DetailLook(cells=cells))
        changes.append((np.diff(colours // 2, axis=2) != 0).mean())
    assert changes[1] > 2 * changes[0]
