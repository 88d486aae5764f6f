"""Python 2's pickles, read back in the two ways in which notebooks read them."""

# ruff: noqa: S301 - the pickles that are read here are our own

import io
import pickle

import numpy as np
import pytest

from grader.assignment.world.python2_pickle import write_python2_pickle


def written(mapping: dict) -> bytes:
    file = io.BytesIO()
    write_python2_pickle(file, mapping)
    return file.getvalue()


@pytest.fixture(scope="module")
def content() -> bytes:
    array = np.arange(600, dtype=np.uint16).astype(np.uint8).reshape(2, 300)
    long = bytes(range(128, 256)) * 3
    return written({b"data": array, b"labels": [7, 0, -1, 2**31 - 1], b"text": long, b"none": []})


@pytest.mark.parametrize(("encoding", "kind"), [("latin1", str), ("bytes", bytes)])
def test_strings_come_back_in_the_encoding_asked_for(content, encoding, kind):
    read = pickle.loads(content, encoding=encoding)
    keys = ["data", "labels", "text", "none"]
    assert list(read) == [key if kind is str else key.encode() for key in keys]
    data, labels, text, empty = read.values()
    assert data.dtype == np.uint8
    assert data.shape == (2, 300)
    assert data.ravel().tolist() == [number % 256 for number in range(600)]
    assert labels == [7, 0, -1, 2**31 - 1]
    assert empty == []
    assert isinstance(text, kind)
    assert (text.encode("latin1") if kind is str else text) == bytes(range(128, 256)) * 3


def test_default_encoding_fails_as_with_the_original_files(content):
    with pytest.raises(UnicodeDecodeError):
        pickle.loads(content)


def test_array_read_back_can_be_written_to(content):
    data = pickle.loads(content, encoding="bytes")[b"data"]
    data[0, 0] = 9
    assert data[0, 0] == 9


def test_an_array_in_fortran_order_keeps_its_values():
    array = np.asfortranarray(np.arange(6, dtype=np.uint8).reshape(2, 3))
    read = pickle.loads(written({b"data": array}), encoding="bytes")[b"data"]
    assert read.tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize("value", [1.5, "text", np.zeros(2), None])
def test_other_types_are_refused(value):
    with pytest.raises(TypeError, match=f"type {type(value).__name__}, but it should be bytes"):
        written({b"key": value})
