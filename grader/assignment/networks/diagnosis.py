"""Names what a student did: an architecture as it ran against the assignment's diagram.

The reading is proved by values elsewhere (`twin.py`): here structure is compared, and each
departure gets the id under which docs/checks.md and rubric.toml know it. `joins.py` does the same
for the skip connections.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from grader.assignment.networks.alignment import MOST, Aligned, align
from grader.assignment.networks.architecture import BLOCKS, Architecture, Conv, Join
from grader.assignment.networks.graph import ACTIVATIONS, POOLINGS
from grader.assignment.networks.layers import block, layer, words
from grader.basics.numbers import many

AT_END = {
    "relu": "relu_at_end", "softmax": "softmax_at_end", "log_softmax": "log_softmax_at_end",
    "bn": "batchnorm_at_end", "argmax": "argmax_at_end", "noise": "noise_added",
    "dropout": "dropout_added", "permute": "channels_last", "transpose": "channels_last",
    "movedim": "channels_last", "view": "output_flattened", "reshape": "output_flattened",
    "flatten": "output_flattened", "squeeze": "output_flattened", "mean": "output_reduced",
    "sum": "output_reduced", "amax": "output_reduced", "max": "output_reduced",
}  # fmt: skip
UPSAMPLINGS = {"conv_transpose2d": "conv_transpose", "pixel_shuffle": "pixel_shuffle"}
NORMS = {"instance_norm", "layer_norm", "group_norm", "local_response_norm"}
EXTRA = {
    "dropout": "dropout_added", "noise": "noise_added",
    "pool": "pool_misplaced", "up": "upsample_misplaced",
}  # fmt: skip
RESIZERS = ("pool", "upsample")


@dataclass(frozen=True)
class Departure:
    """One way in which a network departs from the diagram."""

    mistake: str
    where: str
    expected: str
    actual: str


def departures(actual: Architecture, expected: Architecture) -> Iterator[Departure]:
    """Yield every departure of the blocks of `actual` from `expected`, first block first.

    The joins of a network with skip connections are left to `grader.assignment.networks.joins`.
    """
    yield from _settled(list(_departures(actual, expected)))


def _settled(found: list[Departure]) -> Iterator[Departure]:
    """Yield departures, a layer too many here and missing there as one that is misplaced."""
    there = {departure.mistake for departure in found}
    for departure in found:
        resizer, _, fault = departure.mistake.partition("_")
        if resizer not in RESIZERS or not {f"{resizer}_misplaced"} & there:
            yield departure
        elif f"{resizer}_missing" not in there and fault == "misplaced":
            yield replace(departure, mistake="extra_operation")
        elif fault == "missing":
            yield replace(departure, mistake=f"{resizer}_misplaced")
        else:
            yield departure


def _departures(actual: Architecture, expected: Architecture) -> Iterator[Departure]:
    aligned = align(actual, expected)
    if aligned is None:
        due, got = (many(len(network.convs), "convolution") for network in (expected, actual))
        if len(actual.convs) > MOST:
            yield Departure("block_repeated", "the blocks", due, got)
            return
        for number in range(len(expected.convs), len(actual.convs)):
            yield Departure("block_repeated", f"convolution {number + 1}", due, got)
        return
    yield from _counts(actual, expected, aligned)
    yield from _early(aligned, expected)
    network = aligned.network
    tied = _reused((n, conv.slot) for n, conv in enumerate(network.convs))
    yield from _shared("convolution", tied)
    yield from _shared("BatchNorm", _reused((norm.number, norm.slot) for norm in network.norms))
    yield from _before(network.convs[0].join)
    for number, (mine, theirs) in enumerate(zip(network.convs, expected.convs, strict=True)):
        ops, wanted = network.block_ops(number), expected.block_ops(number)
        if number not in tied and "pixel_shuffle" not in ops:
            yield from _width(number, mine, theirs)
        yield from _kernel(number, mine, theirs)
        yield from _conv(number, mine)
        if number < len(expected.convs) - 1:
            yield from _ops(number, ops, wanted, mine)
        yield from _joined(number, mine.join, theirs.join)
    yield from _end(network.output)


def foreign_convolutions(actual: Architecture) -> Iterator[Departure]:
    """Yield each convolution that is not a MyConv2d."""
    for number, conv in enumerate(actual.convs):
        if not conv.by:
            yield Departure("nn_conv2d_used", place(actual, number), "MyConv2d", own_name(conv))


def own_name(conv: Conv) -> str:
    """Return what a convolution is called where a student reads of it."""
    return "ConvTranspose2d" if conv.by == "transposed" else "MyConv2d" if conv.by else "Conv2d"


def place(network: Architecture, number: int) -> str:
    """Return the name of a convolution's block, where it has as many as the diagram."""
    return block(number) if len(network.convs) == BLOCKS else f"convolution {number + 1}"


