"""What Part A's CNN and Part B's UNet are asked alike, and how their answers are judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader import architecture, diagnosis, requests, twin
from grader.compare import Difference, difference, equal, number
from grader.diagnosis import Departure
from grader.draws import Draw
from grader.model import Evidence, Finding, NoAnswer, Outcome, Replies, Reply, Request

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Setting:
    """One call of a network's constructor, and the image size it is tried on."""

    kernel: int
    num_filters: int
    num_colours: int
    num_in_channels: int
    height: int
    width: int

    @property
    def args(self) -> tuple[int, int, int, int]:
        """Return the constructor's arguments."""
        return self.kernel, self.num_filters, self.num_colours, self.num_in_channels

    def __str__(self) -> str:
        """Return the arguments by name."""
        names = ("kernel", "num_filters", "num_colours", "num_in_channels")
        return ", ".join(f"{n}={v}" for n, v in zip(names, self.args, strict=True))


# The handout's run first; the others differ from it in one or two arguments, so that a number
# written into the code shows, and the one that is to blame can be told.
HANDOUT = Setting(3, 32, 24, 1, 16, 12)
SETTINGS = (
    Setting(3, 32, 24, 1, 32, 32),
    Setting(3, 32, 24, 3, 16, 16),
    Setting(3, 8, 24, 1, 8, 20),
    Setting(5, 16, 10, 1, 12, 16),
    Setting(1, 16, 24, 1, 20, 8),
)
SIZES = ((16, 12), (8, 20))
MODES = ("train", "eval")
BATCH = 3
HARMLESS = {"upsample_after_relu", "upsample_after_batchnorm"}  # the same function all the same


def network_requests(name: str, draw: Draw) -> Iterator[Request]:
    """Yield the requests about `name`, "CNN" or "UNet"."""
    part = name.lower()
    for i, setting in enumerate(SETTINGS):
        yield _request(f"{part}.setting.{i}", name, setting, "eval", draw, batch=2)
    for mode in MODES:
        for i, (height, width) in enumerate(SIZES):
            setting = Setting(*HANDOUT.args, height, width)
            yield _request(f"{part}.{mode}.{i}", name, setting, mode, draw, batch=BATCH)


def _request(
    id: str,  # noqa: A002
    name: str,
    setting: Setting,
    mode: str,
    draw: Draw,
    batch: int,
) -> Request:
    size = (setting.height, setting.width)
    arrays = {
        "input": draw.uniform(f"{id}.input", (batch, setting.num_in_channels, *size)),
        "cotangent": draw.uniform(f"{id}.cotangent", (batch, setting.num_colours, *size)),
        **draw.pools(f"{name}.pools"),
    }
    return requests.network(id, name, setting.args, arrays, mode=mode, dtype="float64", seed=1)


def setting_ids(part: str) -> list[str]:
    """Return the ids of the requests with the handout's and other settings."""
    return [f"{part}.setting.{i}" for i in range(len(SETTINGS))]


def value_ids(part: str) -> list[str]:
    """Return the ids of the requests whose values are compared."""
    return [f"{part}.{mode}.{i}" for mode in MODES for i in range(len(SIZES))]


def reading(evidence: Evidence, part: str) -> architecture.Architecture | None:
    """Return the student's network as it ran at the handout's setting, if it can be read."""
    try:
        return architecture.read(evidence[f"{part}.train.0"].values["trace"])
    except (NoAnswer, KeyError, architecture.Unreadable):
        return None


def diagram(part: str) -> architecture.Architecture:
    """Return the assignment's diagram at the handout's setting."""
    name = {"cnn": "CNN", "unet": "UNet"}[part]
    return architecture.diagram(name, HANDOUT.num_filters, HANDOUT.num_colours)


def finding(departure: Departure, what: str, *, note: bool = False) -> Finding:
    """Return a departure from the diagram as a finding."""
    return Finding(
        what=f"{departure.where} of {what}",
        expected=departure.expected,
        actual=departure.actual,
        mistake=departure.mistake,
        where=departure.where,
        note=note,
    )


