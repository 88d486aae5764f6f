"""Part A: MyConv2d, which the handout gives complete and which must still be right when used."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader import requests as ask
from grader.catalog import call_of, check
from grader.compare import difference, number
from grader.draws import Draw
from grader.model import Evidence, Finding, Replies, Request


@dataclass(frozen=True)
class Call:
    """One construction of MyConv2d and the image it is called on."""

    in_channels: int
    out_channels: int
    kernel: int
    padding: int | None  # -1: the argument is left out
    batch: int
    height: int
    width: int


LEFT_OUT = -1
CALLS = (
    Call(2, 3, 3, LEFT_OUT, 2, 6, 5),
    Call(1, 1, 1, LEFT_OUT, 1, 3, 4),
    Call(3, 2, 5, None, 2, 7, 6),
    Call(2, 4, 3, 0, 3, 5, 6),
    Call(2, 2, 3, 2, 1, 4, 4),
    Call(1, 2, 5, 1, 2, 6, 8),
    Call(4, 3, 3, 1, 1, 5, 5),
)
INIT = (8, 24, 5)  # in, out, kernel: 4,800 weights, enough to see how they are spread


def requests(draw: Draw) -> Iterator[Request]:
    """Yield the calls, and a construction to look at the initial weights."""
    for i, call in enumerate(CALLS):
        yield _request(f"conv2d.call.{i}", call, draw)
    params = {"class": "MyConv2d", "args": list(INIT), "kwargs": {}, "dtype": "float32", "seed": 7}
    yield Request("conv2d.init", "conv2d", params)


def _request(id: str, call: Call, draw: Draw) -> Request:  # noqa: A002
    kwargs: dict[str, Any] = {} if call.padding == LEFT_OUT else {"padding": call.padding}
    padding = call.kernel // 2 if call.padding in (LEFT_OUT, None) else call.padding
    out = [n + 2 * int(padding or 0) - call.kernel + 1 for n in (call.height, call.width)]
    arrays = {
        "input": draw.uniform(
            f"{id}.input", (call.batch, call.in_channels, call.height, call.width)
        ),
        "weight": draw.uniform(f"{id}.w", (call.out_channels * call.in_channels * call.kernel**2,)),
        "bias": draw.uniform(f"{id}.b", (call.out_channels,)),
        "cotangent": draw.uniform(f"{id}.c", (call.batch, call.out_channels, *out)),
    }
    args = (call.in_channels, call.out_channels, call.kernel)
    return ask.conv2d(id, args, arrays, **kwargs)


def _ids() -> list[str]:
    return [f"conv2d.call.{i}" for i in range(len(CALLS))]


def _what(student: Evidence, id: str) -> str:  # noqa: A002
    request = student.replies.requests[id]
    height, width = request.arrays["input"].shape[2:]
    return f"{call_of(request)} on a {height}×{width} image"


@check("conv2d.output_shape")
def output_shape(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """MyConv2d gives an image of the right size for every kernel and padding.

    Why it matters: each block of both networks relies on it to keep or change the size.
    Usual cause: the `padding` argument is not used, or its default is not kernel_size // 2.
    """
    for id_ in _ids():
        want = reference[id_].arrays["output"].shape
        got = student[id_].arrays.get("output")
        if got is None:
            yield Finding(_what(student, id_), f"a tensor of shape {want}", "another object")
        elif got.shape != want:
            yield Finding(_what(student, id_), f"shape {want}", f"shape {got.shape}")


@check("conv2d.values", requires=["conv2d.output_shape"])
def values(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """MyConv2d computes the cross-correlation of its input with its weight, plus its bias.

    Why it matters: it is the operation that everything else in the assignment is made of.
    Usual cause: a bias that is never added, a flipped kernel, or swapped weight axes.
    """
    for id_ in _ids():
        gap = difference(student[id_].arrays.get("output"), reference[id_].arrays["output"])
        if gap is not None:
            yield Finding(_what(student, id_), gap.expected, gap.actual)


@check("conv2d.gradients", requires=["conv2d.output_shape"])
def gradients(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Input, weight and bias of MyConv2d receive the right gradient.

    Why it matters: what gets no gradient does not learn, nor does anything before it.
    Usual cause: `.data`, `.detach()` or `torch.no_grad()` inside forward.
    """
    for id_ in _ids():
        for name in ("input", "weight", "bias"):
            got = student[id_].arrays.get(f"grad.{name}")
            gap = difference(got, reference[id_].arrays[f"grad.{name}"])
            if gap is not None:
                what = f"the gradient by the {name} of {_what(student, id_)}"
                yield Finding(what, gap.expected, gap.actual)


@check("conv2d.parameters")
def parameters(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """MyConv2d has the parameters `weight` (out, in, k, k) and `bias` (out), and no others.

    Why it matters: the optimizer is given the parameters of a module, not its other tensors.
    Usual cause: a tensor that is not wrapped in nn.Parameter.
    """
    want = {name: tuple(shape) for name, shape in reference["conv2d.init"].values["parameters"]}
    got = {name: tuple(shape) for name, shape in student["conv2d.init"].values["parameters"]}
    if got != want:
        yield Finding("the parameters of MyConv2d(8, 24, 5)", str(want), str(got) or "none")


@check("conv2d.initialisation", requires=["conv2d.parameters"])
def initialisation(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Weight and bias start uniform in ±1/sqrt(in_channels · kernel_size²).

    Why it matters: from zeros no two filters ever differ; from large numbers training diverges.
    Usual cause: torch.zeros or torch.empty, or a bound without the square root.
    """
    bound = 1 / math.sqrt(INIT[0] * INIT[2] ** 2)
    for role in ("weight", "bias"):
        got = student["conv2d.init"].arrays.get(f"initial.{role}")
        if got is None or not got.size:
            continue
        largest, spread = float(np.abs(got).max()), float(got.std())
        uniform = bound / math.sqrt(3)
        # 24 biases scatter by some 10 % about the uniform spread, 4,800 weights by 1 %.
        slack = 0.05 if role == "weight" else 0.5
        if not largest <= bound * 1.0001 or abs(spread / uniform - 1) > slack:
            yield Finding(
                f"the {role} of a fresh MyConv2d(8, 24, 5)",
                f"numbers up to ±{number(bound)}, of standard deviation {number(uniform)}",
                f"numbers up to ±{number(largest)}, of standard deviation {number(spread)}",
            )


@check("conv2d.input_untouched")
def input_untouched(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """MyConv2d leaves its input as it was.

    Why it matters: the input is another layer's output, needed again for gradients and skips.
    Usual cause: an in-place operation on x.
    """
    if student["conv2d.call.0"].values.get("input_changed"):
        yield Finding(
            _what(student, "conv2d.call.0"), "its input unchanged", "its input overwritten"
        )
