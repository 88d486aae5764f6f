"""The form of the reply to each kind of request, checked in one place, where replies enter.

What does not fit is refused with the reason, for that is the student's doing: nothing else answers.
So the checks read typed values and cannot fail on the form of one. The forms are the assignment's;
a new kind of request, or a new value in a reply, needs its line there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.basics.files import Refused
from grader.basics.schema import Anything, Many, Misfit, Record, Text
from grader.model import Arrays, Outcome, Request
from grader.model.assignment import WrongAssignment, chosen

GENEROUS = 64  # times as many numbers as a right answer has: a network without its pooling, say
SOME = 4096  # numbers that any array may hold
DIMENSIONS = 8
NAME = Text(1000)
ERROR_TEXT = Text(500)
ERROR = Record({"name": ERROR_TEXT, "message": ERROR_TEXT, "line": ERROR_TEXT})
WORLD = Record({}, {"transforms": Many(Anything()), "optimizers": Many(Anything())})


@dataclass(frozen=True)
class Expected:
    """One array of a reply: kinds of numbers, its shape if it has but one, how many at most."""

    kinds: str
    shape: tuple[int, ...] | None
    most: int

    @classmethod
    def like(cls, kinds: str, shape: tuple[int, ...]) -> Expected:
        """Return an array that a right answer gives this shape, and a wrong one another."""
        return cls(kinds, None, SOME + GENEROUS * math.prod(shape))

    @classmethod
    def exactly(cls, kinds: str, shape: tuple[int, ...]) -> Expected:
        """Return an array of this shape."""
        return cls(kinds, shape, math.prod(shape))


ArraysOf = Callable[[Request, Mapping[str, Any]], dict[str, Expected]]


def _none(*_: Any) -> dict[str, Expected]:
    return {}


@dataclass(frozen=True)
class ReplyForm:
    """The reply to one kind of request: its values, its arrays, and which of these must come."""

    values: Record
    arrays: ArraysOf = _none
    required: tuple[str, ...] = ()


def check(asked: Request, outcome: Outcome, values: Mapping[str, Any], arrays: Arrays) -> None:
    """Return if a reply has the form that its request asks for. Raises Refused with the reason.

    The reply of code that raised may leave any value out, and brings no array.
    """
    forms = {"world": ReplyForm(WORLD), **chosen().forms()}
    if asked.kind not in forms:
        raise WrongAssignment(f"the assignment's forms have none for the kind {asked.kind!r}")
    form = forms[asked.kind]
    complete = outcome is Outcome.OK
    try:
        (form.values if complete else form.values.in_part()).check(values, "")
    except Misfit as misfit:
        raise Refused(str(misfit)) from None
    expected = form.arrays(asked, values) if complete else {}
    for name in form.required if complete else ():
        if name not in arrays:
            raise Refused(f"it holds no array {name!r}")
    for name, array in arrays.items():
        if name not in expected:
            raise Refused(f"it holds an array {name[:60]!r}, which is not expected")
        _fits(name, array, expected[name])


def _fits(name: str, array: np.ndarray[Any, Any], expected: Expected) -> None:
    if array.dtype.kind not in expected.kinds:
        raise Refused(f"the array {name!r} is of type {array.dtype}")
    if expected.shape not in (None, array.shape):
        raise Refused(f"the array {name!r} has shape {array.shape}, not {expected.shape}")
    if array.size > expected.most or array.ndim > DIMENSIONS:
        raise Refused(f"the array {name!r} of shape {array.shape} is too large to be an answer")
