"""Matches a network's convolutions with the diagram's when there are too few or too many.

One block that is left out or repeated must not hide what is wrong with the others: the rest is
matched, and the network is compared as if the missing block stood there and the extra one did not.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.assignment.networks.architecture import Architecture, Feed, Join
from grader.assignment.networks.graph import Ref

RESIZING = {
    "pool_other": "pool", "avg_pool2d": "pool", "adaptive_avg_pool2d": "pool", "lp_pool2d": "pool",
    "up_bilinear": "up", "up_bicubic": "up", "conv_transpose2d": "up", "pixel_shuffle": "up",
}  # fmt: skip
MANY, FAR = 2, 8  # this many convolutions too many, so far from the diagram: no match is sure
MOST = 12  # convolutions; of a network with more, nothing is matched


@dataclass(frozen=True)
class Aligned:
    """A network with as many convolutions as the diagram has.

    `missing` are numbers of the diagram's blocks, `extra` those of the blocks that an additional
    convolution follows (-1: it comes before the first). `early` are the blocks that resize before
    their convolution, and how: in `network` they do it behind it.
    """

    network: Architecture
    missing: tuple[int, ...] = ()
    extra: tuple[int, ...] = ()
    early: tuple[tuple[int, str], ...] = ()


def align(actual: Architecture, expected: Architecture) -> Aligned | None:
    """Return `actual` with the missing blocks put in and the extra ones taken out.

    None if there are too many to match.
    """
    aligned = _matched(actual, expected)
    for op in ("pool", "up"):
        aligned = aligned and _late(aligned, expected, op)
    return aligned


def _late(aligned: Aligned, expected: Architecture, op: str) -> Aligned:
    """Move each resizing that stands before its convolution, if then none is missing."""
    network, early = aligned.network, list[tuple[int, str]]()
    wanted = [n for n in range(len(expected.convs)) if op in expected.block_ops(n)]
    for number in reversed(wanted):
        join = network.convs[number].join
        before = join.feeds[0].ops if join.kind == "plain" else join.after
        if op not in network.block_ops(number) and before[-1:] == (op,):
            network = _moved_behind(network, number, op)
            early.insert(0, (number, op))
    if not early or not all(op in network.block_ops(number) for number in wanted):
        return aligned
    return replace(aligned, network=network, early=(*aligned.early, *early))


def _moved_behind(network: Architecture, number: int, op: str) -> Architecture:
    def follow(join: Join) -> Join:
        feeds = (replace(f, ops=(op, *f.ops)) if f.origin == number else f for f in join.feeds)
        return replace(join, feeds=tuple(feeds))

    convs = [replace(conv, join=follow(conv.join)) for conv in network.convs]
    join = convs[number].join
    if join.kind == "plain":
        join = replace(join, feeds=(replace(join.feeds[0], ops=join.feeds[0].ops[:-1]),))
    else:
        join = replace(join, after=join.after[:-1])
    convs[number] = replace(convs[number], join=join)
    return replace(network, convs=tuple(convs), output=follow(network.output))


def _matched(actual: Architecture, expected: Architecture) -> Aligned | None:
    mine, theirs = len(actual.convs), len(expected.convs)
    if mine == theirs:
        return Aligned(actual)
    if mine > MOST:
        return None
    if mine < theirs:
        kept = _best(expected, actual)
        missing = tuple(n for n in range(theirs) if n not in kept)
        return Aligned(_filled(actual, expected, kept), missing)
    kept = _best(actual, expected)
    if mine - theirs >= MANY and _distance(actual, expected, kept) >= FAR:
        return None  # any match would be a guess
    extra = [n for n in range(mine) if n not in kept]
    return Aligned(_without(actual, kept), (), tuple(_place(kept, n) for n in extra))


def _best(longer: Architecture, shorter: Architecture) -> tuple[int, ...]:
    """Return which convolutions of the longer network match the shorter one's best."""
    count = len(shorter.convs)
    choices = itertools.combinations(range(len(longer.convs)), count)
    return min(choices, key=lambda kept: _distance(longer, shorter, kept))


def _distance(longer: Architecture, shorter: Architecture, kept: Sequence[int]) -> int:
    total = 0
    for number, other in enumerate(kept):
        mine, theirs = shorter.convs[number], longer.convs[other]
        ops = _meant(shorter, number), _meant(longer, other)
        total += 2 * (mine.width != theirs.width) + 2 * (sorted(ops[0]) != sorted(ops[1]))
        total += (ops[0] != ops[1]) + (mine.join.kind != theirs.join.kind)
    return total


