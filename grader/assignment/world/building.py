"""The folder in which a notebook of the assignment finds its data: ours, or a user's own.

Layout, as the notebook leaves it behind after its downloads::

    data/cifar-10-batches-py/   data/cifar-10-batches-py.tar.gz
    data/colours/               data/colours.tar.gz
    jpg/  trimaps/  datasplits.mat  17flowers.tgz  trimaps.tgz
"""

import contextlib
import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from grader.assignment.world.links import link
from grader.assignment.world.needs import ALL, Needs
from grader.basics.cache import cache_folder
from grader.basics.exits import BadData

MARKER = ".standin-world.json"
SEED = 413
# The modules whose text decides what a world holds.
SOURCES = (
    "archive",
    "canvas",
    "cifar",
    "colours",
    "flowers",
    "horses",
    "links",
    "needs",
    "oxford",
    "python2_pickle",
    "building",
)
SHARED = ("data/colours", "data/colours.tar.gz", "jpg", "trimaps", "17flowers.tgz", "trimaps.tgz")
ATTEMPTS = 20  # to put a world in place, while others do the same
ABANDONED_SECONDS = 3600
UNFINISHED = ".building-"


def default_world_root() -> Path:
    """Return where the stand-in world of this user is kept.

    ``GRADER_CACHE`` names another folder for all that is kept; else it is the platform's folder
    for caches (``XDG_CACHE_HOME`` or ``~/.cache``, ``~/Library/Caches``, ``%LOCALAPPDATA%``).
    """
    return cache_folder() / "world"


def build_world(root: Path, needs: Needs = ALL) -> Path:
    """Make the stand-in world at ``root``, unless a current one is there.

    A reader never sees a half-made world: it is made beside ``root`` and renamed. Two processes
    may build at once; one of the two results is kept. A world of another version is replaced.

    Args:
        root: a folder that does not exist, is empty, or holds a stand-in world.
        needs: of the notebooks that find it there; a smaller world than the whole lies beside it,
            and shares its pictures.

    Returns:
        ``root``, absolute, or the smaller world's folder.

    Raises:
        BadData: if ``root`` is a file or holds anything else.
    """
    root = root.absolute()
    if needs == ALL:
        return _built(root, fill_world)
    whole = build_world(root)
    name = f"{root.name}-{needs.horses}-{needs.flowers}-{needs.rows}"
    return _built(root.with_name(name), lambda fresh: fill_part(fresh, whole, needs), needs)


def _built(root: Path, fill: Callable[[Path], None], needs: Needs = ALL) -> Path:
    if is_current(root):
        return root
    _refuse_foreign(root)
    root.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(root)
    fresh = Path(tempfile.mkdtemp(prefix=f".{root.name}{UNFINISHED}", dir=root.parent))
    try:
        fill(fresh)
        marker = {"version": content_version(), "rows": needs.rows}
        (fresh / MARKER).write_text(json.dumps(marker), "utf-8")
        fresh.chmod(0o755)  # mkdtemp makes it readable for its owner alone
        _put_in_place(fresh, root)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return root


def fill_world(folder: Path) -> None:
    """Write the whole tree into an empty folder; the same bytes each time."""
    from grader.assignment.world import cifar, colours, oxford

    data_rng, flower_rng = np.random.default_rng(SEED).spawn(2)
    data = folder / "data"
    data.mkdir()
    colours.write_colours(data, cifar.write_cifar(data, data_rng))
    oxford.write_oxford(folder, flower_rng)


def fill_part(folder: Path, whole: Path, needs: Needs) -> None:
    """Write a world with as much data as is needed into an empty folder.

    The colours and the files of flowers are those of the whole world; fewer of them are in the
    splits.
    """
    from grader.assignment.world import cifar, oxford

    data_rng, flower_rng = np.random.default_rng(SEED + 1).spawn(2)
    data = folder / "data"
    data.mkdir()
    cifar.write_cifar(data, data_rng, needs.horses, needs.rows)
    for name in SHARED:
        shared = whole / name
        if shared.is_dir():
            shutil.copytree(shared, folder / name, copy_function=link)
        else:
            link(shared, folder / name)
    oxford.write_splits(folder / "datasplits.mat", flower_rng, needs.flowers, needs.flowers)


@cache
def content_version() -> str:
    """Return a digest of the modules that draw and write the world."""
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return digest.hexdigest()[:16]


def is_current(root: Path) -> bool:
    """Tell whether ``root`` holds a complete stand-in world of this version."""
    try:
        marker = json.loads((root / MARKER).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(marker, dict) and marker.get("version") == content_version()


def _refuse_foreign(root: Path) -> None:
    """Raise if ``root`` holds what we did not make: nobody's data is replaced."""
    if not root.exists():
        return
    if not root.is_dir():
        raise BadData(f"{root} is a file, but the stand-in data needs a folder; name another")
    if any(root.iterdir()) and not (root / MARKER).exists():
        raise BadData(f"{root} holds other files than the stand-in data; name another folder")


def _put_in_place(fresh: Path, root: Path) -> None:
    """Rename ``fresh`` to ``root``; a stale world there steps aside, a current one stays."""
    aside = fresh.with_name(f"{fresh.name}-old")
    for _ in range(ATTEMPTS):
        if _renamed(fresh, root) or is_current(root):  # or another process was faster
            return
        with contextlib.suppress(FileNotFoundError):  # another process moved it aside
            root.rename(aside)  # raises if it was not a stale world that stood in the way
            shutil.rmtree(aside)
    fresh.rename(root)  # raises, and so says what stands in the way


def _renamed(folder: Path, to: Path) -> bool:
    try:
        folder.rename(to)
    except OSError:
        return False
    return True


def _remove_abandoned(root: Path) -> None:
    """Remove what builds left behind that were killed more than an hour ago."""
    for leftover in root.parent.glob(f".{root.name}{UNFINISHED}*"):
        try:
            age = time.time() - leftover.stat().st_mtime
        except FileNotFoundError:
            continue
        if age > ABANDONED_SECONDS:
            shutil.rmtree(leftover, ignore_errors=True)
