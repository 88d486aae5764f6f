"""Looks for the smallest call of MyConv2d that shows what is wrong with it.

Hypothesis draws calls here, in the trusted process, and shrinks them; each is put to the student's
class by `ask`. Nothing is searched where nothing is wrong. What is found is recorded like any
other request and reply, so that judging again needs neither a kernel nor a search.
"""

from __future__ import annotations

import contextlib
import functools
import math
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, TypeVar

import numpy as np
from hypothesis import Phase, Verbosity, configuration, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from grader.conv_calls import LEFT_OUT, Call, in_dtype, request
from grader.conv_families import FIRST, RIGHT, Exchange, Plan
from grader.conv_verdicts import (
    ASKED_WELL,
    Blame,
    blames,
    exhibits,
    is_float32,
    recorded,
    shows,
)
from grader.model import Outcome, Replies, Reply, Request
from grader.requests import Ask, ask_all

Array = np.ndarray[Any, Any]

# What a failing call shrinks towards stands first.
NUMBERS = (0.5, 1.0, -0.5, -1.0, 2.0)
WINDOWS: tuple[tuple[int, int | None], ...] = (
    *((1, padding) for padding in (0, LEFT_OUT, None, 1)),
    *((kernel, padding) for padding in (LEFT_OUT, None, 1, 0) for kernel in (3, 5)),
)
POSITIONS = 64  # of a number in an array, taken modulo its size
MOST = 4  # numbers of one array that are not 0, in the end
# Hypothesis mixes integers from the source of imported modules into its own. Out of their reach,
# the same calls are drawn whatever happens to be imported.
FAR = 7**12
SEED = 0
UNANSWERED = Reply("", Outcome.SKIPPED)
T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """What a search may cost: questions, seconds in all, and drawn calls before it gives up."""

    questions: int = 400
    seconds: float = 20.0
    examples: int = 100


@functools.cache
def _up_to(most: int) -> st.SearchStrategy[int]:
    return st.integers(FAR, FAR + most).map(lambda n: n - FAR)


