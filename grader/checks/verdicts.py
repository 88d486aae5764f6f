"""How the answers about a network become findings; the same for the CNN and the UNet."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from grader import catalog
from grader.checks.networks import HANDOUT, MODES
from grader.checks.structures import HARMLESS, RANDOM, not_registered
from grader.checks.traces import is_sound, traced
from grader.checks.views import View
from grader.compare import difference, number
from grader.model import Finding, Outcome
from grader.networks import diagnosis, joins
from grader.networks.diagnosis import Departure

Array = np.ndarray[Any, Any]


def finding(departure: Departure, what: str, *, note: bool = False) -> Finding:
    """Return a departure from the diagram as a finding about `what`."""
    return Finding(
        what=f"{departure.where} of {what}",
        expected=departure.expected,
        actual=departure.actual,
        mistake=departure.mistake,
        where=departure.where,
        note=note,
    )


def builds(view: View) -> Iterator[Finding]:
    """Yield a finding unless the network is a module and runs in both modes."""
    for mode in MODES:
        reply = view.evidence.replies.peek(f"{view.part}.{mode}")
        if reply.values.get("is_module") is False:
            got = f"an object of the class {reply.values.get('type')}"
            yield Finding(view.name, "a subclass of nn.Module", got, "not_a_module")
            return
        if reply.outcome is not Outcome.OK:
            request = view.evidence.replies.requests.get(reply.id)
            yield catalog.no_answer(reply, request)
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


def not_followed(view: View) -> Finding:
    """Return what is said in place of every other verdict on a network that is not followed."""
    return Finding(
        f"the values of {view.name}",
        "those of the diagram, or of the operations that were seen",
        "neither, so nothing that it does can be told for certain",
        "not_followed",
    )


def _followed(verdict: Callable[[View], Iterator[Finding]]) -> Callable[[View], Iterator[Finding]]:
    """Make a verdict on what a network does one that is only passed where it can be followed."""

    @functools.wraps(verdict)
    def judged(view: View) -> Iterator[Finding]:
        if view.is_followed:
            yield from verdict(view)
        else:
            yield not_followed(view)

    return judged


@_followed
def blocks(view: View) -> Iterator[Finding]:
    """Yield the departures of the blocks from the diagram; harmless ones as notes.

    Where the values are right in both modes, no other departure can be true.
    """
    for departure in _together(view.departures):
        harmless = departure.mistake in HARMLESS
        if harmless or not view.is_right:
            yield finding(departure, view.name, note=harmless)


@_followed
def skips(view: View) -> Iterator[Finding]:
    """Yield each join of a UNet that does not concatenate what the diagram says."""
    if not view.is_right:
        for departure in view.skip_departures:
            yield finding(departure, view.name)


@_followed
def foreign(view: View) -> Iterator[Finding]:
    """Yield a finding for each convolution that is not a MyConv2d."""
    if view.network is None:
        seen = [entry for entry in traced(view.reply("train")) if entry.get("by")]
        if len(seen) < len(view.diagram().convs):
            wanted, got = f"{len(view.diagram().convs)} calls of MyConv2d", f"{len(seen)} calls"
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


@_followed
def registered(view: View) -> Iterator[Finding]:
    """Yield a finding if convolutions work with tensors that no optimizer would be given."""
    if view.unregistered:
        yield finding(not_registered(len(view.unregistered)), view.name)


def values(view: View) -> Iterator[Finding]:
    """Yield a finding for the first mode in which the output is not the right one."""
    for mode in MODES:
        gap = view.gap(mode)
        if gap is None:
            continue
        what = f"{view.name}({HANDOUT}) in {mode} mode, weights given"
        if not view.is_followed:
            yield Finding(what, gap.expected, gap.actual, "not_followed")
        elif view.cause is None and view.is_excused:
            yield _excused(Finding(what, gap.expected, gap.actual))
        elif view.cause is None:
            yield Finding(what, gap.expected, gap.actual)
        else:
            why = f"{gap.actual}; explained by {view.cause.where}: {view.cause.actual}"
            yield Finding(what, gap.expected, why, view.cause.mistake, where=view.cause.where)
        return  # one example says it; another says no more


@_followed
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


@_followed
def gradients(view: View) -> Iterator[Finding]:
    """Yield a finding for each parameter whose gradient is missing or wrong.

    Right is the gradient of the operations that were seen, computed here: a network that departs
    from the diagram is not blamed twice.
    """
    reply, right = view.reply("train"), view.right_gradients()
    got = {name[5:]: a for name, a in reply.arrays.items() if name.startswith("grad.")}
    names = {slot: about["name"] or slot for slot, about in reply.values["slots"].items()}
    wrong = _wrong_gradients(view, got, right, names)
    if wrong and view.unregistered:
        yield finding(not_registered(len(view.unregistered)), view.name)
        return
    cut = _cut_skips(view, got) if wrong and view.part == "unet" else []
    for departure in cut:
        yield finding(departure, view.name)
    if not cut:
        excused = bool(wrong) and view.is_excused
        yield from (_excused(f) if excused else f for f in wrong)


def _excused(found: Finding) -> Finding:
    """Return what MyConv2d explains as a note: it is charged where MyConv2d is judged."""
    actual = f"{found.actual}; MyConv2d explains it"
    return replace(found, actual=actual, mistake=None, where=None, note=True)


def _wrong_gradients(
    view: View,
    got: Mapping[str, Array],
    right: Mapping[str, Array],
    names: Mapping[str, str],
) -> list[Finding]:
    found = []
    for slot, want in sorted(right.items()):
        mine, what = got.get(slot), f"the gradient of {view.name}'s {names.get(slot, slot)}"
        if mine is None or (want.any() and not mine.any()):
            norm = f" of norm {number(float(np.linalg.norm(want)))}"
            got_none = "none: it is cut off"
            found.append(Finding(what, f"a gradient{norm}", got_none, "gradient_cut", "gradients"))
        elif not _same_gradient(view, mine, want):
            gap = difference(mine, want, rtol=1e-5, atol=1e-7)
            if gap is not None:
                found.append(Finding(what, gap.expected, gap.actual))
    return [f for f in found if f.mistake] or found  # what is cut off explains the others


def _same_gradient(view: View, mine: Array, want: Array) -> bool:
    rtol, atol = view.tolerance("train", want)
    return difference(mine, want, rtol=10 * rtol, atol=10 * atol) is None


MOST_CUT = 4  # skips of which each subset may be the one that is cut; the diagram has three


def _cut_skips(view: View, got: Mapping[str, Array]) -> list[Departure]:
    """Return the skips through which no gradient flows, if that explains every gradient."""
    if view.network is None or len(view.network.convs) != len(view.diagram().convs):
        return []
    edges = {}
    for join in joins.SKIPS:
        for feed in view.network.convs[join].join.feeds:
            if feed.edge and isinstance(feed.origin, int) and feed.origin != join - 1:
                edges[feed.edge] = join
    if len(edges) > MOST_CUT:  # no skips of a UNet: the gradients themselves are told
        return []
    for count in range(1, len(edges) + 1):
        for chosen in itertools.combinations(edges, count):
            twin_ = view.twin_of("train", chosen)
            if twin_ and all(
                slot in got and _same_gradient(view, got[slot], want)
                for slot, want in twin_.gradients.items()
            ):
                return [_detached(edges[edge]) for edge in chosen]
    return []


def _detached(join: int) -> Departure:
    skip = joins.SKIPS[join].replace("block", "block ")
    wanted = f"a gradient that also flows through the skip from {skip}"
    return Departure("skip_detached", joins.JOINS[join], wanted, "none: the skip is cut off")
