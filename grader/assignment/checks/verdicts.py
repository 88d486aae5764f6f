"""How the answers about a network become findings; the same for the CNN and the UNet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from grader.assignment.checks.findings import finding, followed, repaired
from grader.assignment.checks.networks import HANDOUT, MODES
from grader.assignment.checks.structures import HARMLESS, RANDOM, not_registered
from grader.assignment.checks.traces import is_sound, traced
from grader.assignment.checks.views import View
from grader.assignment.networks import diagnosis
from grader.assignment.networks.diagnosis import Departure
from grader.basics.numbers import many
from grader.judging.unanswered import NOTHING, no_answer
from grader.model import Finding, Outcome

Array = np.ndarray[Any, Any]


def builds(view: View) -> Iterator[Finding]:
    """Yield a finding unless the network is a module and runs in both modes."""
    for mode in MODES:
        reply = view.peek(mode)
        if reply.values.get("is_module") is False:
            got = f"an object of the class {reply.values.get('type')}"
            yield Finding(view.name, "a subclass of nn.Module", got, "not_a_module")
            return
        if reply.outcome is not Outcome.OK:
            request = view.evidence.replies.requests.get(reply.id)
            told = no_answer(reply, request, view.evidence.submission.notebook)
            nothing = reply.error and reply.error.name == NOTHING
            yield replace(told, actual=reply.error.message) if nothing and reply.error else told
            return
        if not is_sound(reply):
            yield Finding(view.name, "an answer that can be read", "an answer of another form")
            return


def outputs(view: View) -> Iterator[Finding]:
    """Yield a finding if the output is not one tensor of scores, a colour and pixel each."""
    reply, want = view.reply("eval"), view.right_reply("eval").arrays["output"].shape
    what = f"the output of {view.name}({HANDOUT}) on {HANDOUT.height}×{HANDOUT.width} images"
    kind, output = reply.values.get("output_type"), reply.arrays.get("output")
    if kind is not None:
        yield Finding(what, f"one tensor of shape {want}", f"a {kind}", "returns_tuple")
    elif output is None or output.shape != want:
        got = "no tensor" if output is None else f"shape {output.shape}"
        cause = _shape_cause(view, () if output is None else output.shape, want)
        mistake, where = cause or (None, None)
        yield Finding(what, f"shape {want}", got, mistake, where)


FOR_EACH = {"batchnorm_missing", "relu_missing", "block_missing", "block_repeated"}
RESIZING = {
    "pool_missing", "upsample_missing", "average_pool", "strided_conv", "conv_transpose",
    "pixel_shuffle", "block_missing", "block_repeated", "pool_misplaced", "upsample_misplaced",
}  # fmt: skip


def _shape_cause(
    view: View, got: tuple[int, ...], want: tuple[int, ...]
) -> tuple[str, str | None] | None:
    n, c, h, w = want
    if got == (n, h, w):
        return "argmax_at_end", "the end"
    if got in ((n, h, w, c), (n, w, h, c)):
        return "channels_last", "the end"
    if len(got) != len(want) and np.prod(got) == np.prod(want):
        return "output_flattened", "the end"
    found = [d for d in view.departures if d.mistake in RESIZING or d.where == "the end"]
    return (found[0].mistake, found[0].where) if found else None


@followed
def blocks(view: View) -> Iterator[Finding]:
    """Yield the departures of the blocks from the diagram; harmless ones as notes.

    Where the values are right in both modes, no other departure can be true.
    """
    for departure in _together(view.departures):
        harmless = departure.mistake in HARMLESS
        if harmless or not view.is_beyond_doubt:
            yield finding(departure, view.name, note=harmless)


@followed
def skips(view: View) -> Iterator[Finding]:
    """Yield each join of a UNet that does not concatenate what the diagram says."""
    if not view.is_beyond_doubt:
        for departure in view.skip_departures:
            yield finding(departure, view.name)


@followed
def foreign(view: View) -> Iterator[Finding]:
    """Yield a finding for each convolution that is not a MyConv2d."""
    if view.network is None:
        seen = [entry for entry in traced(view.reply("train")) if entry.get("by")]
        if len(seen) < len(view.diagram().convs):
            wanted, got = f"{len(view.diagram().convs)} calls of MyConv2d", many(len(seen), "call")
            yield Finding(f"the convolutions of {view.name}", wanted, got, "nn_conv2d_used")
        return
    for departure in _together(diagnosis.foreign_convolutions(view.network)):
        yield finding(departure, view.name)


def _together(departures: Iterable[Departure]) -> Iterator[Departure]:
    """Yield what is the same in several places once, unless it is charged for each of them."""
    places: dict[Departure, list[str]] = {}
    for departure in departures:
        kept = departure.where if departure.mistake in FOR_EACH else ""
        places.setdefault(replace(departure, where=kept), []).append(departure.where)
    for departure, where in places.items():
        told = " and ".join(filter(None, [", ".join(where[:-1]), where[-1]]))
        yield replace(departure, where=told)


@followed
def registered(view: View) -> Iterator[Finding]:
    """Yield a finding if convolutions work with tensors that no optimizer would be given."""
    if view.unregistered:
        yield finding(not_registered(len(view.unregistered)), view.name)


def values(view: View) -> Iterator[Finding]:
    """Yield a finding for the first mode in which the output is not the right one."""
    if view.is_repaired:
        yield repaired(view)
    for mode in MODES:
        gap = view.gap(mode)
        if gap is None:
            continue
        what = f"{view.name}({HANDOUT}) in {mode} mode, weights given"
        if not view.is_followed:
            yield Finding(what, gap.expected, gap.actual, "not_followed")
        elif view.cause is None:
            yield Finding(what, gap.expected, gap.actual)
        else:
            why = f"{gap.actual}; {_explained(view, view.cause)}"
            yield Finding(what, gap.expected, why, view.cause.mistake, where=view.cause.where)
        return  # one example says it; another says no more


def _explained(view: View, cause: Departure) -> str:
    """Return what explains wrong values: all departures do so together."""
    found = list(_together(view.changing())) if cause in view.changing() else [cause]
    if len(found) == 1:
        return f"explained by {found[0].where}: {found[0].actual}"
    told = "; ".join(f"{d.where}: {d.actual}" for d in found[:MOST_TOLD])
    more = f"; and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
    return f"explained by these together: {told}{more}"


MOST_TOLD = 5  # departures in one line


@followed
def deterministic(view: View) -> Iterator[Finding]:
    """Yield a finding if the output in evaluation mode changes by itself, or with the batch."""
    what = f"{view.name} in eval mode, the same weights"
    lost = not_registered(len(view.unregistered)) if view.unregistered else None
    if view.is_random:
        named = [d for d in view.departures if d.mistake in RANDOM]
        cause = lost or next(iter(named), None)
        yield Finding(
            what,
            "the same output for the same images",
            "another output at the second pass",
            cause.mistake if cause else "noise_added",
            where=cause.where if cause else "the output",
        )
    elif view.is_batch_dependent:
        yield Finding(
            what,
            "the same output for an image alone and among others",
            "another output for the image alone",
            lost.mistake if lost else "cheats_eval",
            where=lost.where if lost else "the output for an image",
        )
