"""The batches read as a notebook reads CIFAR-10's, and hold the horses that it keeps."""

# ruff: noqa: S301 - the pickles that are read here are our own

import gzip
import pickle
import tarfile
from pathlib import Path

import numpy as np
import pytest

from grader.assignment.world import archive, cifar
from grader.assignment.world.building import SEED
from grader.assignment.world.horses import draw_horses

# Those of real notebooks that divide the real 5,000 and 1,000; 30 and 300 do not.
BATCH_SIZES = (5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)


@pytest.fixture(scope="module")
def folder(world: Path) -> Path:
    return world / "data" / "cifar-10-batches-py"


@pytest.fixture(scope="module")
def training(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """All five training batches, put into slices of an array for 50,000 as the notebook does."""
    pictures = np.zeros((50_000, 3, 32, 32), dtype=np.uint8)
    labels = np.zeros(50_000, dtype=int)
    for number in range(5):
        rows = slice(number * 10_000, (number + 1) * 10_000)
        with (folder / f"data_batch_{number + 1}").open("rb") as file:
            batch = pickle.load(file, encoding="latin1")
        pictures[rows] = batch["data"].reshape(-1, 3, 32, 32)
        labels[rows] = batch["labels"]
    return pictures, labels


@pytest.mark.parametrize("name", ["data_batch_1", "data_batch_5", "test_batch"])
def test_batches_have_the_original_keys_and_sizes_in_both_encodings(folder, name):
    content = (folder / name).read_bytes()
    for encoding, convert in (("latin1", str), ("bytes", str.encode)):
        batch = pickle.loads(content, encoding=encoding)
        keys = [convert(key) for key in ("batch_label", "labels", "data", "filenames")]
        assert list(batch) == keys
        assert batch[keys[2]].shape == (10_000, 3072)
        assert batch[keys[2]].dtype == np.uint8
        assert len(batch[keys[1]]) == len(batch[keys[3]]) == 10_000
        assert {type(label) for label in batch[keys[1]]} == {int}
        assert sorted(set(batch[keys[1]])) == list(range(10))


def test_meta_names_ten_classes_with_horse_at_seven(folder):
    with (folder / "batches.meta").open("rb") as file:
        meta = pickle.load(file, encoding="latin1")
    assert len(meta["label_names"]) == 10
    assert meta["label_names"][7] == "horse"
    assert meta["num_cases_per_batch"] == 10_000
    assert meta["num_vis"] == 3072


def test_every_usual_batch_size_divides_the_horses(training, folder):
    with (folder / "test_batch").open("rb") as file:
        test_labels = pickle.load(file, encoding="bytes")[b"labels"]
    for horses in ((training[1] == 7).sum(), test_labels.count(7)):
        assert horses >= max(BATCH_SIZES)
        assert [size for size in BATCH_SIZES if horses % size] == []


def test_horses_are_pictures_and_other_rows_are_plain(training):
    pictures, labels = training
    channels = pictures.reshape(50_000, 3, 1024)
    spread = (channels.max(axis=2) - channels.min(axis=2)).max(axis=1)
    assert spread[labels == 7].min() > 60
    assert spread[labels != 7].max() == 0


def test_horses_of_training_and_test_differ(training, folder):
    with (folder / "test_batch").open("rb") as file:
        batch = pickle.load(file, encoding="bytes")
    test = batch[b"data"][np.array(batch[b"labels"]) == 7]
    train = training[0][training[1] == 7].reshape(-1, 3072)
    joined = np.concatenate([train, test])
    assert len(np.unique(joined, axis=0)) == len(joined)


def test_horses_stand_among_the_other_rows(training):
    """Batches are mixed as the original's are: no half of a batch is without horses."""
    halves = (training[1] == 7).reshape(10, 5000).sum(axis=1)
    assert halves.min() > 60


def test_horses_in_the_files_are_those_drawn(training):
    """Drawn again from the world's seed: what is written is neither reordered nor altered."""
    rng, _ = np.random.default_rng(SEED).spawn(2)
    drawn = draw_horses(cifar.TRAIN_HORSES, rng)
    assert np.array_equal(training[0][training[1] == 7], drawn)


@pytest.mark.parametrize(
    "name",
    [
        "data/cifar-10-batches-py.tar.gz",
        "data/colours.tar.gz",
        "17flowers.tgz",
        "trimaps.tgz",
    ],
)
def test_archives_are_valid_and_empty(world, name):
    with tarfile.open(world / name, "r:gz") as tar:
        assert tar.getmembers() == []


def test_archive_bytes_do_not_depend_on_the_clock(tmp_path):
    archive.write_empty_archive(tmp_path / "one.tgz")
    content = (tmp_path / "one.tgz").read_bytes()
    assert content[4:8] == bytes(4)  # gzip's time stamp
    assert gzip.decompress(content).strip(b"\0") == b""
