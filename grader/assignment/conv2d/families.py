"""The family of convolutions that MyConv2d can turn out to be: the right one and known mistakes.

A `Plan` says how a convolution was written. Each can be computed here, so answers that equal
those of a plan in every recorded call *are* that plan's, whatever the code looks like.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from grader.assignment.conv2d.calls import bound_arguments
from grader.judging.compare import ATOL, RTOL, Difference, difference
from grader.model import Outcome, Reply, Request

Array = np.ndarray[Any, Any]
Exchange = tuple[Request, Reply]

FIRST = 0  # as a batch size: that of the object's first call
TOLERANCE = {"float64": (RTOL, ATOL), "float32": (1e-4, 1e-5)}


@dataclass(frozen=True)
class Plan:
    """How a convolution is written; the defaults are right."""

    bias: bool = True
    flipped: bool = False
    axes: str = "right"
    padding: str = "right"
    stride: int = 1
    batch: int | None = None  # the only batch size that works
    overwrites: bool = False  # computes from an input that it has changed

    def departures(self) -> Iterator[Plan]:
        """Yield, one by one, the plans with just one of the mistakes of this one."""
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                yield Plan(**{field.name: value})


RIGHT = Plan()
SWAPPED = ("used", "stored")

# Every departure from the right plan: its id and what a report says of it.
MISTAKES: Mapping[Plan, tuple[str, str]] = {
    Plan(bias=False): ("bias_ignored", "leaves out the bias"),
    Plan(flipped=True): ("kernel_flipped", "flips the kernel (a true convolution)"),
    Plan(axes="stored"): ("weight_axes_swapped", "stores its weight as (in, out, k, k)"),
    Plan(axes="stored as is"): ("weight_axes_swapped", "makes its weight as (in, out, k, k)"),
    Plan(axes="used"): ("weight_axes_swapped", "swaps the first two axes of its weight"),
    Plan(padding="never"): ("padding_ignored", "never pads, whatever `padding` is"),
    Plan(padding="always same"): ("padding_ignored", "pads by kernel_size // 2 at all times"),
    Plan(padding="None is 0"): ("padding_default_zero", "takes padding=None for 0"),
    Plan(padding="0 is None"): ("padding_always_same", "takes padding=0 for None"),
    Plan(stride=2): ("stride_two", "moves by two pixels at a time (stride 2)"),
    Plan(batch=FIRST): ("fixed_batch", "works only for the batch size of its first call"),
    Plan(overwrites=True): ("input_overwritten", "computes from an input it has overwritten"),
}


def mistake(departure: Plan) -> tuple[str, str]:
    """Return the id of a plan with one mistake, and what a report says of it."""
    if departure.batch:
        return "fixed_batch", f"works only for batches of {departure.batch}"
    return MISTAKES[departure]


@dataclass(frozen=True)
class Answer:
    """What a plan answers to one call, and to the second call of the same object, if any."""

    output: Array
    again: Array | None


def answer(plan: Plan, asked: Request, reply: Reply | None = None) -> Answer | None:
    """Return what `plan` gives for one request; None where it raises, or gives anything.

    Args:
        plan: how the convolution is written.
        asked: a `conv2d` request with weights and an input.
        reply: the student's reply; a plan that overwrites computes from its "input_after".
    """
    sums = _sums(plan, asked, reply)
    if sums is None:
        return None
    again = None
    if "again" in asked.arrays and plan.batch != FIRST:
        image = _image(plan, asked, reply, "again")
        again = replace(sums, image=image.astype(np.float64)).output()
    dtype = asked.arrays["input"].dtype
    return Answer(sums.output().astype(dtype), None if again is None else again.astype(dtype))


def gradients(plan: Plan, asked: Request, reply: Reply | None = None) -> dict[str, Array] | None:
    """Return the gradients that `plan` gives by "input", "weight" and "bias", in their shapes.

    The weight's is flat, in the order of its numbers in the request. None as for `answer`.
    """
    sums = _sums(plan, asked, reply)
    if sums is None:
        return None
    found = sums.gradients(asked.arrays["cotangent"].astype(np.float64))
    found["weight"] = _stored(plan, found["weight"])
    if not plan.bias:
        found["bias"] = np.zeros_like(found["bias"])
    return {name: array.astype(asked.arrays["input"].dtype) for name, array in found.items()}


@dataclass(frozen=True)
class _Sums:
    """A cross-correlation, as the sums that define it: float64 NumPy arrays, not torch."""

    image: Array  # (N, in, H, W)
    weight: Array  # (out, in, k, k)
    bias: Array  # (out,)
    padding: int
    stride: int

    def _windows(self) -> Array:
        """Return what each output sees, (N, in, H', W', k, k)."""
        k, p, s = self.weight.shape[-1], self.padding, self.stride
        padded = np.pad(self.image, ((0, 0), (0, 0), (p, p), (p, p)))
        return sliding_window_view(padded, (k, k), axis=(2, 3))[:, :, ::s, ::s]

    def output(self) -> Array:
        """Return the output, (N, out, H', W')."""
        sums = np.einsum("nchwij,ocij->nohw", self._windows(), self.weight)
        return np.asarray(sums + self.bias[:, None, None])

    def gradients(self, cotangent: Array) -> dict[str, Array]:
        """Return the gradients of the sum of output times cotangent, repeated as need be."""
        windows = self._windows()
        n, _, height, width, k, _ = windows.shape
        shape = (n, len(self.weight), height, width)
        upstream = np.resize(cotangent.ravel(), shape)
        p, s = self.padding, self.stride
        padded = np.pad(np.zeros_like(self.image), ((0, 0), (0, 0), (p, p), (p, p)))
        for i, j in np.ndindex(k, k):
            seen = padded[:, :, i : i + s * height : s, j : j + s * width : s]
            seen += np.einsum("nohw,oc->nchw", upstream, self.weight[:, :, i, j])
        rows, columns = self.image.shape[2:]
        return {
            "input": padded[:, :, p : p + rows, p : p + columns],
            "weight": np.einsum("nohw,nchwij->ocij", upstream, windows),
            "bias": upstream.sum(axis=(0, 2, 3)),
        }


def _sums(plan: Plan, asked: Request, reply: Reply | None) -> _Sums | None:
    """Return the sums of a plan, or None where they cannot be made."""
    given, arguments = _image(plan, asked, reply, "input"), bound_arguments(asked)
    if plan.batch not in (None, FIRST, len(given)):
        return None
    weight = _weight(plan, asked.arrays["weight"], arguments)
    padding = _padding(plan, arguments["padding"], arguments["kernel_size"])
    if weight is None or min(given.shape[2:]) + 2 * padding < arguments["kernel_size"]:
        return None
    bias = asked.arrays["bias"] * plan.bias
    image, weight, bias = (array.astype(np.float64) for array in (given, weight, bias))
    return _Sums(image, weight, bias, padding, plan.stride)


def _image(plan: Plan, asked: Request, reply: Reply | None, name: str) -> Array:
    """Return what a plan computes from: the "input" or "again" that it is given, or made of it."""
    given = asked.arrays[name]
    after = reply.arrays.get(f"{name}_after") if plan.overwrites and reply is not None else None
    fits = after is not None and after.shape == given.shape and after.dtype == given.dtype
    return after if fits and after is not None else given


def _weight(plan: Plan, flat: Array, arguments: Mapping[str, Any]) -> Array | None:
    ins, outs, k = (arguments[n] for n in ("in_channels", "out_channels", "kernel_size"))
    if plan.axes in ("used", "stored as is") and ins != outs:
        return None
    weight = flat.reshape((ins, outs, k, k) if plan.axes == "stored" else (outs, ins, k, k))
    if plan.axes in SWAPPED:
        weight = weight.swapaxes(0, 1)
    return weight[:, :, ::-1, ::-1] if plan.flipped else weight


def _stored(plan: Plan, weight: Array) -> Array:
    """Undo `_weight`: return numbers in the order in which the plan stores them."""
    weight = weight[:, :, ::-1, ::-1] if plan.flipped else weight
    return (weight.swapaxes(0, 1) if plan.axes in SWAPPED else weight).ravel()


def _padding(plan: Plan, padding: int | None, kernel: int) -> int:
    same = kernel // 2
    return {
        "right": same if padding is None else padding,
        "never": 0,
        "always same": same,
        "None is 0": padding or 0,
        "0 is None": padding or same,
    }[plan.padding]


def gap(actual: Array | None, expected: Array) -> Difference | None:
    """Return how an array differs from the right one, as closely as its dtype allows."""
    rtol, atol = TOLERANCE.get(str(expected.dtype), (RTOL, ATOL))
    return difference(actual, expected, rtol=rtol, atol=atol)


def gives(plan: Plan, asked: Request, reply: Reply) -> bool:
    """Return whether a reply is what `plan` gives: where that is nothing, no right shape."""
    wanted, right = answer(plan, asked, reply), answer(RIGHT, asked)
    if right is None:
        return True
    output, again = reply.arrays.get("output"), reply.arrays.get("again")
    if wanted is None:
        return reply.outcome is not Outcome.OK or not _same_shape(output, right.output)
    if reply.outcome is not Outcome.OK or gap(output, wanted.output) is not None:
        return False
    if right.again is None:
        return True
    if wanted.again is None:
        return not _same_shape(again, right.again)
    return gap(again, wanted.again) is None


def _same_shape(actual: Array | None, right: Array) -> bool:
    return actual is not None and actual.shape == right.shape


def explain(exchanges: Sequence[Exchange]) -> Plan | None:
    """Return the plan whose answers are just those that came, with two mistakes at most."""
    wrong = [exchange for exchange in exchanges if not gives(RIGHT, *exchange)]
    if not wrong:
        return RIGHT
    ordered = [*wrong, *exchanges]  # what tells plans apart first
    batches = sorted({len(asked.arrays["input"]) for asked, _ in exchanges})
    return next((p for p in _plans(batches) if all(gives(p, *e) for e in ordered)), None)


def _plans(batches: Sequence[int]) -> Iterator[Plan]:
    """Yield every plan with one mistake, then every one with two."""
    single = [*MISTAKES, *(Plan(batch=size) for size in batches)]
    yield from single
    for one, other in itertools.combinations(single, 2):
        (both,) = other.departures()
        changed = {f.name: getattr(both, f.name) for f in fields(both)}
        changed = {k: v for k, v in changed.items() if v != getattr(RIGHT, k)}
        if all(getattr(one, name) == getattr(RIGHT, name) for name in changed):
            yield replace(one, **changed)