def _meant(network: Architecture, number: int) -> tuple[str, ...]:
    """Return the operations of a block, what stands in for a resizing as the resizing."""
    ops = tuple(RESIZING.get(op, op) for op in network.block_ops(number))
    conv = network.convs[number]
    if conv.stride > 1 and "pool" not in ops:
        return ("pool", *ops)
    return ("up", *ops) if conv.by == "transposed" and "up" not in ops else ops


def _place(kept: Sequence[int], number: int) -> int:
    """Return the diagram's number of the kept convolution before `number`; -1 for none."""
    return sum(k < number for k in kept) - 1


def _filled(actual: Architecture, expected: Architecture, kept: tuple[int, ...]) -> Architecture:
    """Return `actual`, renumbered, with the diagram's own block wherever one is missing."""
    joins = [_renumbered(c.join, dict(enumerate(kept))) for c in actual.convs]
    output = _renumbered(actual.output, dict(enumerate(kept)))
    convs = [replace(conv, slot="") for conv in expected.convs]
    for number, conv, join in zip(kept, actual.convs, joins, strict=True):
        convs[number] = replace(conv, join=join)
    for first, last in _gaps(kept, len(convs)):
        at_end = last + 1 == len(convs)
        follows = output if at_end else convs[last + 1].join
        before, after = _inserted(first, last, follows, expected)
        convs[first] = replace(convs[first], join=before)
        if at_end:
            output = after
        else:
            convs[last + 1] = replace(convs[last + 1], join=after)
    norms = tuple(
        replace(norm, number=kept[norm.number])
        for norm in actual.norms
        if 0 <= norm.number < len(kept)
    )
    return Architecture(tuple(convs), output, norms)


def _gaps(kept: Sequence[int], count: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last number of each run that is missing below `count`."""
    edges = [-1, *kept, count]
    for before, after in itertools.pairwise(edges):
        if after - before > 1:
            yield before + 1, after - 1


def _inserted(first: int, last: int, follows: Join, expected: Architecture) -> tuple[Join, Join]:
    """Return the joins before and after a run of blocks that is put in front of `follows`."""
    own = expected.convs[first].join
    at_end = last + 1 == len(expected.convs)
    wanted = expected.output if at_end else expected.convs[last + 1].join
    main = next((f for f in follows.feeds if f.origin == first - 1), follows.feeds[0])
    before = Join(own.kind, (replace(own.feeds[0], ops=main.ops), *own.feeds[1:]))
    if follows.kind == "plain":
        return before, wanted  # it takes what the missing blocks would have been given
    feeds = tuple(wanted.feeds[0] if feed is main else feed for feed in follows.feeds)
    return before, replace(follows, feeds=feeds)


def _without(actual: Architecture, kept: tuple[int, ...]) -> Architecture:
    """Return `actual`, renumbered, with the convolutions that are not kept bridged over.

    A kept convolution that only takes in what is left out takes in what that one did.
    """
    numbers: dict[int, int] = {old: new for new, old in enumerate(kept)}
    bridges: dict[Ref, Feed] = {}
    for old, conv in enumerate(actual.convs):
        if old not in numbers:
            feed = conv.join.feeds[0]
            bridges[old] = bridges.get(feed.origin, feed)
    convs = tuple(
        replace(
            actual.convs[old], join=_renumbered(_inherited(actual, old, numbers), numbers, bridges)
        )
        for old in kept
    )
    norms = tuple(
        replace(norm, number=numbers[norm.number])
        for norm in actual.norms
        if norm.number in numbers
    )
    return Architecture(convs, _renumbered(actual.output, numbers, bridges), norms)


def _inherited(actual: Architecture, number: int, kept: Mapping[int, int]) -> Join:
    join = actual.convs[number].join
    while join.kind == "plain":
        origin = join.feeds[0].origin
        if not isinstance(origin, int) or origin in kept:
            break
        join = actual.convs[origin].join
    return join


def _renumbered(
    join: Join, numbers: Mapping[int, int], bridges: Mapping[Ref, Feed] | None = None
) -> Join:
    feeds = []
    for feed in join.feeds:
        whole = (bridges or {}).get(feed.origin, feed)
        origin = numbers[whole.origin] if isinstance(whole.origin, int) else whole.origin
        feeds.append(replace(whole, origin=origin))
    return replace(join, feeds=tuple(feeds))
