"""What is wrong with a call of MyConv2d, property by property, and who is to blame for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.assignment.conv2d.calls import is_call
from grader.assignment.conv2d.families import (
    RIGHT,
    Answer,
    Exchange,
    Plan,
    answer,
    explain,
    gap,
    gradients,
    mistake,
)
from grader.judging.compare import Difference
from grader.model import Outcome, Replies, Reply, Request

SHAPE, VALUES, GRADIENTS, INPUT = "output_shape", "values", "gradients", "input_untouched"
ROLES = ("weight", "input", "bias")
CUT = {role: f"{role}_detached" for role in ROLES}
ASKED_WELL = (Outcome.OK, Outcome.RAISED)


Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Blame:
    """A property that some call lacks, and the known mistake that is the reason, if any."""

    property: str
    mistake: str | None = None
    phrase: str = ""  # what a convolution with this mistake does
    departure: Plan | None = None
    role: str | None = None  # of a gradient that is cut


def recorded(replies: Replies) -> list[Exchange]:
    """Return the calls by which MyConv2d is judged: those in float64, or else in float32.

    A class that works only in float32 is asked everything again in float32, and judged by that.
    """
    every = [(asked, replies.peek(id_)) for id_, asked in replies.requests.items() if is_call(id_)]
    dtype = "float32" if any(is_float32(asked) for asked, _ in every) else "float64"
    return [(asked, reply) for asked, reply in every if asked.params.get("dtype") == dtype]


def is_wrong(replies: Replies) -> bool:
    """Return whether MyConv2d can be called, and lacks a property that its networks would lack.

    Of a right one nothing more is asked.
    """
    exchanges = recorded(replies)
    if not exchanges or not all(reply.outcome in ASKED_WELL for _, reply in exchanges):
        return False
    if any(reply.outcome is Outcome.RAISED for _, reply in exchanges):
        return True
    learning = learning_roles(replies.peek("conv2d.init"))
    return len(learning) < len(ROLES) or any(violated(*exchange) for exchange in exchanges)


def is_float32(asked: Request) -> bool:
    """Return whether a call is made again in float32."""
    return asked.id.startswith("conv2d.float32.")


def violated(asked: Request, reply: Reply, plan: Plan | None = RIGHT) -> frozenset[str]:
    """Return the properties that a reply lacks; gradients are measured by those of `plan`."""
    right = answer(RIGHT, asked)
    if right is None or reply.outcome not in ASKED_WELL:
        return frozenset()
    lacking = _departs(reply.arrays.get("output"), right.output)
    if right.again is not None and not lacking:
        lacking = _departs(reply.arrays.get("again"), right.again)
    found = {lacking} if lacking else set()
    if cut_or_wrong(asked, reply, plan or RIGHT):
        found.add(GRADIENTS)
    if reply.values.get("input_changed") is True:
        found.add(INPUT)
    return frozenset(found)


def _departs(actual: Array | None, right: Array) -> str:
    if actual is None or actual.shape != right.shape:
        return SHAPE
    return VALUES if gap(actual, right) is not None else ""


def cut_or_wrong(asked: Request, reply: Reply, plan: Plan) -> dict[str, Difference]:
    """Return, by role, how the gradients differ from those of `plan`; {} if it is another's."""
    wanted, right = answer(plan, asked, reply), gradients(plan, asked, reply)
    output = reply.arrays.get("output")
    if wanted is None or right is None or output is None:
        return {}
    if output.shape != wanted.output.shape:
        return {}
    found = {}
    for role in learning_roles(reply):
        if role == "input" and plan.overwrites:
            continue  # what it was overwritten with has a gradient that nobody knows
        got = reply.arrays.get(f"grad.{role}")
        got = np.zeros_like(right[role]) if got is None else got
        difference = gap(got.ravel(), right[role].ravel())
        if difference is not None:
            found[role] = difference
    return found


def learning_roles(reply: Reply) -> list[str]:
    """Return what must receive a gradient: the input, and the parameters that there are."""
    registered = reply.values.get("registered")
    known = registered if isinstance(registered, list) else []
    return [role for role in ROLES if role == "input" or role in known]


def blames(exchanges: Sequence[Exchange]) -> tuple[Plan | None, list[Blame]]:
    """Return the plan that explains all calls, if one does, and what is to be reported."""
    plan = explain(exchanges)
    lacking = frozenset[str]().union(*(violated(*e, plan) for e in exchanges))
    found: list[Blame] = []
    for name in (SHAPE, VALUES):
        if name in lacking:
            found += _departures(plan, name, exchanges) or [Blame(name)]
    if GRADIENTS in lacking:
        found += list(_gradients(plan or RIGHT, exchanges))
    if INPUT in lacking:
        found.append(Blame(INPUT, "input_overwritten"))
    return plan, found


def _departures(plan: Plan | None, name: str, exchanges: Sequence[Exchange]) -> list[Blame]:
    """Return the mistakes of a plan, each of which alone would cost a call the property."""
    return [
        Blame(name, *mistake(departure), departure)
        for departure in (plan.departures() if plan is not None else ())
        if any(shows(departure, name, *exchange) for exchange in exchanges)
    ]


def shows(departure: Plan, name: str, asked: Request, reply: Reply) -> bool:
    """Return whether a plan with one mistake lacks the property in this call."""
    right, wrong = answer(RIGHT, asked), answer(departure, asked, reply)
    return right is not None and name == _shown(wrong, right)


def _shown(wrong: Answer | None, right: Answer) -> str:
    if wrong is None or (right.again is not None and wrong.again is None):
        return SHAPE
    return _departs(wrong.output, right.output)


def _gradients(plan: Plan, exchanges: Sequence[Exchange]) -> Iterator[Blame]:
    """Yield which gradients never arrive; a wrong one has no known reason."""
    broken = [reply for _, reply in exchanges if "backward_error" in reply.values]
    if broken:
        overwritten = any(reply.values.get("input_changed") is True for reply in broken)
        yield Blame(GRADIENTS, "input_overwritten" if overwritten else None)
        return
    gaps = [(reply, cut_or_wrong(asked, reply, plan)) for asked, reply in exchanges]
    concerned = {role for _, found in gaps for role in found}
    cut = {
        role
        for role in concerned
        if not any(np.any(reply.arrays.get(f"grad.{role}", 0)) for reply, _ in gaps)
    }
    if concerned - cut:
        yield Blame(GRADIENTS)
    if "weight" in cut:
        cut.discard("bias")  # the same line of code, as a rule: not charged twice
    for role in ROLES:
        if role in cut:
            yield Blame(GRADIENTS, CUT[role], role=role)


def nothing_to_compare(exchanges: Sequence[Exchange], plan: Plan | None) -> bool:
    """Return whether no call tells anything of values: all have another shape, unexplained."""
    return plan is None and all(SHAPE in violated(*exchange) for exchange in exchanges)


def exhibits(blame: Blame, asked: Request, reply: Reply, plan: Plan | None) -> bool:
    """Return whether a call shows what is blamed."""
    if blame.property not in violated(asked, reply, plan):
        return False
    if blame.departure is not None:
        return shows(blame.departure, blame.property, asked, reply)
    return blame.role is None or blame.role in cut_or_wrong(asked, reply, plan or RIGHT)
