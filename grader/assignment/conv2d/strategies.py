"""Hypothesis's part in looking for failing calls of MyConv2d: draws them and shrinks them."""

from __future__ import annotations

import contextlib
import functools
import itertools
import tempfile
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, TypeVar

import numpy as np
from hypothesis import Phase, Verbosity, configuration, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from grader.assignment.conv2d.calls import LEFT_OUT, Call

Array = np.ndarray[Any, Any]
T = TypeVar("T")

# What a failing call shrinks towards stands first.
NUMBERS = (0.5, 1.0, -0.5, -1.0, 2.0)
WINDOWS: tuple[tuple[int, int | None], ...] = (
    *((1, padding) for padding in (0, LEFT_OUT, None, 1)),
    *((kernel, padding) for padding in (LEFT_OUT, None, 1, 0) for kernel in (3, 5)),
)
MORE = (1, 1, 1, 2, 2)  # channels in and out, images, rows and columns beyond the least
POSITIONS = 64  # of a number in an array, taken modulo its size
MOST = 4  # numbers of one array that are not 0, in the end
# Hypothesis mixes integers from the source of imported modules into its own. Out of their reach,
# the same calls are drawn whatever happens to be imported.
FAR = 7**12
SEED = 0


class OutOfQuestions(BaseException):
    """Ends a search at once, past Hypothesis, which would take an Exception for a failure."""


@functools.cache
def _up_to(most: int) -> st.SearchStrategy[int]:
    return st.integers(FAR, FAR + most).map(lambda n: n - FAR)


@st.composite
def shapes(draw: st.DrawFn) -> Call:
    """Return any call of small sizes whose output is not empty."""
    window = WINDOWS[draw(_up_to(len(WINDOWS) - 1))]
    counts = tuple(draw(_up_to(most)) for most in MORE)
    return _shape(window, counts)


def _shape(window: tuple[int, int | None], more: Sequence[int]) -> Call:
    """Return the least call with a window, with so many more channels, images and pixels."""
    kernel, padding = window
    around = kernel // 2 if padding in (None, LEFT_OUT) else padding or 0
    ins, outs, batch = (1 + n for n in more[:3])
    height, width = (max(1, kernel - 2 * around) + n for n in more[3:])
    return Call(ins, outs, kernel, padding, batch, height, width)


@functools.cache
def every_shape() -> tuple[Call, ...]:
    """Return all that `shapes` may draw, those of few numbers first."""
    counts = [range(most + 1) for most in MORE]
    calls = (_shape(w, more) for w in WINDOWS for more in itertools.product(*counts))
    return tuple(sorted(calls, key=Call.size))


SPIKES = st.tuples(*[st.lists(_up_to(POSITIONS * len(NUMBERS) - 1), max_size=MOST)] * 3)


def dense(call: Call, sign: float) -> dict[str, Array]:
    """Return arrays for a call without any 0; the first number of each has the sign."""
    return {name: sign * np.resize(NUMBERS, shape) for name, shape in call.shapes().items()}


def sparse(call: Call, spikes: Sequence[Sequence[int]]) -> dict[str, Array]:
    """Return arrays for a call that are 0 but for a few numbers, drawn with their positions."""
    arrays = {name: np.zeros(shape) for name, shape in call.shapes().items()}
    for array, codes in zip(arrays.values(), spikes, strict=True):
        for position, value in (divmod(code, len(NUMBERS)) for code in codes):
            array.flat[position % array.size] = NUMBERS[value]
    return arrays


def shrunk(strategy: st.SearchStrategy[T], wrong: Callable[[T], bool], examples: int) -> T | None:
    """Return the smallest example found for which `wrong` holds, or None if none was drawn.

    `wrong` may raise OutOfQuestions: then the smallest until then is returned.
    """
    found: list[T] = []

    def noted(drawn: T) -> bool:
        if wrong(drawn):
            found.append(drawn)  # while it shrinks, Hypothesis tries only smaller ones
            return True
        return False

    options = settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        verbosity=Verbosity.quiet,
        print_blob=False,
    )
    with _no_files_left():
        try:
            return find(strategy, noted, settings=options, random=Random(SEED))  # noqa: S311
        except (OutOfQuestions, NoSuchExample):
            return found[-1] if found else None


@contextlib.contextmanager
def _no_files_left() -> Iterator[None]:
    """Keep Hypothesis from writing into the working folder."""
    with tempfile.TemporaryDirectory(prefix="grader-hypothesis-") as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(None)
