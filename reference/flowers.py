"""The flower images of Part C and their masks, in their original files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from scipy.io import loadmat
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

FLOWER_COLOUR = (128, 0, 0)
TRAIN_SPLITS = ("trn1", "trn2", "trn3")
VALID_SPLIT = "val1"

Batches = DataLoader[tuple[Tensor, Tensor]]


class Flowers(Dataset[tuple[Tensor, Tensor]]):
    """Images with masks, read from their files when they are asked for.

    An example is an image, float32 (3, S, S) from 0 to 1, and its mask, int64 (S, S): 1 on the
    flower and 0 around it.

    Args:
        root: folder with `jpg/image_NNNN.jpg` and `trimaps/image_NNNN.png`.
        numbers: numbers of images, from 1. Those without a trimap are left out: the original
            data set has masks for some images only.
        image_size: S, the side that images (bilinearly) and masks (nearest) are resized to.

    Raises:
        FileNotFoundError: none of the images has a trimap.
    """

    def __init__(self, root: str | Path, numbers: Sequence[int], image_size: int) -> None:
        self.root = Path(root)
        self.size = (image_size, image_size)
        self.numbers = [number for number in numbers if self._trimap(number).exists()]
        if not self.numbers:
            raise FileNotFoundError(
                f"{self.root / 'trimaps'} has none of {len(numbers)} trimaps, "
                "but should have image_NNNN.png for some"
            )

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        number = self.numbers[index]
        photograph = self._pixels(self._photograph(number), Image.Resampling.BILINEAR)
        trimap = self._pixels(self._trimap(number), Image.Resampling.NEAREST)
        mask = (trimap == torch.tensor(FLOWER_COLOUR)).all(dim=-1)
        return photograph.movedim(-1, 0).float() / 255, mask.long()

    def _photograph(self, number: int) -> Path:
        return self.root / "jpg" / f"image_{number:04d}.jpg"

    def _trimap(self, number: int) -> Path:
        return self.root / "trimaps" / f"image_{number:04d}.png"

    def _pixels(self, path: Path, resampling: Image.Resampling) -> Tensor:
        """Return the resized picture as uint8 of shape (S, S, 3)."""
        with Image.open(path) as picture:
            return torch.from_numpy(np.array(picture.convert("RGB").resize(self.size, resampling)))


def split_numbers(path: str | Path) -> tuple[list[int], list[int]]:
    """Return the numbers of the training and of the validation images, each in rising order.

    The file holds several overlapping splits. All of its training images are used, but for those
    that the first split validates on.

    Args:
        path: the file `datasplits.mat`.

    Raises:
        FileNotFoundError: there is no such file.
        KeyError: it lacks one of the splits.
    """
    splits = loadmat(str(path))
    valid = {int(number) for number in splits[VALID_SPLIT].ravel()}
    train = {int(number) for name in TRAIN_SPLITS for number in splits[name].ravel()}
    return sorted(train - valid), sorted(valid)


def initialize_loader(
    train_batch_size: int,
    val_batch_size: int,
    root: str | Path = ".",
    image_size: int = 224,
    seed: int = 0,
) -> tuple[Batches, Batches]:
    """Return loaders of the training images, shuffled, and of the validation images, in order.

    The last batch may be smaller. A last training batch of a single image is left out though,
    as long as there are others: BatchNorm after DeepLab's global pooling would have one value
    a channel there, and cannot train on it.

    Args:
        train_batch_size: images a training batch.
        val_batch_size: images a validation batch.
        root: folder with `jpg`, `trimaps` and `datasplits.mat`.
        image_size: side of the square images, in pixels.
        seed: of the order of the training images.

    Raises:
        FileNotFoundError: the data is missing.
    """
    train_numbers, valid_numbers = split_numbers(Path(root) / "datasplits.mat")
    train = Flowers(root, train_numbers, image_size)
    return (
        DataLoader(
            train,
            batch_size=train_batch_size,
            shuffle=True,
            drop_last=len(train) > 1 and len(train) % train_batch_size == 1,
            generator=torch.Generator().manual_seed(seed),
        ),
        DataLoader(Flowers(root, valid_numbers, image_size), batch_size=val_batch_size),
    )
