"""The CIFAR-10 images in their original files."""

import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

TRAIN_FILES = tuple(f"data_batch_{number}" for number in range(1, 6))
TEST_FILES = ("test_batch",)
IMAGE_SHAPE = (3, 32, 32)

# Images as uint8 of shape (N, 3, 32, 32), and labels as int64 of shape (N,).
LabelledImages = tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]


def load_cifar10(folder: str | Path) -> tuple[LabelledImages, LabelledImages]:
    """Return the training and the test images, each with their labels from 0 to 9.

    Args:
        folder: `cifar-10-batches-py`, with `data_batch_1` to `data_batch_5` and `test_batch`,
            of any number of images each. Only for the course's own files: they are unpickled.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a file does not hold as many labels as images.
    """
    return _load(Path(folder), TRAIN_FILES), _load(Path(folder), TEST_FILES)


def _load(folder: Path, names: Iterable[str]) -> LabelledImages:
    batches = [_load_batch(folder / name) for name in names]
    images, labels = zip(*batches, strict=True)
    return np.concatenate(images), np.concatenate(labels)


def _load_batch(path: Path) -> LabelledImages:
    with path.open("rb") as file:
        # Written by Python 2: latin1 keeps its byte strings as they are.
        batch: dict[Any, Any] = pickle.load(file, encoding="latin1")  # noqa: S301 - our own file
    fields = {key.decode() if isinstance(key, bytes) else key: batch[key] for key in batch}
    images = np.asarray(fields["data"], dtype=np.uint8).reshape(-1, *IMAGE_SHAPE)
    labels = np.asarray(fields["labels"], dtype=np.int64)
    if len(images) != len(labels):
        raise ValueError(f"{path}: {len(labels)} labels, but should be {len(images)}")
    return images, labels