def _early(aligned: Aligned, expected: Architecture) -> Iterator[Departure]:
    """Yield each block that resizes before its convolution."""
    for number, op in aligned.early:
        ops = aligned.network.block_ops(number)
        late = tuple(other for other in ops if other != op)
        mistake = "pool_before_conv" if op == "pool" else "upsample_before_conv"
        drawn = words(expected.block_ops(number))
        yield Departure(mistake, block(number), drawn, f"{layer(op)}, {words(late)}")


def _counts(actual: Architecture, expected: Architecture, aligned: Aligned) -> Iterator[Departure]:
    there = f"{len(actual.convs)} in all, where the diagram has {len(expected.convs)}"
    for number in aligned.missing:
        drawn = words(expected.block_ops(number))
        got = f"no such block: convolutions are {there}"
        yield Departure("block_missing", block(number), drawn, got)
    for number in dict.fromkeys(aligned.extra):
        where = f"behind {block(number)}" if number >= 0 else "before block 1"
        got = f"one more: convolutions are {there}"
        yield Departure("block_repeated", where, "no further convolution", got)


def _reused(numbered: Iterable[tuple[int, str]]) -> dict[int, int]:
    """Return the blocks whose slot served an earlier block, and which one that was."""
    first: dict[str, int] = {}
    found: dict[int, int] = {}
    for number, slot in numbered:
        if slot in first:
            found[number] = first[slot]
        elif slot:
            first[slot] = number
    return found


def _shared(layer: str, reused: Mapping[int, int]) -> Iterator[Departure]:
    for second, first in reused.items():
        yield Departure(
            "weights_shared",
            f"{block(first)} and {block(second)}",
            f"a {layer} of its own for each block",
            f"one {layer} serves both",
        )


def _before(join: Join) -> Iterator[Departure]:
    """Yield what happens to the input before the first convolution."""
    for op in dict.fromkeys(join.feeds[0].ops + join.after):
        mistake = EXTRA.get(op, "extra_operation")
        wanted, got = "MyConv2d first, on the images as they are", f"{layer(op)} before it"
        yield Departure(mistake, "block 1", wanted, got)


def _width(number: int, mine: Conv, theirs: Conv) -> Iterator[Departure]:
    if mine.width != theirs.width:
        yield Departure(
            "width_wrong",
            block(number),
            f"{theirs.width} output channels",
            f"{mine.width} output channels",
        )


def _kernel(number: int, mine: Conv, theirs: Conv) -> Iterator[Departure]:
    if mine.kernel and mine.kernel != theirs.kernel:
        wanted, got = (f"a {k}×{k} kernel" for k in (theirs.kernel, mine.kernel))
        yield Departure("kernel_hardcoded", block(number), wanted, got)


def _conv(number: int, mine: Conv) -> Iterator[Departure]:
    """Yield what a convolution has, or lacks, that MyConv2d does not."""
    if mine.slot and not mine.bias:
        yield Departure("bias_missing", block(number), "a bias for each channel", "no bias")
    if mine.settings:
        got = f"a convolution with {', '.join(mine.settings)}"
        yield Departure("conv_settings", block(number), "MyConv2d", got)


