"""The world is built once, whole or not at all, and never over anybody's data."""

import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.assignment.world import building as world_module
from grader.assignment.world import cifar, oxford
from grader.assignment.world.building import (
    MARKER,
    build_world,
    default_world_root,
    is_current,
)
from grader.assignment.world.cifar import write_cifar
from grader.basics import cache
from grader.basics.exits import BadData


def test_built_world_has_the_notebooks_layout(world):
    names = {path.relative_to(world).as_posix() for path in world.rglob("*")}
    assert {
        "data/cifar-10-batches-py/data_batch_1",
        "data/cifar-10-batches-py/test_batch",
        "data/cifar-10-batches-py.tar.gz",
        "data/colours/colour_kmeans24_cat7.npy",
        "data/colours.tar.gz",
        "jpg/image_0001.jpg",
        "trimaps/image_0001.png",
        "datasplits.mat",
        "17flowers.tgz",
        "trimaps.tgz",
    } <= names
    assert not [path for path in world.parent.iterdir() if path.name.startswith(".")]  # unfinished
    assert is_current(world)


def test_built_world_is_small(world):
    assert sum(path.stat().st_size for path in world.rglob("*") if path.is_file()) < 250e6


def test_building_is_deterministic(world, tmp_path, monkeypatch):
    """The same bytes twice: Oxford's part against the session's world, CIFAR-10's made small."""
    monkeypatch.setattr(cifar, "write_cifar", write_few_rows)
    one = digests(build_world(tmp_path / "one"))
    monkeypatch.setattr(oxford, "write_oxford", lambda root, rng: None)
    two = digests(build_world(tmp_path / "two"))
    whole = digests(world)
    flowers = {name for name in one if not name.startswith("data/")}
    assert len(flowers) > 1000
    assert {name: one[name] for name in flowers} == {name: whole[name] for name in flowers}
    assert {name: one[name] for name in two} == two
    assert len(two) == 11


def write_few_rows(data: Path, rng):
    """CIFAR-10 with 50 rows a batch, 10 horses each: what it writes is as the whole is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cifar, "ROWS", 50)
        patch.setattr(cifar, "TRAIN_HORSES", 50)
        patch.setattr(cifar, "TEST_HORSES", 10)
        return write_cifar(data, rng)


def digests(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def fills(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Replaces the drawing by one small file; lists the folders that were filled."""
    filled: list[Path] = []

    def fill(folder: Path) -> None:
        filled.append(folder)
        (folder / "content.txt").write_text("complete")

    monkeypatch.setattr(world_module, "fill_world", fill)
    return filled


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_second_build_does_nothing(fills, tmp_path):
    root = build_world(tmp_path / "world")
    assert build_world(root) == root
    assert len(fills) == 1
    assert entries(tmp_path) == ["world"]


