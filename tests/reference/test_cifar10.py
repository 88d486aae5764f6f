"""The reader of CIFAR-10's files."""

import pickle

import numpy as np
import pytest

from reference.cifar10 import TRAIN_FILES, load_cifar10


def write(folder, name, data, labels, key=str):
    content = {key("data"): data, key("labels"): labels}
    (folder / name).write_bytes(pickle.dumps(content, protocol=2))


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate((*TRAIN_FILES, "test_batch")):
        rows = np.arange(2 * 3072).reshape(2, -1) % 251 + number
        write(tmp_path, name, rows.astype(np.uint8), [number, 7])
    return tmp_path


@pytest.mark.parametrize("key", [str, str.encode], ids=["text", "bytes"])
def test_training_files_come_in_order_then_the_test_file(folder, key):
    write(folder, "data_batch_2", np.zeros((1, 3072), dtype=np.uint8), [9], key)
    (images, labels), (test_images, test_labels) = load_cifar10(folder)
    assert labels.tolist() == [0, 7, 9, 2, 7, 3, 7, 4, 7]
    assert test_labels.tolist() == [5, 7]
    assert images.shape == (9, 3, 32, 32)
    assert test_images.shape == (2, 3, 32, 32)
    assert images.dtype == test_images.dtype == np.uint8
    assert not images[2].any()


def test_a_row_holds_its_channels_one_after_the_other_row_by_row(folder):
    row = np.zeros((1, 3072), dtype=np.uint8)
    row[0, [1, 1024 + 32, 2048 + 33]] = 10, 20, 30
    write(folder, "test_batch", row, [7])
    _, (images, _) = load_cifar10(folder)
    assert {tuple(place): int(images[0][tuple(place)]) for place in np.argwhere(images[0])} == {
        (0, 0, 1): 10,
        (1, 1, 0): 20,
        (2, 1, 1): 30,
    }


def test_a_file_with_too_few_labels_is_refused(folder):
    write(folder, "data_batch_3", np.zeros((3, 3072), dtype=np.uint8), [1])
    with pytest.raises(ValueError, match=r"data_batch_3: 1 labels, but should be 3$"):
        load_cifar10(folder)


def test_a_missing_file_is_named(folder):
    (folder / "data_batch_5").unlink()
    with pytest.raises(FileNotFoundError, match="data_batch_5"):
        load_cifar10(folder)
