"""Colour categories and grey values."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.colours import category_colours, greyscale, load_colours, nearest_categories


@settings(derandomize=True, deadline=None, max_examples=40)
@given(number=st.integers(1, 9), size=st.integers(1, 5), seed=st.integers(0, 2**32))
def test_each_pixel_has_the_nearest_colour(number, size, seed):
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(2, 3, size, size + 1, generator=generator)
    colours = torch.rand(number, 3, generator=generator)
    categories = nearest_categories(images, colours)
    assert categories.shape == (2, size, size + 1)
    assert categories.dtype == torch.int64
    for n, row, column in itertools.product(range(2), range(size), range(size + 1)):
        distances = [torch.dist(images[n, :, row, column], colour).item() for colour in colours]
        chosen = categories[n, row, column]
        assert distances[chosen] == pytest.approx(min(distances), abs=1e-6)


def test_the_first_of_equally_near_colours_is_taken():
    colours = torch.tensor([[0.0, 0, 0], [2, 2, 2], [0, 0, 0]])
    images = torch.tensor([0.0, 1.0, 2.0]).expand(1, 3, 1, 3)
    assert nearest_categories(images, colours).tolist() == [[[0, 0, 1]]]


def test_colours_come_back_from_their_categories():
    colours = torch.rand(7, 3, generator=torch.Generator().manual_seed(0))
    categories = torch.arange(7).repeat(2, 3, 1)
    pictures = category_colours(categories, colours)
    assert pictures.shape == (2, 3, 3, 7)
    assert torch.equal(pictures[1, :, 2, 4], colours[4])
    assert torch.equal(nearest_categories(pictures, colours), categories)


def test_grey_is_the_mean_of_the_channels():
    images = torch.tensor([1.0, 2, 6]).view(1, 3, 1, 1).expand(2, 3, 4, 5)
    assert torch.equal(greyscale(images), torch.full((2, 1, 4, 5), 3.0))


def test_colours_are_the_first_entry_of_their_file(cifar):
    colours = load_colours(cifar / "data/colours/colour_kmeans24_cat7.npy")
    assert colours.dtype == torch.float32
    expected = [[0.1, 0.1, 0.1], [0.8, 0.8, 0.8], [0.7, 0.2, 0.1]]
    np.testing.assert_allclose(colours, expected, rtol=1e-6, atol=0)


def test_a_file_without_colours_is_refused(tmp_path):
    np.save(tmp_path / "colours.npy", np.zeros((2, 24)))
    with pytest.raises(ValueError, match=r"^colours of shape \(24,\), but should be \(K, 3\)$"):
        load_colours(tmp_path / "colours.npy")


@pytest.mark.parametrize("shape", [(3, 4, 4), (1, 1, 4, 4)])
def test_other_images_than_coloured_ones_are_refused(shape):
    with pytest.raises(ValueError, match=r"but should be \(N, 3, H, W\)$"):
        nearest_categories(torch.zeros(shape), torch.zeros(2, 3))
