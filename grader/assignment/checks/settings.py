"""Does a network work with other constructor arguments and image sizes, and if not, why?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.assignment.checks.findings import not_followed
from grader.assignment.checks.networks import HANDOUT, SETTINGS, Setting
from grader.assignment.checks.traces import traced
from grader.assignment.checks.views import View
from grader.assignment.networks.joins import JOINS
from grader.assignment.networks.layers import block
from grader.basics.numbers import many
from grader.judging.unanswered import no_answer, raised
from grader.model import Finding, Outcome, Reply

LAST = 5  # the number of the last convolution
HALVINGS = 2  # of the diagram
BLAMED = {
    "in_channels": "in_channels_hardcoded",
    "filters": "filters_hardcoded",
    "colours": "colours_hardcoded",
    "kernel_5": "padding_hardcoded",
    "kernel_1": "padding_hardcoded",
    "size_8x20": "size_fixed_32",
    "size_16x12": "size_fixed_32",
}


@dataclass(frozen=True)
class _Problem:
    expected: str
    actual: str
    mistake: str | None
    where: str | None = None


def settings(view: View) -> Iterator[Finding]:
    """Yield a finding for each setting at which the network fails, with what is to blame."""
    if not view.is_followed:
        yield not_followed(view)
        return
    for key, setting in SETTINGS.items():
        for problem in _problems(view, key, setting):
            what = f"{view.name}({setting}) on an image of {setting.height}×{setting.width} pixels"
            yield Finding(what, problem.expected, problem.actual, problem.mistake, problem.where)


def _problems(view: View, key: str, setting: Setting) -> Iterator[_Problem]:
    id_ = f"setting.{key}"
    reply = view.peek(id_)
    want = view.right_reply(id_).arrays["output"].shape
    if reply.outcome is not Outcome.OK:
        expected = f"an output of shape {want}"
        if reply.outcome is Outcome.RAISED and reply.error is not None:
            told = raised(reply.error, view.name, view.evidence.submission.notebook)
            yield from _failed(view, key, setting, reply, expected, told)
        else:
            yield _Problem(expected, no_answer(reply, None).actual, None)
        return
    output = reply.arrays.get("output")
    if output is None or output.shape != want:
        got = f"shape {output.shape}" if output is not None else "no tensor"
        yield from _failed(view, key, setting, reply, f"shape {want}", got)
        return
    found = _written_number(view, key, setting) or _other_values(view, id_)
    if found:
        yield found


def _failed(
    view: View, key: str, setting: Setting, reply: Reply, expected: str, actual: str
) -> Iterator[_Problem]:
    """Yield each layer with a written number, with what came of it; or else what is to blame."""
    layers = list(_written_channels(view, key, setting, reply))
    blamed = _blame(view, key, setting, reply, expected, actual)
    if not layers or blamed.mistake not in (BLAMED[key], "input_skip_one_channel"):
        yield blamed
    for layer, wanted, got in layers:
        last = layer == LAST and view.part == "unet" and key == "in_channels"
        mistake = "input_skip_one_channel" if last else BLAMED[key]
        due, built = (f"a convolution for {_channels(n)}" for n in (wanted, got))
        yield _Problem(due, f"{built}, whatever the argument is: {actual}", mistake, block(layer))


def _written_channels(
    view: View, key: str, setting: Setting, reply: Reply
) -> Iterator[tuple[int, int, int]]:
    """Yield (number, wanted, built) for each convolution that should take in other channels.

    A network that raises shows its first such layer only; the shapes of its parameters show all.
    """
    if key != "in_channels":
        return
    told = reply.values.get("parameters")
    rows = told if isinstance(told, list) else []
    shapes = {str(row[0]): row[1] for row in rows if _is_named_shape(row)}
    slots = view.reply("eval").values["slots"]
    usual, drawn = view.diagram().convs, view.diagram(setting).convs
    for number in range(len(usual)):
        about = slots.get(f"conv.{number}.weight", {"name": "", "shape": ()})
        built, before = shapes.get(about["name"], ()), about["shape"]
        if len(built) != len(before) or len(built) != 4:
            continue
        unchanged = built[1] == before[1] == usual[number].in_channels
        if unchanged and drawn[number].in_channels != built[1]:
            yield number, drawn[number].in_channels, built[1]


def _is_named_shape(row: Any) -> bool:
    return isinstance(row, list) and len(row) > 1 and isinstance(row[1], list)


def _blame(
    view: View, key: str, setting: Setting, reply: Reply, expected: str, actual: str
) -> _Problem:
    mistake, where = BLAMED[key], None
    if key.startswith("size") and (halved := _halvings(view)) > HALVINGS:
        sides = f"each side is halved {halved} times, so only sides that {2**halved} divides work"
        return _Problem(expected, f"{actual}; {sides}", mistake)
    if key == "in_channels":
        added = [d for d in view.skip_departures if d.where == JOINS[LAST]]
        if added:  # for one channel a sum is broadcast to every colour
            return _Problem(expected, actual, added[0].mistake, added[0].where)
        if view.part == "unet" and _convolutions(reply) >= LAST:
            mistake, where = "input_skip_one_channel", JOINS[LAST]
    if key.startswith("kernel") and _has_other_kernel(reply, setting.kernel):
        mistake = "kernel_hardcoded"
    return _Problem(expected, actual, mistake, where)


def _halvings(view: View) -> int:
    """Return how often the images are halved on their way, at the handout's size."""
    heights = [entry["shape"][2] for entry in traced(view.reply("eval")) if _is_image(entry)]
    smallest = min((height for height in heights if height > 0), default=HANDOUT.height)
    return max(0, (HANDOUT.height // smallest).bit_length() - 1)


def _is_image(entry: Mapping[str, Any]) -> bool:
    return entry["op"] in ("max_pool2d", "avg_pool2d", "conv2d") and len(entry["shape"]) > 3


def _convolutions(reply: Reply) -> int:
    """Return how many convolutions were run before it ended."""
    return sum(entry.get("op") in ("conv2d", "conv_transpose2d") for entry in traced(reply))


def _has_other_kernel(reply: Reply, kernel: int) -> bool:
    parameters = reply.values.get("parameters")
    for row in parameters if isinstance(parameters, list) else ():
        match row:
            case [_, [_, _, int(height), _]] if height != kernel:
                return True
    return False


def _written_number(view: View, key: str, setting: Setting) -> _Problem | None:
    """Return what does not follow the arguments although the output has the right shape."""
    known = {(d.mistake, d.where) for d in view.departures}
    for departure in view.block_departures(f"setting.{key}", setting):
        if (departure.mistake, departure.where) in known:
            continue
        if departure.mistake in ("width_wrong", "kernel_hardcoded"):
            kernel = departure.mistake == "kernel_hardcoded"
            mistake = departure.mistake if kernel else BLAMED[key]
            return _Problem(departure.expected, departure.actual, mistake, departure.where)
    return _missing_channels(view, setting) if key == "in_channels" else None


def _missing_channels(view: View, setting: Setting) -> _Problem | None:
    """Return a convolution that does not take in every channel of the input."""
    network, usual = view.network_at("setting.in_channels"), view.network_at("eval")
    if network is None or usual is None:
        return None
    if not len(network.convs) == len(usual.convs) == LAST + 1:
        return None
    for number, mistake in ((0, "in_channels_hardcoded"), (LAST, "input_skip_one_channel")):
        wanted = view.diagram(setting).convs[number].in_channels
        got = network.convs[number].in_channels
        as_usual = (
            usual.convs[number].in_channels == view.diagram(HANDOUT).convs[number].in_channels
        )
        if got not in (0, wanted) and as_usual:
            where = block(number)
            return _Problem(_channels(wanted), _channels(got), mistake, where)
    return None


def _channels(count: int) -> str:
    return many(count, "input channel")


def _other_values(view: View, id_: str) -> _Problem | None:
    """Return how the values differ although they are right at the handout's setting."""
    gap = view.gap(id_) if view.is_right else None
    return _Problem(gap.expected, gap.actual, None) if gap else None
