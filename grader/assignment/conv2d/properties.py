"""Looks for the smallest call of MyConv2d that shows what is wrong with it.

Hypothesis draws calls here, in the trusted process, and shrinks them; each is put to the student's
class by `ask`. Nothing is searched where nothing is wrong. What is found is recorded like any
other request and reply, so that judging again needs neither a kernel nor a search.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from grader.assignment.conv2d.calls import Call, in_dtype, request
from grader.assignment.conv2d.families import FIRST, RIGHT, Exchange, Plan
from grader.assignment.conv2d.strategies import (
    SPIKES,
    OutOfQuestions,
    dense,
    every_shape,
    shapes,
    shrunk,
    sparse,
)
from grader.assignment.conv2d.verdicts import (
    ASKED_WELL,
    Blame,
    blames,
    exhibits,
    is_float32,
    recorded,
    shows,
)
from grader.kernel.requests import Ask, ask_all
from grader.model import Outcome, Replies, Reply, Request

Array = np.ndarray[Any, Any]
Arrays = dict[str, Array]

UNANSWERED = Reply("", Outcome.SKIPPED)


@dataclass(frozen=True)
class Limits:
    """What a search may cost: questions, seconds in all, and drawn calls before it gives up."""

    questions: int = 400
    seconds: float = 20.0
    examples: int = 100


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
        replies: to the fixed requests of `grader.assignment.conv2d.calls`.
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
        smallest = _Hunt(blame, plan, dtype, questions).smallest()
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


@dataclass(frozen=True)
class _Hunt:
    """The search for the smallest call that shows what is blamed."""

    blame: Blame
    plan: Plan | None
    dtype: str
    questions: _Questions
    failing: dict[Call, Arrays] = field(default_factory=dict)  # numbers with which a call fails

    def smallest(self) -> Exchange | None:
        """Return the smallest call found: first its shapes, then its numbers."""
        examples = self.questions.limits.examples
        call = shrunk(shapes(), self._fails, examples)
        if call is None:
            return None
        call = self._least(call)
        spikes = shrunk(SPIKES, lambda drawn: self._wrong(call, sparse(call, drawn)), examples)
        arrays = self.failing[call] if spikes is None else sparse(call, spikes)
        asked = self._request(call, arrays)
        return asked, self.questions.reply(asked)

    def _least(self, shrunken: Call) -> Call:
        """Return the least failing call, where it costs no questions to know which do not fail.

        Shrinking ends where no single step makes a call smaller.
        """
        smaller = (call for call in every_shape() if call.size() <= shrunken.size())
        try:
            return next(filter(self._fails, smaller)) if self._foreseen() else shrunken
        except OutOfQuestions:
            return shrunken

    def _foreseen(self) -> bool:
        """Return whether a known mistake tells what will be answered."""
        return self.blame.departure is not None and not self.blame.departure.overwrites

    def _fails(self, call: Call) -> bool:
        return self._wrong(call, dense(call, 1.0)) or self._wrong(call, dense(call, -1.0))

    def _wrong(self, call: Call, arrays: Arrays) -> bool:
        """Return whether a call shows what is blamed. Raises OutOfQuestions."""
        self.questions.go_on()
        asked, name = self._request(call, arrays), self.blame.property
        if self._foreseen() and not shows(self.blame.departure or RIGHT, name, asked, UNANSWERED):
            return False
        if not exhibits(self.blame, asked, self.questions.reply(asked), self.plan):
            return False
        self.failing[call] = arrays
        return True

    def _request(self, call: Call, arrays: Arrays) -> Request:
        blame = self.blame
        id_ = ".".join(filter(None, ("conv2d.smallest", blame.property, blame.mistake)))
        arrays = {**arrays, "weight": arrays["weight"].ravel(), "cotangent": np.ones(1)}
        if blame.departure is not None and blame.departure.batch == FIRST:
            arrays["again"] = np.zeros((call.batch + 1, *arrays["input"].shape[1:]))
        asked = request(id_, call, arrays)
        asked = in_dtype(asked, id_, self.dtype) if self.dtype == "float32" else asked
        return replace(asked, found=True)
