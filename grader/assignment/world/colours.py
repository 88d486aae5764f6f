"""The 24 colours that the assignment's networks choose from: cluster centres of horse pixels."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

from grader.assignment.world.archive import write_empty_archive

COUNT = 24
FILE = "colour_kmeans24_cat7.npy"
# The assignment scales pixels by 256, not by 255.
MAX_PIXEL = 256.0
SAMPLE = 60_000


def find_colours(horses: NDArray[np.uint8], seed: int = 0) -> NDArray[np.float64]:
    """Cluster the pixels of pictures into 24 colours.

    Args:
        horses: pictures ``(N, 3, H, W)`` with at least 24 different colours.
        seed: seeds the sample of pixels and the first guess of the clusters.

    Returns:
        ``(24, 3)``, red, green and blue from 0 to 1, darkest first.

    Raises:
        ValueError: if the pictures have fewer than 24 different colours.
    """
    pixels = horses.transpose(0, 2, 3, 1).reshape(-1, 3)
    rng = np.random.default_rng(seed)
    if len(pixels) > SAMPLE:
        pixels = pixels[np.sort(rng.choice(len(pixels), SAMPLE, replace=False))]
    scaled = pixels.astype(np.float64) / MAX_PIXEL
    centres, _ = kmeans2(scaled, _first_guess(scaled, rng), iter=20, minit="matrix")
    return np.asarray(centres[np.argsort(centres.sum(axis=1))])


def _first_guess(pixels: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Choose 24 pixels far from each other (k-means++): ``(24, 3)``.

    SciPy offers the same, but names the seed differently from release to release.
    """
    chosen = [pixels[rng.integers(len(pixels))]]
    distance = np.full(len(pixels), np.inf)
    while len(chosen) < COUNT:
        distance = np.minimum(distance, ((pixels - chosen[-1]) ** 2).sum(axis=1))
        if not distance.any():
            raise ValueError(f"{len(chosen)} different colours, but there should be {COUNT}")
        chosen.append(pixels[rng.choice(len(pixels), p=distance / distance.sum())])
    return np.stack(chosen)


def write_colours(data: Path, horses: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Write ``colours/colour_kmeans24_cat7.npy`` and an empty archive ``colours.tar.gz``.

    ``np.load(path, allow_pickle=True)[0]`` gives the ``(24, 3)`` colours, as for the course's
    own file; ours is a plain array and holds no pickle.
    """
    colours = find_colours(horses)
    folder = data / "colours"
    folder.mkdir()
    np.save(folder / FILE, colours[None])
    write_empty_archive(data / "colours.tar.gz")
    return colours
