"""A network as it ran, row by row, as the assignment's block diagram draws it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.assignment.checks.views import View
from grader.assignment.networks import diagnosis, joins, layers
from grader.assignment.networks.alignment import align
from grader.assignment.networks.architecture import BLOCKS, Architecture, Conv
from grader.assignment.networks.diagnosis import Departure
from grader.assignment.networks.graph import INPUT
from grader.model import Evidence, NoAnswer, Replies
from grader.reports.html.nouns import Block, Layer, Named, Network

MOST = 12  # blocks that are drawn
MOST_LAYERS = 10  # of one block
MOST_DEPARTURES = 24
GIVEN = -1  # the network's input, among the numbers of blocks
EXTRA = "an extra block"
UNNAMED = 40  # characters of an operation's own name


def networks(student: Evidence, reference: Replies) -> dict[str, Network]:
    """Return the networks by "cnn" and "unet", those that ran and can be read."""
    found = {}
    for part in ("cnn", "unet"):
        view = View(student, reference, part)
        if view.network is not None:
            found[part] = _network(view, view.network)
    return found


def _network(view: View, actual: Architecture) -> Network:
    departures = tuple(_named(view))
    rows = _rows(actual, view.diagram(), departures)
    more = len(rows) - MOST
    return Network(view.name, tuple(rows[:MOST]), departures, _proved(view), max(0, more))


def _proved(view: View) -> bool | None:
    try:
        return view.is_proved
    except NoAnswer:
        return None


def _named(view: View) -> Iterator[Named]:
    found = [*view.departures, *view.skip_departures]
    if view.network is not None:
        found += diagnosis.foreign_convolutions(view.network)
    unique: dict[Departure, None] = dict.fromkeys(found)
    for number, d in enumerate(list(unique)[:MOST_DEPARTURES], start=1):
        yield Named(number, d.mistake, d.where, d.expected, d.actual)


@dataclass(frozen=True)
class _Row:
    """Which convolution a row shows, and which one of the diagram: one of both may be missing."""

    mine: int | None
    theirs: int | None


def _order(actual: Architecture, wanted: Architecture) -> list[_Row]:
    """Return the rows, top to bottom; without a match, the convolutions as they ran."""
    count = len(actual.convs)
    aligned = align(actual, wanted)
    if aligned is None:
        return [_Row(n, None) for n in range(count)]
    rows, mine = list[_Row](), 0
    for theirs in range(len(wanted.convs)):
        if theirs in aligned.missing:
            rows.append(_Row(None, theirs))
            continue
        behind = 1 + aligned.extra.count(theirs)
        rows.append(_Row(mine, theirs))
        rows += [_Row(mine + n, None) for n in range(1, behind)]
        mine += behind
    return rows


def _rows(actual: Architecture, wanted: Architecture, departures: Sequence[Named]) -> list[Block]:
    order = _order(actual, wanted)
    place: dict[object, int] = {row.mine: i for i, row in enumerate(order) if row.mine is not None}
    place[INPUT] = GIVEN
    drawn: dict[object, int] = {r.theirs: i for i, r in enumerate(order) if r.theirs is not None}
    drawn[INPUT] = GIVEN
    return [
        _block(i, row, actual, wanted, departures, (place, drawn)) for i, row in enumerate(order)
    ]


def _block(
    number: int,
    row: _Row,
    actual: Architecture,
    wanted: Architecture,
    departures: Sequence[Named],
    places: tuple[dict[object, int], dict[object, int]],
) -> Block:
    label = EXTRA if row.theirs is None else layers.block(row.theirs)
    mine = actual.convs[row.mine] if row.mine is not None else None
    theirs = wanted.convs[row.theirs] if row.theirs is not None else None
    skips = _skips(mine, places[0], number) if mine else ()
    drawn = _skips(theirs, places[1], number) if theirs else ()
    joined = mine.join.kind if mine and mine.join.kind != "plain" else ""
    return Block(
        label=label,
        number=number,
        layers=tuple(_layers(row, actual, wanted))[:MOST_LAYERS],
        skips=skips,
        wanted=tuple(s for s in drawn if s not in skips) if mine else (),
        joined=joined,
        departures=tuple(d.number for d in departures if _concerns(d, label, row)),
    )


def _concerns(departure: Named, label: str, row: _Row) -> bool:
    where = departure.where
    if row.theirs is None:
        return where.startswith("behind ")
    if where == "all three joins":
        return row.theirs in joins.SKIPS
    if where == "the end":
        return row.theirs == BLOCKS - 1
    return label in where.split(" and ")


def _skips(conv: Conv, places: dict[object, int], number: int) -> tuple[int, ...]:
    """Return the rows that a convolution takes in besides the one before it."""
    if conv.join.kind == "plain":
        return ()
    found = [places[f.origin] for f in conv.join.feeds if f.origin in places]
    return tuple(dict.fromkeys(place for place in found if place != number - 1))


def _layers(row: _Row, actual: Architecture, wanted: Architecture) -> Iterator[Layer]:
    if row.mine is None:
        yield Layer("MyConv2d", "missing")
        for op in wanted.block_ops(row.theirs or 0):
            yield Layer(_called(op), "missing")
        return
    conv = actual.convs[row.mine]
    last = row.mine == len(actual.convs) - 1
    ops = actual.output.feeds[0].ops + actual.output.after if last else actual.block_ops(row.mine)
    before = conv.join.feeds[0].ops + conv.join.after if not row.mine else ()
    yield from (Layer(_called(op), "extra") for op in before)
    yield _convolution(conv, row, wanted)
    if row.theirs is None:
        yield from (Layer(_called(op), "extra") for op in ops)
    else:
        yield from _compared(ops, wanted.block_ops(row.theirs))


def _convolution(conv: Conv, row: _Row, wanted: Architecture) -> Layer:
    name = {"": "nn.Conv2d", "transposed": "ConvTranspose"}.get(conv.by, "MyConv2d")
    kernel = f", {conv.kernel}×{conv.kernel}" if conv.kernel else ""
    detail = f"{conv.in_channels} → {conv.width}{kernel}"
    if row.theirs is None:
        return Layer(name, "extra", detail)
    theirs = wanted.convs[row.theirs]
    same = (conv.width, conv.in_channels) == (theirs.width, theirs.in_channels)
    right = same and conv.kernel in (0, theirs.kernel) and name == "MyConv2d" and conv.stride == 1
    return Layer(name, "" if right else "changed", detail)


def _compared(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Layer]:
    """Yield the layers that ran, marked where they depart, and those that are missing."""
    matcher = difflib.SequenceMatcher(None, mine, theirs, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        for op in mine[i1:i2]:
            moved = tag != "equal" and op in theirs
            yield Layer(_called(op), "moved" if moved else "" if tag == "equal" else "extra")
        if tag != "equal":
            for op in theirs[j1:j2]:
                yield Layer(_called(op), "place" if op in mine else "missing")


def _called(op: str) -> str:
    return layers.layer(op)[:UNNAMED]
