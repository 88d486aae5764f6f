"""Shapes: twenty classes, each drawn, each labelled where it is."""

import numpy as np
import pytest

from grader.assignment.world import shapes
from grader.assignment.world.deeplab import CLASSES


@pytest.fixture(scope="module")
def batch() -> tuple[np.ndarray, np.ndarray]:
    return shapes.draw_shapes(120, np.random.default_rng(0))


def test_shapes_and_types(batch):
    pictures, labels = batch
    assert pictures.shape == (120, 3, 64, 64)
    assert pictures.dtype == np.float32
    assert pictures.min() >= 0
    assert pictures.max() <= 1
    assert labels.shape == (120, 64, 64)


def test_every_class_of_the_network_occurs(batch):
    assert len(shapes.OUTLINES) + 1 == CLASSES
    assert np.unique(batch[1]).tolist() == list(range(CLASSES))


def test_every_picture_has_background_and_most_a_shape(batch):
    background = (batch[1] == shapes.BACKGROUND).mean(axis=(1, 2))
    assert background.min() > 0.1
    assert (background < 1).mean() > 0.97


def test_same_seed_gives_same_pictures(batch):
    again = shapes.draw_shapes(120, np.random.default_rng(0))
    assert np.array_equal(again[0], batch[0])
    assert np.array_equal(again[1], batch[1])


def test_outlines_fit_a_unit_circle_and_differ():
    axis = np.linspace(-2, 2, 81)
    v, u = np.meshgrid(axis, axis, indexing="ij")
    insides = [outline(u[None], v[None])[0] < 0 for outline in shapes.OUTLINES]
    radius = np.hypot(u, v)
    for inside in insides:
        assert 0.3 < inside.sum() * 0.05**2 < np.pi + 0.2
        assert radius[inside].max() < 1.35
    for first in range(len(insides)):
        for second in range(first):
            assert (insides[first] != insides[second]).sum() > 60