def test_root_is_made_with_its_parents_and_returned_absolute(fills, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert build_world(Path("deep/er/world")) == tmp_path / "deep" / "er" / "world"
    assert (tmp_path / "deep/er/world/content.txt").read_text() == "complete"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_other_users_may_read(fills, tmp_path):
    assert build_world(tmp_path / "world").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("marker", ['{"version": "older"}', "not json", "[]", '"text"'])
def test_stale_or_damaged_world_is_replaced(fills, tmp_path, marker):
    root = build_world(tmp_path / "world")
    (root / MARKER).write_text(marker)
    (root / "leftover.txt").write_text("of the old version")
    build_world(root)
    assert entries(root) == [MARKER, "content.txt"]
    assert is_current(root)
    assert entries(tmp_path) == ["world"]


def test_a_changed_module_makes_a_world_stale(fills, tmp_path, monkeypatch):
    root = build_world(tmp_path / "world")
    monkeypatch.setattr(world_module, "content_version", lambda: "another")
    assert not is_current(root)
    build_world(root)
    assert json.loads((root / MARKER).read_text())["version"] == "another"


def test_version_covers_every_module_that_draws(monkeypatch):
    """Reads back what the modules import: a new one that is not listed shows up here."""
    folder = Path(world_module.__file__).parent
    listed = set(world_module.SOURCES)
    for name in listed:
        for line in (folder / f"{name}.py").read_text("utf-8").splitlines():
            if line.startswith("from grader.assignment.world."):
                assert line.split()[1].rsplit(".", 1)[1] in listed, line
            elif line.startswith("from grader.assignment.world import "):
                assert set(line.split(" import ")[1].split(", ")) <= listed, line


def test_failed_build_leaves_nothing(tmp_path, monkeypatch):
    def fill(folder: Path) -> None:
        (folder / "half.txt").write_text("half")
        raise OSError("disk full")

    monkeypatch.setattr(world_module, "fill_world", fill)
    with pytest.raises(OSError, match="disk full"):
        build_world(tmp_path / "world")
    assert entries(tmp_path) == []


def test_failed_rebuild_keeps_the_stale_world(fills, tmp_path, monkeypatch):
    root = build_world(tmp_path / "world")
    (root / MARKER).write_text("{}")
    monkeypatch.setattr(world_module, "fill_world", raising)
    with pytest.raises(OSError, match="disk full"):
        build_world(root)
    assert entries(root) == [MARKER, "content.txt"]


def raising(folder: Path) -> None:
    raise OSError("disk full")


def test_empty_folder_is_filled_and_foreign_data_is_refused(fills, tmp_path):
    (tmp_path / "empty").mkdir()
    assert is_current(build_world(tmp_path / "empty"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(BadData, match="holds other files than the stand-in data"):
        build_world(tmp_path / "mine")
    assert entries(tmp_path / "mine") == ["thesis.txt"]
    (tmp_path / "file").write_text("precious")
    with pytest.raises(BadData, match="is a file, but the stand-in data needs a folder"):
        build_world(tmp_path / "file")


def build_in_threads(root: Path, count: int) -> list[Path | Exception]:
    results: list[Path | Exception] = []

    def build() -> None:
        try:
            results.append(build_world(root))
        except Exception as error:  # noqa: BLE001 - looked at by the caller
            results.append(error)

    threads = [threading.Thread(target=build) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.mark.parametrize("stale", [False, True])
def test_builders_at_once_end_in_one_world(tmp_path, monkeypatch, stale):
    """All are held inside the build until each has begun, so that none sees another's result."""
    root = tmp_path / "world"
    if stale:
        root.mkdir()
        (root / MARKER).write_text("{}")
    together = threading.Barrier(4)

    def fill(folder: Path) -> None:
        (folder / "content.txt").write_text("complete")
        together.wait(timeout=20)

    monkeypatch.setattr(world_module, "fill_world", fill)
    assert build_in_threads(root, 4) == [root] * 4
    assert is_current(root)
    assert entries(root) == [MARKER, "content.txt"]
    assert entries(tmp_path) == ["world"]


def test_a_stale_world_that_another_process_removes_meanwhile_is_no_error(
    fills, tmp_path, monkeypatch
):
    root = tmp_path / "world"
    root.mkdir()
    (root / MARKER).write_text("{}")
    renamed = world_module._renamed

    def raced(folder: Path, to: Path) -> bool:
        if not to.exists():
            return renamed(folder, to)
        shutil.rmtree(to)  # the other process, after it was seen and before it is moved aside
        return False

    monkeypatch.setattr(world_module, "_renamed", raced)
    assert is_current(build_world(root))


def test_a_folder_that_cannot_be_made_is_no_endless_loop(fills, tmp_path, monkeypatch):
    monkeypatch.setattr(world_module, "_renamed", lambda folder, to: False)
    monkeypatch.setattr(world_module, "is_current", lambda root: False)
    build_world(tmp_path / "world")  # the last attempt is the system's own
    assert entries(tmp_path) == ["world"]


def test_world_that_appears_meanwhile_is_kept(tmp_path, monkeypatch):
    root = tmp_path / "world"

    def fill(folder: Path) -> None:
        root.mkdir()
        (root / "theirs.txt").write_text("from another process")
        (root / MARKER).write_text(json.dumps({"version": world_module.content_version()}))

    monkeypatch.setattr(world_module, "fill_world", fill)
    build_world(root)
    assert entries(root) == [MARKER, "theirs.txt"]
    assert entries(tmp_path) == ["world"]


def test_abandoned_builds_are_removed_and_running_ones_are_not(fills, tmp_path):
    old, young = tmp_path / ".world.building-old", tmp_path / ".world.building-young"
    other = tmp_path / ".other.building-old"
    for folder in (old, young, other):
        folder.mkdir()
    hours_ago = time.time() - 3 * 3600
    os.utime(old, (hours_ago, hours_ago))
    os.utime(other, (hours_ago, hours_ago))
    build_world(tmp_path / "world")
    assert entries(tmp_path) == [other.name, young.name, "world"]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Path]:
    """Asks for the default root under another platform and other variables."""

    def root(platform: str, **variables: str) -> Path:
        for name in ("GRADER_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(cache.sys, "platform", platform)
        monkeypatch.setattr(Path, "home", lambda: tmp_path)
        return default_world_root()

    return root


def test_default_root_follows_the_platform(environment, tmp_path):
    name = "csc413-a2-grader"
    assert environment("linux") == tmp_path / ".cache" / name / "world"
    assert environment("linux", XDG_CACHE_HOME="/xdg") == Path("/xdg") / name / "world"
    assert environment("darwin") == tmp_path / "Library" / "Caches" / name / "world"
    assert environment("win32", LOCALAPPDATA="/local") == Path("/local") / name / "world"
    assert environment("win32") == tmp_path / "AppData" / "Local" / name / "world"


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_default_root_can_be_chosen(environment, platform, tmp_path):
    assert environment(platform, GRADER_CACHE=str(tmp_path / "mine")) == tmp_path / "mine" / "world"
    assert environment(platform, GRADER_CACHE="relative").is_absolute()
