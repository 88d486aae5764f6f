"""Whether a statement failed for a reason of the world that it ran in, or for one of the student's.

Only known signs of our own making count: whatever is not recognised here is the student's. A sign
is a claim of the kernel like all else, but nothing is gained by forging it: it excuses the very
statement that raised, which has then done nothing.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable

from grader.model import CellRun, Outcome, StudentError


class Cause(str, enum.Enum):
    """A reason of the world's, in the words of a report."""

    PACKAGE = "a package or a name of 2020 that is not here"
    GPU = "there is no GPU here"
    MEMORY = "the memory that a notebook is given here"
    NETWORK = "there is no network here"
    DATA = "a file that was not handed in"
    BUDGET = "training that was cut short here"
    SLEEP = "it only sleeps"


PLENTY = 12 << 30  # bytes that Colab had: who asks for more asks in vain anywhere
IMPORT = re.compile(r"(?:import|from)\s+\w")
# The grader's own names: whoever looks for them is not kept from anything by an older library.
OWN = re.compile(r"No module named '(?:grader|reference|tests)\b")
INSTALLED = re.compile(
    r"cannot import name '?[^' ]{0,120}'? from '[^']{0,200}' "
    r"\((?:[^)\n]{0,300}/(?:site-packages|python3[^/\n]{0,20})/|unknown)"
)
# What stands for an absent package in the stand-in Colab raises this where it is used.
PLACEHOLDER = "AbsentPackage"
NOT_FETCHED = re.compile(r"is not here: the notebook fetches it from the network")
DROPPED = re.compile(
    r"was removed in the NumPy 2|was a deprecated alias"
    r"|was deprecated in Matplotlib .{1,200} removed"
)
TORCH_BYTES = re.compile(r"can't allocate memory: you tried to allocate (\d+) bytes")
NUMPY_BYTES = re.compile(r"Unable to allocate ([\d.]+) ([KMGT])iB for an array")
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
NO_GPU = re.compile(
    r"no NVIDIA driver|No CUDA GPUs|not compiled with CUDA|CUDA driver|CUDA error|invalid device"
    r"|Invalid device|cuda.{0,200}is not available"
)
ASKS_GPU = re.compile(r"\b(?:cuda|gpu)", re.IGNORECASE)
NO_NETWORK = re.compile(r"no network:|Max retries exceeded")
ELSEWHERE = re.compile(  # a drive, a platform's folder, the student's own machine
    r"No such file or directory: '(?:/content/(?:g?drive|MyDrive)|/?(?:g?drive|kaggle|mnt)/|/home/"
    r"|/Users/|[A-Za-z]:[\\/]|~)"
)
SHAPES = re.compile(r"same first dimension, but have shapes \((\d+),\) and \((\d+),\)")
SHORT = 2  # epochs, and so points of a curve, that are left of a training that was cut
LONG = 8  # points of a curve over epochs; other curves have fewer


def of(error: StudentError) -> Cause | None:
    """Return the world's reason for an error, None for one of the student's.

    >>> of(StudentError("ModuleNotFoundError", "No module named 'pandas'", "import pandas as pd"))
    <Cause.PACKAGE: 'a package or a name of 2020 that is not here'>
    """
    if error.line.startswith("raise "):  # the notebook's own doing, whatever it says
        return None
    return next((cause for cause, sign in SIGNS.items() if sign(error)), None)


def of_cell(run: CellRun) -> Cause | None:
    """Return the world's reason for a cell that raised, where nothing of the student's did."""
    errors = _errors(run)
    return of(errors[0]) if errors and students(run) is None else None


def world(runs: Iterable[CellRun]) -> tuple[Cause, ...]:
    """Return the reasons of the world's for which statements of a notebook were left out."""
    errors = (left.error for run in runs for left in run.left_out)
    return tuple(cause for cause in map(of, errors) if cause is not None)


def students(run: CellRun) -> StudentError | None:
    """Return the first error of a cell that the world is no reason for."""
    return next((error for error in _errors(run) if of(error) is None), None)


def _errors(run: CellRun) -> list[StudentError]:
    if run.status is not Outcome.RAISED or run.error is None:
        return []
    return [run.error, *(left.error for left in run.left_out)]


def _package(error: StudentError) -> bool:
    importing = IMPORT.match(error.line) is not None
    if error.name == PLACEHOLDER:
        return not NOT_FETCHED.search(error.message)
    if error.name == "ModuleNotFoundError":
        return importing and not OWN.search(error.message)
    if error.name == "ImportError":
        return importing and INSTALLED.search(error.message) is not None
    return error.name == "AttributeError" and DROPPED.search(error.message) is not None


def _gpu(error: StudentError) -> bool:
    asked = ASKS_GPU.search(error.line) is not None
    if error.name in ("AssertionError", "ZeroDivisionError") and asked:
        return True
    raised = error.name in ("RuntimeError", "AssertionError", "AcceleratorError")
    return raised and NO_GPU.search(error.message) is not None


def _memory(error: StudentError) -> bool:
    if torch := TORCH_BYTES.search(error.message):
        return int(torch[1]) < PLENTY
    if numpy := NUMPY_BYTES.search(error.message):
        return float(numpy[1]) * UNITS[numpy[2]] < PLENTY
    return False


def _network(error: StudentError) -> bool:
    if error.name == PLACEHOLDER:
        return NOT_FETCHED.search(error.message) is not None
    named = error.name in ("URLError", "ConnectionError", "MaxRetryError", "SSLError")
    return named and NO_NETWORK.search(error.message) is not None


def _data(error: StudentError) -> bool:
    return error.name == "FileNotFoundError" and ELSEWHERE.search(error.message) is not None


def _budget(error: StudentError) -> bool:
    shapes = SHAPES.search(error.message) if error.name == "ValueError" else None
    if shapes is None:
        return False
    fewer, more = sorted((int(shapes[1]), int(shapes[2])))
    return fewer <= SHORT and more > LONG


def _sleep(error: StudentError) -> bool:
    return error.name == "Slept"


SIGNS = {
    Cause.PACKAGE: _package,
    Cause.GPU: _gpu,
    Cause.MEMORY: _memory,
    Cause.NETWORK: _network,
    Cause.DATA: _data,
    Cause.BUDGET: _budget,
    Cause.SLEEP: _sleep,
}