def _joined(number: int, mine: Join, theirs: Join) -> Iterator[Departure]:
    """Yield a join where the diagram has none."""
    if theirs.kind == "plain" and mine.kind != "plain":
        wanted = "the previous block's output alone"
        yield Departure(
            "extra_operation",
            block(number),
            wanted,
            f"{many(len(mine.feeds), 'tensor')}, "
            f"{'added' if mine.kind == 'add' else 'concatenated'}",
        )


def _ops(
    number: int, mine: tuple[str, ...], theirs: tuple[str, ...], conv: Conv
) -> Iterator[Departure]:
    def departure(mistake: str) -> Departure:
        name = own_name(conv)
        first = f"{name} with stride {conv.stride}" if conv.stride > 1 else name
        return Departure(mistake, block(number), words(theirs), words(mine, first))

    if mine == theirs:
        return
    for op in theirs:
        if op not in mine:
            yield departure(_missing(op, mine, conv))
    instead = _instead(mine, theirs)
    for op in dict.fromkeys(mine):
        if op not in theirs and op not in instead and not _replaces(op, mine, theirs):
            yield departure(EXTRA.get(op, "extra_operation"))
    order = [op for op in mine if op in theirs]
    yield from (departure(mistake) for mistake in _order(order))


def _missing(op: str, mine: tuple[str, ...], conv: Conv) -> str:
    if op == "pool":
        if any("avg_pool" in other for other in mine):
            return "average_pool"
        return "strided_conv" if conv.stride > 1 else "pool_missing"
    if op == "up":
        known = {**UPSAMPLINGS, "up_bilinear": "upsample_bilinear"}
        if conv.by == "transposed":
            return "conv_transpose"
        return next((known[other] for other in mine if other in known), "upsample_missing")
    return {"bn": "batchnorm_missing", "relu": "relu_missing"}[op]


def _instead(mine: tuple[str, ...], theirs: tuple[str, ...]) -> set[str]:
    """Return the operations that stand at the very place of one that is missing.

    Dropout and noise are no replacement of anything.
    """
    found = set[str]()
    for tag, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if tag == "replace" and not set(theirs[c:d]) <= set(mine):
            found |= set(mine[a:b]) - set(EXTRA)
    return found


def _replaces(op: str, mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Return whether an operation stands where one of the diagram's is missing."""
    stand_ins = {
        "relu": ACTIVATIONS,
        "bn": NORMS,
        "pool": POOLINGS | {"pool_other"},
        "up": {*UPSAMPLINGS, *(m for m in mine if m.startswith("up_"))},
    }
    return any(op in stand_ins[lost] for lost in theirs if lost not in mine)


def _order(mine: list[str]) -> Iterator[str]:
    """Yield what is out of order among the operations that both have."""

    def at(op: str) -> int:
        return mine.index(op) if op in mine else -1

    if len(set(mine)) != len(mine):
        yield "operation_repeated"
        return
    if "bn" in mine and "relu" in mine and at("bn") > at("relu"):
        yield "batchnorm_after_relu"
    for op, name in (("pool", "pool"), ("up", "upsample")):
        if op not in mine:
            continue
        if "relu" in mine and at(op) > at("relu"):
            yield f"{name}_after_relu"
        elif "bn" in mine and at(op) > at("bn"):
            yield f"{name}_after_batchnorm"


def _end(output: Join) -> Iterator[Departure]:
    ops = _without_steps(list(dict.fromkeys(output.feeds[0].ops + output.after)))
    mistakes = [AT_END.get(op, EXTRA.get(op, "extra_operation")) for op in ops]
    for op, mistake in zip(ops, mistakes, strict=True):
        if mistake == "channels_last" and "output_flattened" in mistakes:
            continue  # a step on the way to one row a pixel
        got = f"{layer(op)} behind it"
        yield Departure(mistake, "the end", "nothing behind the last convolution", got)


def _without_steps(ops: list[str]) -> list[str]:
    """Return operations with a logarithm of a softmax, made safe or not, as the one that it is."""
    if "softmax" not in ops or "log" not in ops:
        return ops
    steps = {"log", "add", "clamp"}
    return ["log_softmax" if op == "softmax" else op for op in ops if op not in steps]
