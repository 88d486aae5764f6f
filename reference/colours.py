"""Colours as categories: an image's pixels, and the nearest of a few colours."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor


def greyscale(images: Tensor) -> Tensor:
    """Return the mean over the channels, (N, 1, H, W), of `images`, (N, C, H, W)."""
    return images.mean(dim=1, keepdim=True)


def nearest_categories(images: Tensor, colours: Tensor) -> Tensor:
    """Return for every pixel the index of the nearest colour, the first of equally near ones.

    Near is meant in Euclidean distance. One colour is compared at a time, so that memory does
    not grow with their number.

    Args:
        images: shape (N, 3, H, W), on the scale of `colours`.
        colours: shape (K, 3).

    Returns:
        int64 of shape (N, H, W), from 0 to K - 1.

    Raises:
        ValueError: other shapes.

    >>> black_and_white = torch.tensor([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    >>> nearest_categories(torch.tensor([0.1, 0.9]).expand(1, 3, 1, 2), black_and_white)
    tensor([[[0, 1]]])
    """
    if images.dim() != 4 or images.shape[1] != 3:
        raise ValueError(f"images of shape {tuple(images.shape)}, but should be (N, 3, H, W)")
    _check_colours(colours)
    nearest = torch.zeros(images[:, 0].shape, dtype=torch.int64, device=images.device)
    least = torch.full_like(images[:, 0], torch.inf)
    for category, colour in enumerate(colours):
        distance = (images - colour[:, None, None]).square().sum(dim=1)
        nearer = distance < least
        nearest[nearer] = category
        least = torch.where(nearer, distance, least)
    return nearest


def category_colours(categories: Tensor, colours: Tensor) -> Tensor:
    """Return the picture, (N, 3, H, W), that `categories`, (N, H, W), paint with `colours`, (K, 3).

    >>> category_colours(torch.tensor([[[1]]]), torch.tensor([[0, 0, 0], [7, 8, 9]])).flatten()
    tensor([7, 8, 9])
    """
    _check_colours(colours)
    return colours[categories].movedim(-1, 1)


def load_colours(path: str | Path) -> Tensor:
    """Return the colours, float32 of shape (K, 3), of the course's file of k-means centres.

    Only for the course's own file: NumPy unpickles it.

    Raises:
        ValueError: the first entry of the file is no list of colours.
    """
    colours = torch.from_numpy(np.asarray(np.load(path, allow_pickle=True)[0], dtype=np.float32))
    _check_colours(colours)
    return colours


def _check_colours(colours: Tensor) -> None:
    if colours.dim() != 2 or colours.shape[1] != 3 or not len(colours):
        raise ValueError(f"colours of shape {tuple(colours.shape)}, but should be (K, 3)")
