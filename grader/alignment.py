"""Matches a network's convolutions with the diagram's when there are too few or too many.

One block that is left out or repeated must not hide what is wrong with the others: the rest is
matched, and the network is compared as if the missing block stood there and the extra one did not.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.architecture import Architecture, Conv, Feed, Join
from grader.graph import Ref

MOST = 12  # convolutions; of a network with more, nothing is matched


@dataclass(frozen=True)
class Aligned:
    """A network with as many convolutions as the diagram has.

    `missing` are numbers of the diagram's blocks, `extra` those of the blocks that an additional
    convolution follows.
    """

    network: Architecture
    missing: tuple[int, ...] = ()
    extra: tuple[int, ...] = ()


def align(actual: Architecture, expected: Architecture) -> Aligned | None:
    """Return `actual` with the missing blocks put in and the extra ones taken out.

    None if that is guesswork: fewer than half of the convolutions, or very many.
    """
    mine, theirs = len(actual.convs), len(expected.convs)
    if mine == theirs:
        return Aligned(actual)
    if not theirs // 2 <= mine <= MOST:
        return None
    if mine < theirs:
        kept = _best(expected, actual)
        missing = tuple(n for n in range(theirs) if n not in kept)
        return Aligned(_filled(actual, expected, kept), missing)
    kept = _best(actual, expected)
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
        ops = shorter.block_ops(number), longer.block_ops(other)
        total += 2 * (mine.width != theirs.width) + 2 * (sorted(ops[0]) != sorted(ops[1]))
        total += (ops[0] != ops[1]) + (mine.join.kind != theirs.join.kind)
    return total


def _place(kept: Sequence[int], number: int) -> int:
    """Return the diagram's number of the kept convolution before `number`."""
    return max(sum(k < number for k in kept) - 1, 0)


def _filled(actual: Architecture, expected: Architecture, kept: tuple[int, ...]) -> Architecture:
    """Return `actual`, renumbered, with the diagram's own block wherever one is missing."""
    joins = [_renumbered(c.join, dict(enumerate(kept))) for c in actual.convs]
    output = _renumbered(actual.output, dict(enumerate(kept)))
    convs: list[Conv] = list(expected.convs)
    for number, conv, join in zip(kept, actual.convs, joins, strict=True):
        convs[number] = replace(conv, join=join)
    for number in range(len(convs)):
        if number not in kept:
            follows = convs[number + 1].join if number + 1 < len(convs) else output
            before, after = _inserted(number, follows, expected)
            convs[number] = replace(convs[number], join=before, slot=f"missing.{number}")
            if number + 1 < len(convs):
                convs[number + 1] = replace(convs[number + 1], join=after)
            else:
                output = after
    norms = tuple((kept[n], slot) for n, slot in actual.norms if 0 <= n < len(kept))
    return Architecture(tuple(convs), output, norms)


def _inserted(number: int, follows: Join, expected: Architecture) -> tuple[Join, Join]:
    """Return the joins before and after a block that is put in front of `follows`."""
    own = expected.convs[number].join
    last = number + 1 == len(expected.convs)
    wanted = expected.output if last else expected.convs[number + 1].join
    main = next((f for f in follows.feeds if f.origin == number - 1), follows.feeds[0])
    before = Join(own.kind, (replace(own.feeds[0], ops=main.ops), *own.feeds[1:]))
    if follows.kind == "plain":
        return before, wanted  # it takes what the missing block would have been given
    feeds = tuple(wanted.feeds[0] if feed is main else feed for feed in follows.feeds)
    return before, replace(follows, feeds=feeds)


def _without(actual: Architecture, kept: tuple[int, ...]) -> Architecture:
    """Return `actual`, renumbered, with the convolutions that are not kept bridged over."""
    numbers: dict[int, int] = {old: new for new, old in enumerate(kept)}
    bridges: dict[Ref, Feed] = {}
    for old, conv in enumerate(actual.convs):
        if old not in numbers:
            feed = conv.join.feeds[0]
            bridges[old] = bridges.get(feed.origin, feed)
    convs = tuple(
        replace(actual.convs[old], join=_renumbered(actual.convs[old].join, numbers, bridges))
        for old in kept
    )
    norms = tuple((numbers[n], slot) for n, slot in actual.norms if n in numbers)
    return Architecture(convs, _renumbered(actual.output, numbers, bridges), norms)


def _renumbered(
    join: Join, numbers: Mapping[int, int], bridges: Mapping[Ref, Feed] | None = None
) -> Join:
    feeds = []
    for feed in join.feeds:
        whole = (bridges or {}).get(feed.origin, feed)
        origin = numbers[whole.origin] if isinstance(whole.origin, int) else whole.origin
        feeds.append(replace(whole, origin=origin))
    return replace(join, feeds=tuple(feeds))
