"""Blocks that are left out or put in must not hide what is wrong with the others."""

from dataclasses import replace

import pytest

from grader.assignment.networks.alignment import align
from grader.assignment.networks.architecture import Architecture, Feed, Join, diagram
from grader.assignment.networks.diagnosis import departures
from grader.assignment.networks.joins import skip_departures

ARGS = (3, 32, 24, 1)
CNN, UNET = (diagram(name, ARGS) for name in ("CNN", "UNet"))
DIAGRAMS = {"CNN": CNN, "UNet": UNET}


def without(network, lost):
    """Return a network in which each lost block is bridged over, as nn.Identity would."""
    kept = [n for n in range(len(network.convs)) if n not in lost]

    def source(feed):
        while feed.origin in lost:
            feed = network.convs[feed.origin].join.feeds[0]
        origin = kept.index(feed.origin) if isinstance(feed.origin, int) else feed.origin
        return replace(feed, origin=origin)

    def follow(join):
        return replace(join, feeds=tuple(source(feed) for feed in join.feeds))

    convs = tuple(replace(network.convs[n], join=follow(network.convs[n].join)) for n in kept)
    norms = tuple(
        replace(norm, number=kept.index(norm.number))
        for norm in network.norms
        if norm.number in kept
    )
    return Architecture(convs, follow(network.output), norms)


def with_extra(network, number):
    """Return a network with a second convolution behind `number`, of the same kind."""

    def moved(feed, own):
        if not isinstance(feed.origin, int) or feed.origin < number:
            return feed
        return replace(feed, origin=feed.origin + (feed.origin > number or own))

    def follow(join, own=True):
        return replace(join, feeds=tuple(moved(feed, own) for feed in join.feeds))

    ops = network.block_ops(number)
    extra = replace(network.convs[number], slot="conv.9", join=Join("plain", (Feed(number, ops),)))
    convs = [
        *network.convs[: number + 1],
        extra,
        *(replace(conv, join=follow(conv.join)) for conv in network.convs[number + 1 :]),
    ]
    return Architecture(tuple(convs), follow(network.output))


def told(network, expected):
    return [(d.mistake, d.where) for d in departures(network, expected)]


def test_a_network_of_the_right_length_stays_as_it_is():
    assert align(CNN, CNN).network is CNN


@pytest.mark.parametrize("name", DIAGRAMS)
@pytest.mark.parametrize(
    "lost", [(2,), (0,), (5,), (1, 2), (2, 3), (0, 1, 2), (1, 4), (0, 1, 2, 3, 4)], ids=str
)
def test_missing_blocks_are_put_in(name, lost):
    if name == "UNet" and len(lost) > 1:
        lost = lost[:1]
    aligned = align(without(DIAGRAMS[name], lost), DIAGRAMS[name])
    assert aligned.missing == lost
    mistakes = told(without(DIAGRAMS[name], lost), DIAGRAMS[name])
    assert {mistake for mistake, _ in mistakes} == {"block_missing"}
    assert len(mistakes) == len(lost)


@pytest.mark.parametrize("name", DIAGRAMS)
@pytest.mark.parametrize("number", range(5))
def test_extra_blocks_are_taken_out(name, number):
    network = with_extra(DIAGRAMS[name], number)
    aligned = align(network, DIAGRAMS[name])
    assert len(aligned.extra) == 1
    mistakes = told(network, DIAGRAMS[name])
    assert [mistake for mistake, _ in mistakes] == ["block_repeated"]
    assert mistakes[0][1].startswith("behind block")


def test_other_mistakes_show_beside_a_missing_block():
    network = replace(without(CNN, (2,)), output=Join("plain", (Feed(4, ("relu",)),)))
    assert told(network, CNN) == [("block_missing", "block 3"), ("relu_at_end", "the end")]


def test_other_mistakes_show_beside_an_extra_block():
    wide = list(with_extra(CNN, 2).convs)
    wide[1] = replace(wide[1], width=32)
    network = replace(with_extra(CNN, 2), convs=tuple(wide))
    assert sorted(told(network, CNN)) == [
        ("block_repeated", "behind block 3"),
        ("width_wrong", "block 2"),
    ]


def test_a_unet_without_its_middle_may_take_block_2_once():
    network = without(UNET, (2,))
    convs = list(network.convs)
    convs[2] = replace(convs[2], join=Join("plain", convs[2].join.feeds[:1]))
    assert list(skip_departures(replace(network, convs=tuple(convs)), UNET)) == []


def test_far_too_many_convolutions_are_not_matched():
    assert align(Architecture((CNN.convs[0],) * 13, CNN.output), CNN) is None


def with_ops(network, ops):
    """Return a network with other operations behind some convolutions, by number."""

    def follow(join):
        return replace(
            join, feeds=tuple(replace(f, ops=ops.get(f.origin, f.ops)) for f in join.feeds)
        )

    convs = tuple(replace(conv, join=follow(conv.join)) for conv in network.convs)
    return replace(network, convs=convs, output=follow(network.output))


SAME = ("bn", "relu")


def test_resizing_before_the_convolution_is_moved_behind_it():
    network = with_ops(CNN, {2: (*SAME, "up"), 3: (*SAME, "up"), 4: SAME})
    aligned = align(network, CNN)
    assert aligned.early == ((3, "up"), (4, "up"))
    assert aligned.network == CNN
    assert told(network, CNN) == [("upsample_before_conv", f"block {n}") for n in (4, 5)]
    (first, _) = departures(network, CNN)
    assert first.actual == "Upsample, MyConv2d, BatchNorm, ReLU"


def test_resizing_between_a_join_and_its_convolution_is_moved_too():
    network = with_ops(UNET, {3: SAME})
    convs = list(network.convs)
    convs[3] = replace(convs[3], join=replace(convs[3].join, after=("up",)))
    network = replace(network, convs=tuple(convs))
    assert align(network, UNET).network == UNET
    assert told(network, UNET) == [("upsample_before_conv", "block 4")]
    assert list(skip_departures(network, UNET)) == []


def test_pooling_of_the_input_belongs_to_block_1():
    network = with_ops(CNN, {0: SAME})
    convs = (replace(CNN.convs[0], join=Join("plain", (Feed("x", ("pool",)),))), *network.convs[1:])
    assert told(replace(network, convs=convs), CNN) == [("pool_before_conv", "block 1")]


def test_nothing_is_moved_if_a_resizing_is_missing_all_the_same():
    """Upsampling behind the ReLU, and a second one that is missing, reads better so."""
    network = with_ops(CNN, {3: (*SAME, "up"), 4: SAME})
    assert align(network, CNN).early == ()
    assert told(network, CNN) == [
        ("upsample_after_relu", "block 4"),
        ("upsample_missing", "block 5"),
    ]
