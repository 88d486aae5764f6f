"""The reader of Part C's images and masks."""

import inspect

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.io import savemat

from reference.flowers import Flowers, initialize_loader, split_numbers


def write_pair(root, number, picture, trimap):
    for folder, suffix, pixels in (("jpg", "jpg", picture), ("trimaps", "png", trimap)):
        (root / folder).mkdir(exist_ok=True)
        path = root / folder / f"image_{number:04d}.{suffix}"
        Image.fromarray(np.asarray(pixels, dtype=np.uint8)).save(path)


def test_training_uses_all_splits_but_for_the_validation_images(flowers):
    assert split_numbers(flowers / "datasplits.mat") == ([1, 2, 4, 5, 9], [3, 6, 7])


def test_loaders_hold_the_images_that_have_a_trimap(flowers):
    train, valid = initialize_loader(4, 2, flowers, image_size=16)
    assert train.dataset.numbers == [1, 2, 4, 5]
    assert valid.dataset.numbers == [3, 6, 7]
    images, masks = next(iter(train))
    assert (images.shape, images.dtype) == ((4, 3, 16, 16), torch.float32)
    assert (masks.shape, masks.dtype) == ((4, 16, 16), torch.int64)
    assert [len(masks) for _, masks in valid] == [2, 1]


def test_only_the_flowers_colour_is_the_flower(tmp_path):
    row = [(128, 0, 0), (0, 0, 128), (128, 128, 128), (0, 0, 0), (128, 0, 128), (127, 0, 0)]
    write_pair(tmp_path, 12, np.zeros((6, 6, 3)), [row] * 6)
    _, mask = Flowers(tmp_path, [12], image_size=6)[0]
    assert mask.tolist() == [[1, 0, 0, 0, 0, 0]] * 6


def test_a_palette_is_read_as_its_colours(tmp_path):
    write_pair(tmp_path, 1, np.zeros((4, 4, 3)), np.zeros((4, 4, 3)))
    palette = Image.new("P", (4, 4), color=1)
    palette.putpalette([0, 0, 0, 128, 0, 0])
    palette.save(tmp_path / "trimaps" / "image_0001.png")
    assert Flowers(tmp_path, [1], image_size=4)[0][1].tolist() == [[1] * 4] * 4


def test_image_and_mask_are_resized_together(flowers):
    image, mask = Flowers(flowers, [5], image_size=20)[0]
    # The red square of image 5: rows 5 to 19 of 30, columns 10 to 27 of 40.
    expected = torch.zeros(20, 20, dtype=torch.int64)
    rows = [r for r in range(20) if 5 <= int((r + 0.5) * 1.5) < 20]
    columns = [c for c in range(20) if 10 <= int((c + 0.5) * 2) < 28]
    expected[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = 1
    assert torch.equal(mask, expected)
    red = image[0] > image[1]
    assert (red == mask.bool()).float().mean() > 0.95
    assert image.min() >= 0
    assert 0.7 < image.max() <= 1


def test_images_have_the_assignments_size_unless_told():
    assert inspect.signature(initialize_loader).parameters["image_size"].default == 224


def test_training_images_come_in_an_order_of_the_seed(flowers):
    def masks(seed, epochs=1):
        train, _ = initialize_loader(1, 1, flowers, 8, seed)
        return torch.stack([mask for _ in range(epochs) for _, mask in train])

    assert torch.equal(masks(seed=1), masks(seed=1))
    orders = [masks(seed) for seed in range(5)]
    assert any(not torch.equal(orders[0], order) for order in orders[1:])
    first, second = masks(seed=1, epochs=2).split(4)
    assert first.sum() == second.sum()


def test_a_lone_last_training_image_is_left_out(flowers):
    def sizes(batch_size, numbers=(1, 2, 4, 5)):
        savemat(
            flowers / "datasplits.mat",
            {"trn1": [numbers], "trn2": [numbers], "trn3": [numbers], "val1": [[3]]},
        )
        train, _ = initialize_loader(batch_size, 1, flowers, 8)
        return [len(masks) for _, masks in train]

    assert sizes(3) == [3]
    assert sizes(2) == [2, 2]
    assert sizes(1) == [1, 1, 1, 1]
    assert sizes(3, numbers=(1, 2, 4, 5, 6)) == [3, 2]
    assert sizes(3, numbers=(1,)) == [1]


def test_a_folder_without_trimaps_is_named(flowers):
    with pytest.raises(FileNotFoundError, match="trimaps has none of 2 trimaps, but should have"):
        Flowers(flowers, [9, 400], image_size=8)


def test_a_missing_photograph_is_named(flowers):
    (flowers / "jpg" / "image_0002.jpg").unlink()
    with pytest.raises(FileNotFoundError, match=r"image_0002\.jpg"):
        Flowers(flowers, [2], image_size=8)[0]


def test_missing_splits_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"datasplits\.mat"):
        initialize_loader(1, 1, tmp_path)