def outputs(evidence: Evidence, reference: Replies, part: str, name: str) -> Iterator[Finding]:
    """Yield a finding for each setting at which the network does not give the right shape."""
    reply = evidence[f"{part}.setting.0"]
    if not reply.values.get("is_module"):
        yield Finding(
            f"{name}", "a subclass of nn.Module", f"{reply.values.get('type')}", "not_a_module"
        )
        return
    want = reference[f"{part}.setting.0"].arrays["output"].shape
    yield from _shape(reply, want, f"the output of {name}({SETTINGS[0]})")


def _shape(reply: Reply, want: tuple[int, ...], what: str) -> Iterator[Finding]:
    output = reply.arrays.get("output")
    if output is None:
        kind = reply.values.get("output_type")
        yield Finding(what, f"one tensor of shape {want}", f"a {kind}", "returns_tuple")
    elif output.shape != want:
        yield Finding(
            what, f"shape {want}", f"shape {output.shape}", _shape_mistake(output.shape, want)
        )


def _shape_mistake(got: tuple[int, ...], want: tuple[int, ...]) -> str | None:
    n, c, h, w = want
    if got == (n, h, w, c):
        return "channels_last"
    if len(got) < len(want):
        return "argmax_at_end" if got == (n, h, w) else "output_flattened"
    return None


BLAMED = {1: "in_channels_hardcoded", 2: "filters_hardcoded", 3: "", 4: "kernel_hardcoded"}


def settings(evidence: Evidence, reference: Replies, part: str, name: str) -> Iterator[Finding]:
    """Yield a finding for each other setting at which the network fails."""
    for i, setting in enumerate(SETTINGS[1:], start=1):
        id_ = f"{part}.setting.{i}"
        reply = evidence.replies.peek(id_)
        what = f"{name}({setting}) on a {setting.height}×{setting.width} image"
        want = reference[id_].arrays["output"].shape
        if reply.outcome is not Outcome.OK:
            yield Finding(what, f"an output of shape {want}", _failure(reply))
        else:
            yield from _shape(reply, want, what)


def _failure(reply: Reply) -> str:
    return f"it raises {reply.error}" if reply.error else f"it {reply.outcome.value}"


def twin_of(evidence: Evidence, id: str) -> twin.Twin | None:  # noqa: A002
    """Return the student's traced network as our own torch computes it, if it can."""
    reply = evidence[id]
    try:
        return twin.run(
            reply.values["trace"], reply.values["slots"], evidence.replies.requests[id].arrays
        )
    except (twin.NoTwin, KeyError, TypeError):
        return None


def values(evidence: Evidence, reference: Replies, part: str, name: str) -> Iterator[Finding]:
    """Yield a finding for the first input on which the output departs from the right one.

    Right is the reference's output, or that of a network whose trace is the diagram's (the order
    within a concatenation is free), computed here.
    """
    actual, wanted = reading(evidence, part), diagram(part)
    for id_ in value_ids(part):
        output, right = evidence[id_].arrays.get("output"), reference[id_].arrays["output"]
        gap = difference(output, right)
        if gap is None:
            continue
        proved = actual is not None and _proved(evidence, id_)
        if proved and actual is not None and same_function(actual, wanted):
            continue
        cause = explanation(evidence, part) if proved else None
        yield _values_finding(gap, id_, name, cause)
        return  # one example says it; more of them say no more


def _proved(evidence: Evidence, id: str) -> bool:  # noqa: A002
    """Return whether the operations that were seen give just the output that came."""
    twin_ = twin_of(evidence, id)
    return twin_ is not None and equal(evidence[id].arrays.get("output"), twin_.output)


def same_function(actual: architecture.Architecture, wanted: architecture.Architecture) -> bool:
    """Return whether two architectures are equal up to the order in each concatenation."""
    if len(actual.convs) != len(wanted.convs) or actual.output != wanted.output:
        return False
    pairs = zip(actual.convs, wanted.convs, strict=True)
    return all(
        mine.width == theirs.width and mine.stride == 1 and _same_join(mine.join, theirs.join)
        for mine, theirs in pairs
    ) and len({conv.slot for conv in actual.convs}) == len(actual.convs)


