"""Small data sets in the original file formats."""

import pickle

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

TRIMAP_COLOURS = {"flower": (128, 0, 0), "background": (0, 0, 128), "unsure": (128, 128, 128)}
# Image 9 has no trimap; image 3 is in a training split and validated on.
SPLITS = {"trn1": [1, 2, 9], "trn2": [2, 3, 4], "trn3": [5, 1], "val1": [6, 7, 3]}
SMALL_IMAGES, SMALL_HORSES = 6, 4  # in each file of the small CIFAR-10
CENTRES = np.array([[0.1, 0.1, 0.1], [0.8, 0.8, 0.8], [0.7, 0.2, 0.1]])


@pytest.fixture
def flowers(tmp_path):
    """A folder of nine pictures, 40 by 30 pixels: a red square of its own on green."""
    for folder in ("jpg", "trimaps"):
        (tmp_path / folder).mkdir()
    for number in range(1, 10):
        picture = np.full((30, 40, 3), (20, 160, 40), dtype=np.uint8)
        trimap = np.full((30, 40, 3), TRIMAP_COLOURS["background"], dtype=np.uint8)
        square = np.s_[number : number + 15, 2 * number : 2 * number + 18]
        picture[square] = (220, 30, 40)
        trimap[square] = TRIMAP_COLOURS["flower"]
        trimap[:2] = TRIMAP_COLOURS["unsure"]
        Image.fromarray(picture).save(tmp_path / "jpg" / f"image_{number:04d}.jpg", quality=95)
        if number != 9:
            Image.fromarray(trimap).save(tmp_path / "trimaps" / f"image_{number:04d}.png")
    savemat(tmp_path / "datasplits.mat", {name: np.array([row]) for name, row in SPLITS.items()})
    return tmp_path


@pytest.fixture
def cifar(tmp_path):
    """A folder with CIFAR-10's six files, of six images each, and the file of colours."""
    generator = np.random.default_rng(3)
    folder = tmp_path / "data" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for name in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"):
        images = generator.integers(0, 2, (SMALL_IMAGES, 1, 8, 8)) * 200 + 20
        rows = np.kron(images, np.ones((1, 3, 4, 4), dtype=int)).reshape(SMALL_IMAGES, -1)
        labels = [7] * SMALL_HORSES + [3] * (SMALL_IMAGES - SMALL_HORSES)
        content = {b"data": rows.astype(np.uint8), b"labels": labels}
        (folder / name).write_bytes(pickle.dumps(content))
    colours = np.empty(2, dtype=object)
    colours[0], colours[1] = CENTRES, "anything"
    (tmp_path / "data" / "colours").mkdir()
    np.save(tmp_path / "data" / "colours" / "colour_kmeans24_cat7.npy", colours)
    return tmp_path
