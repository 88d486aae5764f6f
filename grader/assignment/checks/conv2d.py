"""Part A: MyConv2d, which the handout gives complete and which must still be right when used."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grader.assignment.conv2d import calls, properties, verdicts
from grader.assignment.conv2d.calls import AS_BUILT, CHOSEN, INIT, what
from grader.assignment.conv2d.families import RIGHT, Exchange, Plan
from grader.assignment.conv2d.messages import described
from grader.assignment.conv2d.verdicts import GRADIENTS, INPUT, SHAPE, VALUES, Blame
from grader.basics.numbers import many
from grader.judging.catalog import check
from grader.judging.compare import number
from grader.judging.draws import Draw
from grader.judging.unanswered import no_answer
from grader.kernel.requests import Ask
from grader.model import Evidence, Finding, NoAnswer, Outcome, Replies, Reply, Request

Array = np.ndarray[Any, Any]

FRESH = f"a fresh MyConv2d({', '.join(map(str, INIT))})"
SHAPES = {"weight": (INIT[1], INIT[0], INIT[2], INIT[2]), "bias": (INIT[1],)}
NO_TENSOR = {"bias": "bias_ignored"}


def requests(draw: Draw) -> Iterator[Request]:
    """Yield the calls that are made of each MyConv2d."""
    yield from calls.fixed_requests(draw)


calls_for_search = verdicts.is_wrong  # of nothing else more is asked


def search(ask: Ask, replies: Replies) -> Iterator[Exchange]:
    """Yield the smallest calls that show what is wrong, if anything is."""
    yield from properties.search(ask, replies)


@check("conv2d.runs")
def runs(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """MyConv2d is an nn.Module that builds and runs.

    Why it matters: both networks are made of it.
    Usual cause: a cell that did not run, so that the class is not there.
    """
    replies = [reply for _, reply in verdicts.recorded(student.replies)]
    if any(reply.values.get("is_module") is False for reply in replies):
        kinds = {str(reply.values["type"]) for reply in replies if "type" in reply.values}
        yield Finding("MyConv2d", "a subclass of nn.Module", ", ".join(kinds), "not_a_module")
    elif all(reply.outcome is not Outcome.OK for reply in replies):
        first = replies[0] if replies else student.replies.peek("conv2d.call.0")
        ended = next((r for r in replies if r.outcome is not Outcome.RAISED), first)
        raise NoAnswer(ended, student.replies)


@check("conv2d.output_shape", requires=["conv2d.runs"])
def output_shape(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """MyConv2d gives an image of the right size for every kernel, padding and batch.

    Why it matters: each block of both networks relies on it to keep or change the size.
    Usual cause: the `padding` argument is not used, or its default is not kernel_size // 2.
    """
    yield from _findings(student, SHAPE)


@check("conv2d.values", requires=["conv2d.runs"])
def values(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """MyConv2d computes the cross-correlation of its input with its weight, plus its bias.

    Why it matters: it is the operation that everything else in the assignment is made of.
    Usual cause: a bias that is never added, a flipped kernel, or swapped weight axes.
    """
    yield from _findings(student, VALUES)


@check("conv2d.gradients", requires=["conv2d.runs"])
def gradients(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Input, weight and bias of MyConv2d receive the gradient of what it computes.

    Why it matters: what gets no gradient does not learn, nor does anything before it.
    Usual cause: `.data`, `.detach()` or `torch.no_grad()` inside forward.
    """
    yield from _findings(student, GRADIENTS)