def _same_join(mine: architecture.Join, theirs: architecture.Join) -> bool:
    if mine.kind != theirs.kind or mine.after != theirs.after:
        return False
    return sorted(mine.feeds, key=str) == sorted(theirs.feeds, key=str)


def _values_finding(
    gap: Difference,
    id: str,  # noqa: A002
    name: str,
    cause: Departure | None,
) -> Finding:
    _, mode, i = id.split(".")
    height, width = SIZES[int(i)]
    what = f"{name}({HANDOUT}) in {mode} mode on {height}×{width} images, weights given"
    if cause is None:
        return Finding(what, gap.expected, gap.actual)
    actual = f"{gap.actual}; explained by {cause.where}: {cause.actual}"
    return Finding(what, gap.expected, actual, cause.mistake, cause.where)


def explanation(evidence: Evidence, part: str) -> Departure | None:
    """Return the first departure from the diagram that changes what the network computes."""
    actual, wanted = reading(evidence, part), diagram(part)
    if actual is None:
        return None
    found = [*diagnosis.departures(actual, wanted), *_skips(actual, wanted, part)]
    return next((d for d in found if d.mistake not in HARMLESS), None)


def _skips(
    actual: architecture.Architecture, wanted: architecture.Architecture, part: str
) -> Iterator[Departure]:
    if part == "unet":
        yield from diagnosis.skip_departures(actual, wanted)


def gradients(evidence: Evidence, reference: Replies, part: str, name: str) -> Iterator[Finding]:
    """Yield a finding for each parameter whose gradient is missing or wrong.

    Right is the gradient of the operations that were seen, computed here: a network that departs
    from the diagram is not blamed twice.
    """
    id_ = f"{part}.train.0"
    reply = evidence[id_]
    twin_ = twin_of(evidence, id_)
    if twin_ is None or difference(reply.arrays.get("output"), twin_.output) is not None:
        right = {k[5:]: v for k, v in reference[id_].arrays.items() if k.startswith("grad.")}
    else:
        right = dict(twin_.gradients)
    slots = reply.values.get("slots", {})
    for slot, want in sorted(right.items()):
        got = reply.arrays.get(f"grad.{slot}")
        gap = difference(got, want, rtol=1e-5, atol=1e-7)
        if gap is not None:
            own = slots.get(slot, {}).get("name") or slot
            what = (
                f"the gradient of {name}'s {own}"
                if slot != "input"
                else "the gradient by the input"
            )
            lost = got is None or not np.any(got)
            shown = "none: it is cut off" if lost else gap.actual
            yield Finding(
                what, f"norm {number(float(np.linalg.norm(want)))}" if lost else gap.expected, shown
            )


def unregistered(evidence: Evidence, part: str, name: str) -> Iterator[Finding]:
    """Yield a finding if convolutions work with tensors that no optimizer would be given."""
    reply = evidence[f"{part}.train.0"]
    lost = [
        slot
        for slot, about in reply.values.get("slots", {}).items()
        if not about.get("name") and "running" not in slot
    ]
    lost += [s for s in reply.values.get("unstable", []) if s not in lost]
    if lost:
        yield Finding(
            f"the parameters of {name}",
            "every layer an attribute of the module (or in an nn.ModuleList)",
            f"{len(lost)} tensors that `parameters()` does not list",
            "layers_not_registered",
        )


def blocks(evidence: Evidence, part: str, name: str) -> Iterator[Finding]:
    """Yield the departures of the blocks from the diagram."""
    actual = reading(evidence, part)
    if actual is None:
        yield Finding(
            f"the operations of {name}",
            "six convolutions with the diagram's layers between them",
            "operations that cannot be followed; the values decide",
            note=True,
        )
        return
    for departure in diagnosis.departures(actual, diagram(part)):
        yield finding(departure, name, note=departure.mistake in HARMLESS)


def foreign(evidence: Evidence, part: str, name: str) -> Iterator[Finding]:
    """Yield a finding for each convolution that is not a MyConv2d."""
    actual = reading(evidence, part)
    for departure in diagnosis.foreign_convolutions(actual) if actual is not None else ():
        yield finding(departure, name)
