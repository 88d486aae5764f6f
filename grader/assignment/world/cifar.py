"""A stand-in for CIFAR-10 in the original file format, with horses worth learning from.

The loader of the assignment reads five training batches of exactly 10,000 rows and keeps the
horses. So the horses are pictures; the rows of the other nine classes are plain colours.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader.assignment.world.archive import write_empty_archive
from grader.assignment.world.horses import draw_horses
from grader.assignment.world.python2_pickle import Value, write_python2_pickle

FOLDER = "cifar-10-batches-py"
LABEL_NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
HORSE = LABEL_NAMES.index("horse")
ROWS = 10_000
TRAIN_BATCHES = 5
# The real counts are 5,000 and 1,000. A batch size that divides both divides 1,000, so what never
# left a partial batch there leaves none here; 30 and 300 leave one in both worlds.
TRAIN_HORSES = 1000
TEST_HORSES = 1000
PIXELS = 3 * 32 * 32


def write_cifar(
    data: Path, rng: np.random.Generator, horses: int | None = None, rows: int | None = None
) -> NDArray[np.uint8]:
    """Write ``cifar-10-batches-py`` and an empty archive of that name.

    Args:
        data: an existing folder.
        rng: source of all random choices.
        horses: in the training batches together, and in the test batch; a multiple of 5. Without
            a number there are all.
        rows: in each batch, more than there are horses; without a number as many as in the real.

    Returns:
        The horses of the training batches, ``(horses, 3, 32, 32)``.
    """
    folder = data / FOLDER
    folder.mkdir()
    write_empty_archive(data / f"{FOLDER}.tar.gz")
    rows = rows or ROWS
    training = draw_horses(horses or TRAIN_HORSES, rng)
    for number, part in enumerate(np.split(training, TRAIN_BATCHES), start=1):
        note = f"training batch {number} of {TRAIN_BATCHES}"
        _write_batch(folder / f"data_batch_{number}", note, part, rows, rng)
    test_horses = draw_horses(horses or TEST_HORSES, rng)
    _write_batch(folder / "test_batch", "testing batch 1 of 1", test_horses, rows, rng)
    _write_meta(folder / "batches.meta", rows)
    return training


def _write_batch(
    path: Path, note: str, horses: NDArray[np.uint8], count: int, rng: np.random.Generator
) -> None:
    others = np.delete(np.arange(len(LABEL_NAMES)), HORSE)
    labels = rng.choice(others, count)
    places = np.sort(rng.choice(count, len(horses), replace=False))
    labels[places] = HORSE
    rows = _plain_rows(labels, rng)
    rows[places] = horses.reshape(len(horses), PIXELS)
    names = [f"{LABEL_NAMES[label]}_s_{row:06d}.png".encode() for row, label in enumerate(labels)]
    content: dict[bytes, Value] = {
        b"batch_label": note.encode(),
        b"labels": labels.tolist(),
        b"data": rows,
        b"filenames": names,
    }
    with path.open("wb") as file:
        write_python2_pickle(file, content)


def _plain_rows(labels: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return one plain colour a row, near its class's own: ``(N, 3072)``."""
    class_colours = np.linspace(40, 210, 3 * len(LABEL_NAMES)).reshape(3, -1).T
    colours = class_colours[labels] + rng.integers(-20, 21, (len(labels), 3))
    return np.repeat(colours.astype(np.uint8), PIXELS // 3, axis=1)


def _write_meta(path: Path, rows: int) -> None:
    content: dict[bytes, Value] = {
        b"num_cases_per_batch": rows,
        b"label_names": [name.encode() for name in LABEL_NAMES],
        b"num_vis": PIXELS,
    }
    with path.open("wb") as file:
        write_python2_pickle(file, content)