@check("conv2d.input_untouched", requires=["conv2d.runs"])
def input_untouched(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """MyConv2d leaves its input as it was.

    Why it matters: the input is another layer's output, needed again for gradients and skips.
    Usual cause: an in-place operation on x.
    """
    yield from _findings(student, INPUT)


def _findings(student: Evidence, name: str) -> Iterator[Finding]:
    """Yield a finding for each thing to blame, with the smallest call that shows it."""
    exchanges = verdicts.recorded(student.replies)
    plan, blames = verdicts.blames(exchanges)
    if name in (VALUES, GRADIENTS) and verdicts.nothing_to_compare(exchanges, plan):
        yield Finding("MyConv2d", "an output of the right shape, to be compared", "not one")
        return
    for blame in blames:
        if blame.property == name:
            yield _finding(blame, plan, exchanges)


def _finding(blame: Blame, plan: Plan | None, exchanges: Sequence[Exchange]) -> Finding:
    """Return what is blamed, shown by the smallest call."""
    ordered = sorted(exchanges, key=lambda e: calls.plainness(e[0]))
    lacking = [e for e in ordered if blame.property in verdicts.violated(*e, plan)]
    showing = [e for e in lacking if verdicts.exhibits(blame, *e, plan)]
    asked, reply = (showing or lacking)[0]
    expected, actual = described(blame, asked, reply, plan or RIGHT)
    if blame.phrase:
        actual += (
            f"; in all {many(len(exchanges), 'call')} it answers as a layer that {blame.phrase}"
        )
    return Finding(what(asked), expected, actual, blame.mistake)


@check("conv2d.dtype", requires=["conv2d.runs"])
def dtype(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """MyConv2d computes in the dtype of its input and its weights, float32 or float64.

    Why it matters: torch refuses to mix them, and a gradient can only be checked in float64.
    Usual cause: a tensor made inside forward without `dtype=x.dtype`, or from a NumPy array.
    """
    requests_ = student.replies.requests
    for asked, reply in verdicts.recorded(student.replies):
        if verdicts.is_float32(asked) and reply.outcome is Outcome.OK:
            first = asked.id.replace("conv2d.float32.", "conv2d.")
            yield _dtype_finding(requests_[first], student.replies.peek(first), "float64")
            return
    call = f"conv2d.call.{CHOSEN.index(AS_BUILT)}"
    as_built = student.replies.peek("conv2d.as_built")
    if _computed(student.replies.peek(call), "float64") and not _computed(as_built, "float32"):
        yield _dtype_finding(requests_["conv2d.as_built"], as_built, "float32")


def _computed(reply: Reply, name: str) -> bool:
    output = reply.arrays.get("output")
    return reply.outcome is Outcome.OK and output is not None and str(output.dtype) == name


def _dtype_finding(asked: Request, reply: Reply, name: str) -> Finding:
    call, output = f"{what(asked)}, in {name}", reply.arrays.get("output")
    gave = no_answer(reply, asked).actual if output is None else f"{output.dtype} out"
    answered = reply.outcome in (Outcome.OK, Outcome.RAISED)
    return Finding(call, f"{name} out", gave, "wrong_dtype" if answered else None)


@check("conv2d.parameters", requires=["conv2d.runs"])
def parameters(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """MyConv2d has a weight (out, in, k, k) and a bias (out) as parameters, and no others.

    Why it matters: the optimizer is given the parameters of a module, not its other tensors.
    Usual cause: a tensor that is not wrapped in nn.Parameter.
    """
    values = student["conv2d.init"].values
    registered, shapes = verdicts.learning_roles(student["conv2d.init"]), _shapes(values)
    for role, want in SHAPES.items():
        got = shapes.get(role)
        what_, expected = f"the {role} of {FRESH}", f"a parameter of shape {want}"
        if got is None:
            yield Finding(what_, expected, "no such tensor", NO_TENSOR.get(role))
        elif got != want and not (role == "bias" and _as_a_row(got) == want):
            swapped = got == (want[1], want[0], *want[2:]) if role == "weight" else False
            mistake = "weight_axes_swapped" if swapped else None
            yield Finding(what_, expected, f"shape {got}", mistake)
        elif role not in registered:
            mistake = f"{role}_not_parameter"
            yield Finding(what_, expected, "a tensor that `parameters()` does not list", mistake)
    others = len(values["parameters"]) - sum(role in registered for role in shapes)
    if others > 0:
        yield Finding(f"the parameters of {FRESH}", "weight and bias", f"{others} more")


def _as_a_row(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape without dimensions of length 1: a bias (1, out, 1, 1) is the same bias."""
    return tuple(length for length in shape if length != 1)


def _shapes(values: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    return {str(role): tuple(shape) for role, shape in dict(values["shapes"]).items()}


@check("conv2d.initialisation", requires=["conv2d.runs"])
def initialisation(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Weight and bias start uniform in ±1/sqrt(in_channels · kernel_size²).

    Why it matters: from zeros no two filters ever differ; from large numbers training diverges.
    Usual cause: torch.zeros or torch.empty, or a bound without the square root.
    """
    bound = 1 / math.sqrt(INIT[0] * INIT[2] ** 2)
    spread = f"standard deviation {number(bound / math.sqrt(3))}"
    for role in SHAPES:
        got = student["conv2d.init"].arrays.get(f"initial.{role}")
        if got is None or not got.size or _uniform(got, bound):
            continue
        expected = f"numbers within ±{number(bound)}, {spread}"
        if _never_initialised(got, bound):
            actual, mistake = f"numbers such as {number(got.flat[0])}", "init_missing"
        else:
            largest, found = float(np.abs(got).max()), float(got.std())
            actual, mistake = f"numbers within ±{number(largest)}, standard ", "init_scale"
            actual += f"deviation {number(found)}, mean {number(float(got.mean()))}"
        yield Finding(f"the {role} of {FRESH}", expected, actual, mistake)


def _uniform(got: Array, bound: float) -> bool:
    """Return whether numbers look drawn from ±bound, beyond any doubt that chance allows."""
    # Of n uniform numbers the mean scatters by 0.58/sqrt(n) of the bound, their spread by
    # 0.45/sqrt(n) of itself: six times that is taken for chance.
    if not np.isfinite(got).all() or np.abs(got).max() > bound * 1.0001:
        return False
    slack = 1 / math.sqrt(got.size)
    spread = float(got.std()) / (bound / math.sqrt(3))
    return abs(float(got.mean())) <= 3.5 * slack * bound and abs(spread - 1) <= 2.7 * slack


HUGE = 1e100  # whose square is no number


def _never_initialised(got: Array, bound: float) -> bool:
    """Return whether numbers are zeros, all the same, nan, or whatever the memory held."""
    if not np.isfinite(got).all() or float(np.abs(got).max()) > HUGE or not got.std():
        return True
    middle = float(np.median(np.abs(got))) / bound
    return not 1e-6 < middle < 1e6
