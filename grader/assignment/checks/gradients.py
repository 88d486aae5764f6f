"""How the gradients of a network become findings."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grader.assignment.checks.findings import finding, followed
from grader.assignment.checks.structures import not_registered
from grader.assignment.checks.views import View
from grader.assignment.networks import joins
from grader.assignment.networks.diagnosis import Departure
from grader.judging.compare import difference, number
from grader.model import Finding

Array = np.ndarray[Any, Any]
# In half precision a gradient is compared as a whole: which pixel is the largest in its window, and
# which is above 0, is often rounding. Of its norm it may be off by this much (right networks were
# by a tenth and a quarter; one whose skip is cut, by more than half) ...
OFF = {"float16": 0.25, "bfloat16": 0.45}
# ... and by this much of the norm of the layer's weight gradient, where sums cancel: the gradient
# of a bias before BatchNorm is 0 but for rounding.
ROUNDING = {"float16": 2e-3, "bfloat16": 1.6e-2}


@followed
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
        yield from wrong


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
        elif not _same_gradient(view, slot, mine, right):
            gap = difference(mine, want, rtol=1e-5, atol=1e-7)
            if gap is not None:
                found.append(Finding(what, gap.expected, gap.actual))
    return [f for f in found if f.mistake] or found  # what is cut off explains the others


def _same_gradient(view: View, slot: str, mine: Array, right: Mapping[str, Array]) -> bool:
    want = right[slot]
    if mine.size == want.size:  # a bias may be of shape (1, C, 1, 1)
        mine = mine.reshape(want.shape)
    dtype = view.dtype("train")
    if dtype in OFF and mine.shape == want.shape:
        weight = right.get(f"{slot.rpartition('.')[0]}.weight", want)
        allowed = OFF[dtype] * np.linalg.norm(want) + ROUNDING[dtype] * np.linalg.norm(weight)
        return bool(np.linalg.norm(mine - want) <= allowed)
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
                slot in got and _same_gradient(view, slot, got[slot], twin_.gradients)
                for slot in twin_.gradients
            ):
                return [_detached(edges[edge]) for edge in chosen]
    return []


def _detached(join: int) -> Departure:
    skip = joins.SKIPS[join].replace("block", "block ")
    wanted = f"a gradient that also flows through the skip from {skip}"
    return Departure("skip_detached", joins.JOINS[join], wanted, "none: the skip is cut off")
