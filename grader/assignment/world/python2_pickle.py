"""Writes pickles as Python 2 wrote them, with its byte strings.

CIFAR-10's files were pickled by Python 2. A notebook that reads them asks for
``encoding='latin1'`` and gets keys of type ``str``, or ``encoding='bytes'`` and gets ``bytes``.
Python 3 pickles no such strings, so the few opcodes that the files need are put together here.
"""

import pickle
import struct
from collections.abc import Mapping, Sequence
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

Value = bytes | int | Sequence["Value"] | NDArray[np.uint8]

# Where NumPy 1 kept it, as the original files have it; NumPy 2 still answers to this name.
_RECONSTRUCT = b"numpy.core.multiarray\n_reconstruct\n"


def write_python2_pickle(file: BinaryIO, mapping: Mapping[bytes, Value]) -> None:
    """Write a dictionary with byte-string keys as a Python 2 pickle, protocol 2.

    Args:
        file: a file open for writing bytes.
        mapping: values are byte strings, integers of 32 bits, lists of these, or uint8 arrays.

    Raises:
        TypeError: if a value is of another type.
    """
    file.write(pickle.PROTO + b"\x02" + pickle.EMPTY_DICT + pickle.MARK)
    for key, value in mapping.items():
        _write_string(file, key)
        _write_value(file, value)
    file.write(pickle.SETITEMS + pickle.STOP)


def _write_value(file: BinaryIO, value: Value) -> None:
    if isinstance(value, bytes):
        _write_string(file, value)
    elif isinstance(value, int):
        file.write(pickle.BININT + struct.pack("<i", value))
    elif isinstance(value, np.ndarray) and value.dtype == np.uint8:
        _write_array(file, value)
    elif isinstance(value, list | tuple):
        file.write(pickle.EMPTY_LIST + pickle.MARK)
        for item in value:
            _write_value(file, item)
        file.write(pickle.APPENDS)
    else:
        wanted = "bytes, int, a list of these, or a uint8 array"
        raise TypeError(f"a value of type {type(value).__name__}, but it should be {wanted}")


def _write_string(file: BinaryIO, text: bytes) -> None:
    if len(text) < 256:
        file.write(pickle.SHORT_BINSTRING + bytes([len(text)]) + text)
    else:
        file.write(pickle.BINSTRING + struct.pack("<i", len(text)) + text)


def _write_array(file: BinaryIO, array: NDArray[np.uint8]) -> None:
    """Write what ``ndarray.__reduce__`` gave in Python 2: an empty array, then its state."""
    file.write(pickle.GLOBAL + _RECONSTRUCT + pickle.GLOBAL + b"numpy\nndarray\n")
    file.write(pickle.MARK)
    _write_value(file, 0)
    file.write(pickle.TUPLE)
    _write_string(file, b"b")
    file.write(pickle.TUPLE3 + pickle.REDUCE + pickle.MARK)
    _write_value(file, 1)
    file.write(pickle.MARK)
    for length in array.shape:
        _write_value(file, length)
    file.write(pickle.TUPLE)
    _write_dtype(file)
    file.write(pickle.NEWFALSE)
    _write_string(file, array.tobytes())
    file.write(pickle.TUPLE + pickle.BUILD)


def _write_dtype(file: BinaryIO) -> None:
    """Write ``numpy.dtype('uint8')`` and its state."""
    file.write(pickle.GLOBAL + b"numpy\ndtype\n")
    _write_string(file, b"u1")
    _write_value(file, 0)
    _write_value(file, 1)
    file.write(pickle.TUPLE3 + pickle.REDUCE + pickle.MARK)
    _write_value(file, 3)
    _write_string(file, b"|")
    file.write(pickle.NONE * 3)
    for number in (-1, -1, 0):
        _write_value(file, number)
    file.write(pickle.TUPLE + pickle.BUILD)
