"""The joins of the UNet, changed one at a time."""

from dataclasses import replace

import pytest

from grader.assignment.networks.architecture import Feed, Join, diagram
from grader.assignment.networks.graph import INPUT, UNKNOWN
from grader.assignment.networks.joins import origin, skip_departures

UNET, CNN = (diagram(name, (3, 32, 24, 1)) for name in ("UNet", "CNN"))
DOWN, SAME, UP = ("pool", "bn", "relu"), ("bn", "relu"), ("up", "bn", "relu")
FEEDS = {
    3: (Feed(2, SAME), Feed(1, DOWN)),
    4: (Feed(3, UP), Feed(0, DOWN)),
    5: (Feed(4, UP), Feed(INPUT, ())),
}


def joined(joins):
    """Return the UNet with other joins, by the number of the convolution behind them."""
    convs = tuple(
        replace(conv, join=joins.get(number, conv.join)) for number, conv in enumerate(UNET.convs)
    )
    return replace(UNET, convs=convs)


def told(joins):
    return [(d.mistake, d.where) for d in skip_departures(joined(joins), UNET)]


def test_the_diagram_and_every_order_are_right():
    assert told({}) == []
    assert told({number: Join("cat", feeds[::-1]) for number, feeds in FEEDS.items()}) == []


@pytest.mark.parametrize(
    ("number", "mistake", "where"),
    [
        (3, "skip_missing_block2", "block 4"),
        (4, "skip_missing_block1", "block 5"),
        (5, "skip_missing_input", "the last convolution"),
    ],
)
def test_a_missing_skip(number, mistake, where):
    assert told({number: Join("plain", FEEDS[number][:1])}) == [(mistake, where)]
    assert told({number: Join("add", FEEDS[number])}) == [("skip_added", where)]


def test_no_skip_at_all_is_one_mistake():
    (departure,) = skip_departures(CNN, UNET)
    assert (departure.mistake, departure.where) == ("skips_missing", "all three joins")


@pytest.mark.parametrize(
    "feeds",
    [
        (Feed(3, UP), Feed(3, UP)),  # itself
        (Feed(3, UP), Feed(1, DOWN)),  # another block
        (Feed(3, UP), Feed(UNKNOWN, ())),
        (Feed(3, UP), Feed(0, ("pool",))),  # before BatchNorm and ReLU
        (Feed(3, UP), Feed(0, (*DOWN, "mul"))),
        (Feed(3, UP), Feed(0, DOWN), Feed(2, SAME)),  # one too many
        (Feed(0, DOWN),),
    ],
)
def test_a_skip_from_elsewhere(feeds):
    assert told({4: Join("cat", feeds)}) == [("skip_wrong_source", "block 5")]


def test_something_between_a_join_and_its_convolution():
    (departure,) = skip_departures(joined({5: Join("cat", FEEDS[5], ("tanh", "relu"))}), UNET)
    assert departure.mistake == "extra_operation"
    assert departure.actual == "block 5's output and the network's input, then tanh, ReLU"


def test_messages_say_what_is_joined():
    (missing,) = skip_departures(joined({3: Join("plain", FEEDS[3][:1])}), UNET)
    assert missing.expected == "block 3's output and block 2's output, concatenated"
    assert missing.actual == "block 3's output alone"
    partial = (Feed(3, UP), Feed(0, ("pool",)))
    (wrong,) = skip_departures(joined({4: Join("cat", partial)}), UNET)
    assert wrong.actual == "block 4's output and MyConv2d, MaxPool of block 1, concatenated"
    assert origin(UNKNOWN) == "another tensor"


def test_very_many_convolutions_are_left_alone():
    assert list(skip_departures(replace(UNET, convs=UNET.convs * 3), UNET)) == []
