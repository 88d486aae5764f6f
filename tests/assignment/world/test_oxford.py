"""Oxford's files, read as a notebook reads them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import loadmat

from grader.assignment.world import oxford


@pytest.fixture(scope="module")
def splits(world: Path) -> dict[str, np.ndarray]:
    read = loadmat(world / "datasplits.mat")
    return {name: value for name, value in read.items() if not name.startswith("__")}


def test_splits_have_the_original_names_and_form(splits):
    assert sorted(splits) == sorted(
        f"{part}{n}" for part in ("trn", "val", "tst") for n in (1, 2, 3)
    )
    for numbers in splits.values():
        assert numbers.ndim == 2
        assert numbers.shape[0] == 1
        assert numbers.min() >= 1
        assert len(np.unique(numbers)) == numbers.size


@pytest.mark.parametrize("number", [1, 2, 3])
def test_batches_that_drop_the_rest_are_filled(splits, number):
    assert splits[f"trn{number}"].size >= 256
    assert splits[f"val{number}"].size >= 256


def test_no_training_picture_is_a_validation_or_test_picture(splits):
    parts = {
        part: set(
            np.concatenate([splits[f"{part}{n}"] for n in (1, 2, 3)], axis=1).ravel().tolist()
        )
        for part in ("trn", "val", "tst")
    }
    assert parts["trn"].isdisjoint(parts["val"])
    assert parts["trn"].isdisjoint(parts["tst"])
    assert parts["val"].isdisjoint(parts["tst"])


def test_pictures_in_splits_have_a_jpg_and_a_trimap_of_the_same_size(world, splits):
    for number in splits["trn1"][0, :20]:
        with (
            Image.open(world / "jpg" / f"image_{number:04d}.jpg") as picture,
            Image.open(world / "trimaps" / f"image_{number:04d}.png") as trimap,
        ):
            assert picture.mode == trimap.mode == "RGB"
            assert picture.size == trimap.size
    named = np.unique(np.concatenate([value.ravel() for value in splits.values()]))
    assert all((world / "trimaps" / f"image_{number:04d}.png").is_file() for number in named)
    assert all((world / "jpg" / f"image_{number:04d}.jpg").is_file() for number in named)


def test_some_pictures_have_no_trimap_as_in_the_original(world):
    pictures = {path.stem for path in (world / "jpg").iterdir()}
    trimaps = {path.stem for path in (world / "trimaps").iterdir()}
    assert trimaps < pictures


def test_trimaps_have_three_colours(world):
    with Image.open(world / "trimaps" / "image_0007.png") as picture:
        trimap = np.asarray(picture)
    colours = {tuple(colour) for colour in trimap.reshape(-1, 3).tolist()}
    assert colours == {(128, 0, 0), (0, 0, 128), (0, 0, 0)}


def test_undecided_pixels_are_a_thin_line():
    mask = np.zeros((8, 8), dtype=np.float32)
    mask[:, :4], mask[:, 4] = 1, 0.5
    trimap = oxford.to_trimap(mask)
    assert trimap[0].tolist() == [[128, 0, 0]] * 4 + [[0, 0, 0]] + [[0, 0, 128]] * 3


def test_splits_file_holds_no_date(world):
    text = (world / "datasplits.mat").read_bytes()[:116]
    assert text.startswith(b"MATLAB 5.0 MAT-file")
    assert b"Created on" not in text


def test_pictures_are_small(world):
    sizes = [path.stat().st_size for path in (world / "jpg").iterdir()]
    assert max(sizes) < 6000
