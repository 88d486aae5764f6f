"""Names what a student did: an architecture as it ran against the assignment's diagram.

The reading is proved by values elsewhere (`grader.twin`): here structure is compared, and each
departure gets the id under which docs/checks.md and rubric.toml know it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.architecture import INPUT, Architecture, Conv, Feed, Join

NAMES = {
    "pool": "max pooling", "bn": "BatchNorm", "relu": "ReLU", "up": "upsampling",
    "up_bilinear": "bilinear upsampling", "avg_pool2d": "average pooling",
}  # fmt: skip
LAYERS = {"pool": "MaxPool", "bn": "BatchNorm", "relu": "ReLU", "up": "Upsample"}
AT_END = {
    "relu": "relu_at_end", "softmax": "softmax_at_end", "log_softmax": "log_softmax_at_end",
    "bn": "batchnorm_at_end", "argmax": "argmax_at_end",
}  # fmt: skip
SKIP_NAMES = {3: "block2", 4: "block1", 5: "input"}
JOINS = {3: "block 4", 4: "block 5", 5: "the last convolution"}


@dataclass(frozen=True)
class Departure:
    """One way in which a network departs from the diagram."""

    mistake: str
    where: str
    expected: str
    actual: str


def block(number: int) -> str:
    """Return the diagram's name of the block that convolution `number` opens."""
    return "the last convolution" if number == 5 else f"block {number + 1}"


def words(ops: tuple[str, ...], width: str = "MyConv2d") -> str:
    """Return operations as the diagram writes them.

    >>> words(("pool", "bn", "relu"))
    'MyConv2d, MaxPool, BatchNorm, ReLU'
    """
    return ", ".join([width, *(LAYERS.get(op, op) for op in ops)])


def origin(feed: Feed) -> str:
    """Return where a feed comes from, as a student would say it."""
    if feed.origin == INPUT:
        return "the network's input"
    return f"{block(feed.origin)}'s output" if isinstance(feed.origin, int) else "another tensor"


def departures(actual: Architecture, expected: Architecture) -> Iterator[Departure]:
    """Yield every departure of `actual` from `expected`, the diagram, first block first."""
    if len(actual.convs) != len(expected.convs):
        yield _count(actual, expected)
        return
    yield from _shared(actual)
    for number, (mine, theirs) in enumerate(zip(actual.convs, expected.convs, strict=True)):
        yield from _width(number, mine, theirs)
        if number < len(expected.convs) - 1:
            yield from _ops(number, actual.block_ops(number), expected.block_ops(number), mine)
    yield from _end(actual.output)


def foreign_convolutions(actual: Architecture) -> Iterator[Departure]:
    """Yield each convolution that is not a MyConv2d."""
    for number, conv in enumerate(actual.convs):
        if not conv.by:
            yield Departure("nn_conv2d_used", block(number), "MyConv2d", "another convolution")


def _count(actual: Architecture, expected: Architecture) -> Departure:
    mine, theirs = len(actual.convs), len(expected.convs)
    mistake = "block_missing" if mine < theirs else "block_repeated"
    return Departure(mistake, "the blocks", f"{theirs} convolutions", f"{mine} convolutions")


def _shared(actual: Architecture) -> Iterator[Departure]:
    seen: dict[str, int] = {}
    for number, conv in enumerate(actual.convs):
        if conv.slot and conv.slot in seen:
            yield Departure(
                "weights_shared",
                f"{block(seen[conv.slot])} and {block(number)}",
                "a convolution of its own for each block",
                "one convolution serves both",
            )
        seen.setdefault(conv.slot, number)


def _width(number: int, mine: Conv, theirs: Conv) -> Iterator[Departure]:
    if mine.width != theirs.width:
        yield Departure(
            "width_wrong", block(number), f"{theirs.width} channels", f"{mine.width} channels"
        )


def _ops(
    number: int, mine: tuple[str, ...], theirs: tuple[str, ...], conv: Conv
) -> Iterator[Departure]:
    def departure(mistake: str) -> Departure:
        return Departure(mistake, block(number), words(theirs), words(mine))

    if mine == theirs:
        return
    for op in theirs:
        if op not in mine:
            yield departure(_missing(op, mine, conv))
    for op in sorted(set(mine) - set(theirs)):
        if op == "dropout":
            yield departure("dropout_added")
        elif not _replaces(op):
            yield departure("extra_operation")
    order = [op for op in mine if op in theirs]
    yield from (departure(mistake) for mistake in _order(order))


def _missing(op: str, mine: tuple[str, ...], conv: Conv) -> str:
    if op == "pool":
        if any("avg_pool" in other for other in mine):
            return "average_pool"
        return "strided_conv" if conv.stride > 1 else "pool_missing"
    if op == "up":
        known = {"up_bilinear": "upsample_bilinear", "conv_transpose2d": "conv_transpose"}
        known["pixel_shuffle"] = "pixel_shuffle"
        return next((known[other] for other in mine if other in known), "upsample_missing")
    return {"bn": "batchnorm_missing", "relu": "relu_missing"}[op]


def _replaces(op: str) -> bool:
    return op in ("pixel_shuffle", "conv_transpose2d") or op.startswith(("up_", "avg_", "pool_"))


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
    ops = output.feeds[0].ops + output.after
    for op in ops:
        mistake = AT_END.get(op, "extra_operation")
        yield Departure(mistake, "the end", "the last convolution's output", f"{op} behind it")


def skip_departures(actual: Architecture, expected: Architecture) -> Iterator[Departure]:
    """Yield each join of a UNet that does not concatenate what the diagram says."""
    if len(actual.convs) != len(expected.convs):
        return
    missing = [n for n in SKIP_NAMES if _misses(actual.convs[n].join)]
    if len(missing) == len(SKIP_NAMES):
        yield Departure("skips_missing", "all three joins", "a skip each", "no skip at all")
        return
    for number, name in SKIP_NAMES.items():
        mine, theirs = actual.convs[number].join, expected.convs[number].join
        main, skip = theirs.feeds
        where, wanted = JOINS[number], f"{origin(main)} and {origin(skip)}, concatenated"
        got = " and ".join(origin(feed) for feed in mine.feeds)
        if number in missing:
            yield Departure(f"skip_missing_{name}", where, wanted, f"{got} alone")
        elif mine.kind == "add":
            yield Departure("skip_added", where, wanted, f"{got}, added")
        elif sorted(str(f.origin) for f in mine.feeds) != sorted(
            str(f.origin) for f in theirs.feeds
        ):
            yield Departure("skip_wrong_source", where, wanted, f"{got}, concatenated")
        elif mine.after:
            yield Departure("extra_operation", where, wanted, f"{words(mine.after, 'then')}")


def _misses(join: Join) -> bool:
    return join.kind == "plain" and len(join.feeds) == 1
