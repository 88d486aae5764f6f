"""A stand-in for the Oxford flower data set: pictures, trimaps and splits in the original form."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.io import loadmat, savemat
from scipy.io.matlab import MatReadError

from grader.assignment.world.archive import write_empty_archive
from grader.assignment.world.canvas import Floats
from grader.assignment.world.flowers import draw_flowers

# As in the original, not every picture has a trimap, and those in the splits have one.
TRIMAPS = 640
PICTURES = 680
# Notebooks read batches of 128 and 256 and drop what is left over.
TRAIN = 256
VALIDATION = 256
SPLITS = 3

FLOWER = (128, 0, 0)
BACKGROUND = (0, 0, 128)
UNDECIDED = (0, 0, 0)
EDGE = 0.1

# What notebooks read.
SPLIT_NAMES = ("trn1", "trn2", "trn3", "val1")
# What SciPy raises on files that are cut off, or are something else.
_UNREADABLE = (OSError, ValueError, MatReadError, LookupError, TypeError, NotImplementedError)


def write_oxford(root: Path, rng: np.random.Generator) -> None:
    """Write ``jpg``, ``trimaps``, ``datasplits.mat`` and two empty archives below ``root``.

    Args:
        root: an existing folder.
        rng: source of all random choices.
    """
    images, masks = draw_flowers(PICTURES, rng)
    (root / "jpg").mkdir()
    (root / "trimaps").mkdir()
    for number, image in enumerate(images, start=1):
        picture = Image.fromarray(image.transpose(1, 2, 0))
        picture.save(root / "jpg" / f"image_{number:04d}.jpg", quality=90)
    for number, mask in enumerate(masks[:TRIMAPS], start=1):
        trimap = Image.fromarray(to_trimap(mask))
        trimap.save(root / "trimaps" / f"image_{number:04d}.png")
    write_splits(root / "datasplits.mat", rng)
    for name in ("17flowers.tgz", "trimaps.tgz"):
        write_empty_archive(root / name)


def write_splits(
    path: Path, rng: np.random.Generator, train: int = TRAIN, validation: int = VALIDATION
) -> None:
    """Write which pictures are for what: some to train on, some to validate on, the rest."""
    savemat(path, _splits(rng, train, validation))
    _drop_date(path)


def read_splits(path: Path) -> dict[str, NDArray[np.uint16]]:
    """Read picture numbers by the name of their split, each ``(1, n)``.

    Raises:
        ValueError: in one line, if the file cannot be read or lacks what notebooks ask for.
    """
    try:
        splits = loadmat(path)
    except _UNREADABLE as error:
        raise ValueError(f"{path} cannot be read as a MATLAB file: {error}") from error
    absent = [name for name in SPLIT_NAMES if name not in splits]
    if absent:
        raise ValueError(f"{path} lacks {', '.join(absent)}")
    return {name: value for name, value in splits.items() if not name.startswith("__")}


def to_trimap(mask: Floats) -> NDArray[np.uint8]:
    """Colour a mask: flower, background, and undecided where a pixel is part of both.

    Args:
        mask: how much of each pixel is flower, ``(H, W)``, 0 to 1.

    Returns:
        ``(H, W, 3)``.
    """
    trimap = np.empty((*mask.shape, 3), dtype=np.uint8)
    trimap[:] = UNDECIDED
    trimap[mask < EDGE] = BACKGROUND
    trimap[mask > 1 - EDGE] = FLOWER
    return trimap


def _splits(rng: np.random.Generator, train: int, validation: int) -> dict[str, NDArray[np.uint16]]:
    """Return picture numbers, counted from 1, under ``trn1`` to ``tst3``, each ``(1, n)``.

    No picture that any split trains on serves another for validation or testing, because
    notebooks join the three.
    """
    numbers = rng.permutation(np.arange(1, TRIMAPS + 1, dtype=np.uint16))
    trn, val, tst = np.split(numbers, [train, train + validation])
    parts = {"trn": trn, "val": val, "tst": tst}
    return {
        f"{name}{number}": rng.permutation(part)[None]
        for number in range(1, SPLITS + 1)
        for name, part in parts.items()
    }


def _drop_date(path: Path) -> None:
    """Replace the date in the file's 116 bytes of free text, so that its bytes stay the same."""
    content = path.read_bytes()
    text = b"MATLAB 5.0 MAT-file, stand-in for the splits of the Oxford flower data set"
    path.write_bytes(text.ljust(116) + content[116:])
