"""Finds the real data sets in a folder that a user names with ``--data-root``."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.assignment.world import cifar, colours
from grader.assignment.world.archive import write_empty_archive
from grader.assignment.world.links import link
from grader.assignment.world.oxford import SPLIT_NAMES, read_splits
from grader.basics.exits import BadData

DEPTH = 3
ARCHIVES = (
    f"data/{cifar.FOLDER}.tar.gz",
    "data/colours.tar.gz",
    "17flowers.tgz",
    "trimaps.tgz",
)
BATCHES = (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch")


@dataclass(frozen=True)
class DataRoot:
    """Where each data set lies; every path exists.

    Attributes:
        cifar: the folder of CIFAR-10's six batch files.
        colours: the folder of the 24 colours.
        jpg: the folder of Oxford's pictures.
        trimaps: the folder of their trimaps.
        splits: the file ``datasplits.mat``.
    """

    cifar: Path
    colours: Path
    jpg: Path
    trimaps: Path
    splits: Path

    def places(self) -> dict[str, Path]:
        """Map each path that the notebook uses, relative to its folder, to where the data is."""
        return {
            f"data/{cifar.FOLDER}": self.cifar,
            "data/colours": self.colours,
            "jpg": self.jpg,
            "trimaps": self.trimaps,
            "datasplits.mat": self.splits,
        }


def lay_out(data: DataRoot, folder: Path) -> Path:
    """Lay real data sets out as the notebook expects them, without copying where possible.

    Args:
        data: where they lie.
        folder: an existing, empty folder; files in it are hard links, or copies on another disk.

    Returns:
        ``folder``, with an empty archive beside each folder that a notebook would unpack.
    """
    for place, source in data.places().items():
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, copy_function=link)
        else:
            link(source, target)
    for archive in ARCHIVES:
        write_empty_archive(folder / archive)
    return folder


def check_world(root: Path) -> DataRoot:
    """Find CIFAR-10, the colours and Oxford's flowers at or below ``root``.

    The folders may be nested up to three deep, as ``data/cifar-10-batches-py`` or
    ``17flowers/jpg`` are.

    Raises:
        BadData: in one line, what is missing or damaged.
    """
    if not root.is_dir():
        raise BadData(f"{root} is no folder; name one that holds CIFAR-10 and Oxford's flowers")
    found = {wanted.name: _find(root, wanted.fits) for wanted in _WANTED}
    missing = [wanted.words for wanted in _WANTED if found[wanted.name] is None]
    if missing:
        raise BadData(f"{root} lacks {'; '.join(missing)}. `grader data fetch` downloads them")
    data = DataRoot(**{name: path for name, path in found.items() if path is not None})
    _check_batches(data.cifar)
    _check_colours(data.colours)
    _check_splits(data)
    return data


def _find(root: Path, fits: Callable[[Path], Path | None]) -> Path | None:
    """Return what the first folder that fits offers, the shallowest first."""
    return next(filter(None, map(fits, _folders(root))), None)


def _folders(root: Path) -> Iterator[Path]:
    """Yield ``root`` and the folders below it, level by level, in the order of their names."""
    level = [root]
    for _ in range(DEPTH + 1):
        yield from level
        level = sorted(
            Path(entry.path)
            for folder in level
            for entry in os.scandir(folder)
            if entry.is_dir() and not entry.name.startswith(".")
        )


@dataclass(frozen=True)
class _Wanted:
    name: str
    words: str
    fits: Callable[[Path], Path | None]


def _cifar_in(folder: Path) -> Path | None:
    return folder if all((folder / name).is_file() for name in BATCHES) else None


def _colours_in(folder: Path) -> Path | None:
    return folder if (folder / colours.FILE).is_file() else None


def _pictures_in(folder: Path) -> Path | None:
    return folder if (folder / "image_0001.jpg").is_file() else None


def _trimaps_in(folder: Path) -> Path | None:
    return folder if next(folder.glob("image_*.png"), None) else None


def _splits_in(folder: Path) -> Path | None:
    path = folder / "datasplits.mat"
    return path if path.is_file() else None


_WANTED = (
    _Wanted("cifar", f"CIFAR-10 (a folder with {BATCHES[0]} to 5 and test_batch)", _cifar_in),
    _Wanted("colours", f"the 24 colours ({colours.FILE})", _colours_in),
    _Wanted("jpg", "Oxford's pictures (a folder with image_0001.jpg)", _pictures_in),
    _Wanted("trimaps", "Oxford's trimaps (a folder of image_NNNN.png)", _trimaps_in),
    _Wanted("splits", "Oxford's splits (datasplits.mat)", _splits_in),
)


def _check_batches(folder: Path) -> None:
    least = cifar.ROWS * cifar.PIXELS
    for name in BATCHES:
        size = (folder / name).stat().st_size
        if size < least:
            raise BadData(
                f"{folder / name} has {size} bytes, but {cifar.ROWS} pictures take {least}; "
                "download it again"
            )


def _check_colours(folder: Path) -> None:
    with (folder / colours.FILE).open("rb") as file:
        magic = file.read(6)
    if magic != b"\x93NUMPY":
        raise BadData(f"{folder / colours.FILE} is no NumPy file (it begins {magic!r})")


def _check_splits(data: DataRoot) -> None:
    """Check that the splits can be read and that each of their pictures is there."""
    try:
        splits = read_splits(data.splits)
    except ValueError as error:
        raise BadData(str(error)) from error
    for number in np.unique(np.concatenate([splits[name].ravel() for name in SPLIT_NAMES])):
        picture = data.jpg / f"image_{int(number):04d}.jpg"
        if not picture.is_file():
            raise BadData(f"{picture} is missing, but {data.splits} names it")
