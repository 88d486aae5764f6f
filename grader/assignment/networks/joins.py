"""Names what a student did at the three joins of the UNet."""

from __future__ import annotations

from collections.abc import Iterator

from grader.assignment.networks.alignment import align
from grader.assignment.networks.architecture import Architecture, Feed, Join
from grader.assignment.networks.diagnosis import Departure
from grader.assignment.networks.graph import INPUT, Ref
from grader.assignment.networks.layers import block, words

SKIPS = {3: "block2", 4: "block1", 5: "input"}
JOINS = {3: "block 4", 4: "block 5", 5: "the last convolution"}


def origin(ref: Ref) -> str:
    """Return where values come from, as a student would say it."""
    if ref == INPUT:
        return "the network's input"
    return f"{block(ref)}'s output" if isinstance(ref, int) else "another tensor"


def skip_departures(actual: Architecture, expected: Architecture) -> Iterator[Departure]:
    """Yield each join of a UNet that does not concatenate what the diagram says."""
    aligned = align(actual, expected)
    if aligned is None:
        return
    network = aligned.network
    missing = [n for n in SKIPS if _misses(network.convs[n].join)]
    if len(missing) == len(SKIPS):
        yield Departure("skips_missing", "all three joins", "a skip each", "no skip at all")
        return
    for number in SKIPS:
        mine, theirs = network.convs[number].join, expected.convs[number].join
        main, skip = (origin(feed.origin) for feed in theirs.feeds)
        mistake, got = _at_join(number, mine, theirs, network)
        if mistake:
            yield Departure(mistake, JOINS[number], f"{main} and {skip}, concatenated", got)


def _misses(join: Join) -> bool:
    return join.kind == "plain" and len(join.feeds) == 1


def _at_join(number: int, mine: Join, theirs: Join, network: Architecture) -> tuple[str, str]:
    """Return the mistake at a join ('' for none) and what it takes in."""
    got = " and ".join(_told(feed, network) for feed in mine.feeds)
    if _misses(mine):
        return f"skip_missing_{SKIPS[number]}", f"{got} alone"
    if mine.kind == "add":
        return "skip_added", f"{got}, added"
    origins = [sorted(str(feed.origin) for feed in join.feeds) for join in (mine, theirs)]
    if origins[0] != origins[1] or any(_is_partial(feed, network) for feed in mine.feeds):
        return "skip_wrong_source", f"{got}, concatenated"
    if mine.after:
        return "extra_operation", f"{got}, then {words(mine.after[1:], mine.after[0])}"
    return "", ""


def _is_partial(feed: Feed, network: Architecture) -> bool:
    """Return whether a feed leaves its block early, or goes through something on its way."""
    if isinstance(feed.origin, int):
        return feed.ops != network.block_ops(feed.origin)
    first = network.convs[0].join  # what is done to the input before block 1 is told there
    return feed.ops not in ((), first.feeds[0].ops)


def _told(feed: Feed, network: Architecture) -> str:
    if isinstance(feed.origin, int) and _is_partial(feed, network):
        return f"{words(feed.ops, 'MyConv2d')} of {block(feed.origin)}"
    return origin(feed.origin)
