"""How a report says what is wrong with one call of MyConv2d: expected, and what came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.assignment.conv2d.calls import nested
from grader.assignment.conv2d.families import RIGHT, Answer, Plan, answer, gap, gradients
from grader.assignment.conv2d.verdicts import GRADIENTS, INPUT, SHAPE, VALUES, Blame, cut_or_wrong
from grader.basics.numbers import many
from grader.judging.compare import number
from grader.judging.unanswered import told
from grader.model import Outcome, Reply, Request, StudentError

Array = np.ndarray[Any, Any]
Pair = tuple[str, str]
FEW = 12  # numbers that are shown rather than summed up


def described(blame: Blame, asked: Request, reply: Reply, plan: Plan) -> Pair:
    """Return what was expected of a call that shows what is blamed, and what came instead.

    `plan` is the one whose gradients are the right ones.
    """
    if blame.property == GRADIENTS:
        return _gradients(blame, asked, reply, plan)
    return {SHAPE: _shape, VALUES: _values, INPUT: _input}[blame.property](asked, reply)


def right_answer(asked: Request) -> Answer:
    """Return what a right MyConv2d gives. Raises ValueError for a call without an output."""
    found = answer(RIGHT, asked)
    if found is None:
        raise ValueError(f"{asked.id}: the kernel is larger than the padded image")
    return found


def _shape(asked: Request, reply: Reply) -> Pair:
    right = right_answer(asked)
    if reply.outcome is Outcome.RAISED:
        return f"shape {right.output.shape}", _raised(reply)
    got = reply.arrays.get("output")
    if got is None:
        return f"a tensor of shape {right.output.shape}", f"a {reply.values.get('output_type')}"
    if got.shape != right.output.shape or right.again is None:
        return f"shape {right.output.shape}", f"shape {got.shape}"
    got, error = reply.arrays.get("again"), _error(reply.values.get("again_error"))
    actual = f"it raises {error}" if got is None else f"shape {got.shape}"
    return f"shape {right.again.shape} the second time", actual


def _raised(reply: Reply) -> str:
    return f"it raises {_words(reply.error)}"


def _error(raised: Any) -> str:
    """Return an error that a reply holds as plain values."""
    if not isinstance(raised, Mapping):
        return "an error"
    name, message = str(raised.get("name"))[:80], str(raised.get("message"))[:400]
    return _words(StudentError(name, message))


def _words(error: StudentError | None) -> str:
    return told(error, "MyConv2d") if error else "an error"


def _values(asked: Request, reply: Reply) -> Pair:
    right = right_answer(asked)
    got = reply.arrays["output"]
    if gap(got, right.output) is None and right.again is not None:
        expected, actual = _difference(reply.arrays["again"], right.again)
        return f"{expected} in the second call", actual
    return _difference(got, right.output)


def _difference(got: Array, want: Array) -> Pair:
    """Return two arrays of one shape: all their numbers if they are few, else the worst pair."""
    found = gap(got, want)
    if want.size <= FEW and got.dtype == want.dtype:
        return nested(want), nested(got)
    return (found.expected, found.actual) if found is not None else ("", "")


def _gradients(blame: Blame, asked: Request, reply: Reply, plan: Plan) -> Pair:
    if "backward_error" in reply.values:
        return "a gradient", f"backward raises {_error(reply.values['backward_error'])}"
    gaps = cut_or_wrong(asked, reply, plan)
    role = blame.role or next(iter(gaps))
    want = (gradients(plan, asked, reply) or {})[role]
    expected = f"the gradient by the {role}: "
    if blame.role is None:
        got = reply.arrays.get(f"grad.{role}", np.zeros_like(want))
        if got.size != want.size:  # one bias for all channels, say
            return f"{expected}{many(want.size, 'number')}", f"{got.size}"
        wanted, actual = _difference(got.reshape(want.shape), want)
        return expected + wanted, actual
    norm = f"of norm {number(float(np.linalg.norm(want)))}"
    return expected + (nested(want) if want.size <= FEW else norm), "none: it is cut off"


def _input(asked: Request, reply: Reply) -> Pair:
    before, after = asked.arrays["input"], reply.arrays.get("input_after")
    if after is None or before.size > FEW or after.shape != before.shape:
        return "its input as it was", "its input overwritten"
    return f"its input as it was, {nested(before)}", f"its input overwritten: {nested(after)}"