@st.composite
def shapes(draw: st.DrawFn) -> Call:
    """Return any call of small sizes whose output is not empty."""
    kernel, padding = WINDOWS[draw(_up_to(len(WINDOWS) - 1))]
    ins, outs, batch = (1 + draw(_up_to(1)) for _ in range(3))
    lowest = max(1, kernel - 2 * (kernel // 2 if padding in (None, LEFT_OUT) else padding or 0))
    height, width = (lowest + draw(_up_to(2)) for _ in range(2))
    return Call(ins, outs, kernel, padding, batch, height, width)


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


class OutOfQuestions(BaseException):
    """Ends a search at once, past Hypothesis, which would take an Exception for a failure."""


@dataclass
class _Questions:
    """Puts calls to the student's class, each once, until a limit is reached; mutable."""

    ask: Ask
    limits: Limits
    end: float
    asked: int = 0
    known: dict[Any, Reply] = field(default_factory=dict)

    def reply(self, asked: Request) -> Reply:
        """Return the reply. Raises OutOfQuestions if none came, or none may be asked for."""
        arrays = sorted((name, a.shape, a.tobytes()) for name, a in asked.arrays.items())
        key = (repr(asked.params), tuple(arrays))
        if key not in self.known:
            self.go_on()
            self.asked += 1
            reply = self.ask(asked)
            if reply.outcome not in ASKED_WELL:
                self.end = -math.inf  # it hangs or died: not again
                raise OutOfQuestions
            self.known[key] = reply
        return replace(self.known[key], id=asked.id)

    def go_on(self) -> None:
        """Raise OutOfQuestions if the time is up, or every question was asked."""
        if self.asked >= self.limits.questions or time.monotonic() >= self.end:
            raise OutOfQuestions


def search(ask: Ask, replies: Replies, limits: Limits = Limits()) -> Iterator[Exchange]:
    """Yield what is asked beyond the fixed calls, with the replies: nothing of a right class.

    Args:
        ask: puts one request to the student's class.
        replies: to the fixed requests of `grader.conv_calls`.
        limits: of the search; one question more may be under way when the time is up.
    """
    exchanges = recorded(replies)
    if not _can_be_searched(exchanges):
        return
    if not any(_computed(*exchange) for exchange in exchanges):
        exchanges = _in_float32(ask, exchanges)
        if not any(_computed(*exchange) for exchange in exchanges):
            return
        yield from exchanges
    plan, found = blames(exchanges)
    dtype = "float32" if is_float32(exchanges[0][0]) else "float64"
    questions = _Questions(ask, limits, time.monotonic() + limits.seconds)
    for blame in found:
        smallest = _smallest(blame, plan, dtype, questions)
        if smallest is not None:
            yield smallest


def _can_be_searched(exchanges: list[Exchange]) -> bool:
    replies = [reply for _, reply in exchanges]
    well = all(reply.outcome in ASKED_WELL for reply in replies)
    return well and any(reply.values.get("is_module") is True for reply in replies)


def _computed(asked: Request, reply: Reply) -> bool:
    output = reply.arrays.get("output")
    return output is not None and output.dtype == asked.arrays["input"].dtype


def _in_float32(ask: Ask, exchanges: list[Exchange]) -> list[Exchange]:
    again = []
    for asked, _ in exchanges:
        name = asked.id.removeprefix("conv2d.")
        again.append(replace(in_dtype(asked, f"conv2d.float32.{name}", "float32"), found=True))
    return list(zip(again, ask_all(ask, again), strict=True))


def _smallest(
    blame: Blame, plan: Plan | None, dtype: str, questions: _Questions
) -> Exchange | None:
    """Return the smallest call found that shows what is blamed: first its shapes, then numbers."""
    departure = blame.departure
    failing: dict[Call, dict[str, Array]] = {}  # the latest numbers with which a call fails

    def asked(call: Call, arrays: dict[str, Array]) -> Request:
        return _request(blame, call, arrays, dtype)

    def wrong(call: Call, arrays: dict[str, Array]) -> bool:
        questions.go_on()
        request_ = asked(call, arrays)
        foreseen = departure is not None and not departure.overwrites
        if foreseen and not shows(departure or RIGHT, blame.property, request_, UNANSWERED):
            return False
        if not exhibits(blame, request_, questions.reply(request_), plan):
            return False
        failing[call] = arrays
        return True

    def fails(call: Call) -> bool:
        return wrong(call, dense(call, 1.0)) or wrong(call, dense(call, -1.0))

    examples = questions.limits.examples
    call = _smallest_shape(fails, examples)
    if call is None:
        return None
    spikes = shrunk(SPIKES, lambda drawn: wrong(call, sparse(call, drawn)), examples)
    arrays = failing[call] if spikes is None else sparse(call, spikes)
    return asked(call, arrays), questions.reply(asked(call, arrays))


def _smallest_shape(fails: Callable[[Call], bool], examples: int) -> Call | None:
    """Return the smallest failing call; where shrinking ends, a smaller one is looked for."""
    best: Call | None = None

    def better(call: Call) -> bool:
        return (best is None or call.size() < best.size()) and fails(call)

    while (found := shrunk(shapes(), better, examples)) is not None:
        best = found
    return best


def _request(blame: Blame, call: Call, arrays: dict[str, Array], dtype: str) -> Request:
    """Return the request that makes a call to show what is blamed."""
    id_ = ".".join(filter(None, ("conv2d.smallest", blame.property, blame.mistake)))
    arrays = {**arrays, "weight": arrays["weight"].ravel(), "cotangent": np.ones(1)}
    if blame.departure is not None and blame.departure.batch == FIRST:
        arrays["again"] = np.zeros((call.batch + 1, *arrays["input"].shape[1:]))
    asked = request(id_, call, arrays)
    asked = in_dtype(asked, id_, dtype) if dtype == "float32" else asked
    return replace(asked, found=True)


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
