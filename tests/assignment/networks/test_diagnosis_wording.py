"""What is said of each kind of departure, whole."""

from dataclasses import replace

import pytest

from grader.assignment.networks.architecture import Architecture, Feed, Join, Norm, diagram
from grader.assignment.networks.diagnosis import Departure, departures, foreign_convolutions
from grader.assignment.networks.graph import INPUT
from grader.assignment.networks.layers import layer

CNN = diagram("CNN", (3, 32, 24, 1))
DOWN, SAME, UP = ("pool", "bn", "relu"), ("bn", "relu"), ("up", "bn", "relu")
DRAWN = "MyConv2d, MaxPool, BatchNorm, ReLU"
MIDDLE = "MyConv2d, BatchNorm, ReLU"


def changed(number, **fields):
    convs = list(CNN.convs)
    convs[number] = replace(convs[number], **fields)
    return replace(CNN, convs=tuple(convs))


def behind(number, *ops, network=CNN):
    """Return a network with these operations behind convolution `number`."""

    def follow(join):
        feeds = (replace(f, ops=ops) if f.origin == number else f for f in join.feeds)
        return replace(join, feeds=tuple(feeds))

    convs = tuple(replace(conv, join=follow(conv.join)) for conv in network.convs)
    return replace(network, convs=convs, output=follow(network.output))


def of_blocks(*numbers):
    """Return a network without joins that has these of the diagram's blocks, in this order."""
    made, feed = [], Feed(INPUT, ())
    for place, number in enumerate(numbers):
        own = replace(CNN.convs[number], join=Join("plain", (feed,)), slot=f"conv.{place}")
        made.append(own)
        feed = Feed(place, CNN.block_ops(number))
    return Architecture(tuple(made), Join("plain", (feed,)))


SAID = [
    (
        changed(1, width=32),
        ("width_wrong", "block 2", "64 output channels", "32 output channels"),
    ),
    (changed(2, kernel=5), ("kernel_hardcoded", "block 3", "a 3×3 kernel", "a 5×5 kernel")),
    (
        changed(5, bias=False),
        ("bias_missing", "the last convolution", "a bias for each channel", "no bias"),
    ),
    (
        changed(0, settings=("dilation=2", "groups=4")),
        ("conv_settings", "block 1", "MyConv2d", "a convolution with dilation=2, groups=4"),
    ),
    (
        changed(0, join=Join("plain", (Feed(INPUT, ("div",)),))),
        (
            "extra_operation",
            "block 1",
            "MyConv2d first, on the images as they are",
            "a division before it",
        ),
    ),
    (
        changed(0, join=Join("plain", (Feed(INPUT, ("noise",)),))),
        (
            "noise_added",
            "block 1",
            "MyConv2d first, on the images as they are",
            "random noise before it",
        ),
    ),
    (
        changed(3, join=Join("add", (Feed(2, SAME), Feed(1, DOWN)))),
        ("extra_operation", "block 4", "the previous block's output alone", "2 tensors, added"),
    ),
    (
        changed(3, join=Join("cat", (Feed(2, SAME), Feed(1, DOWN)))),
        (
            "extra_operation",
            "block 4",
            "the previous block's output alone",
            "2 tensors, concatenated",
        ),
    ),
    (
        behind(5, "softmax"),
        ("softmax_at_end", "the end", "nothing behind the last convolution", "Softmax behind it"),
    ),
    (
        behind(5, "softmax", "add", "log"),
        (
            "log_softmax_at_end",
            "the end",
            "nothing behind the last convolution",
            "LogSoftmax behind it",
        ),
    ),
    (
        behind(0, "bn", "relu", "pool"),
        ("pool_after_relu", "block 1", DRAWN, "MyConv2d, BatchNorm, ReLU, MaxPool"),
    ),
    (behind(2, "bn", "abs"), ("relu_missing", "block 3", MIDDLE, "MyConv2d, BatchNorm, abs")),
    (
        behind(2, "bn", "relu", "sum"),
        ("extra_operation", "block 3", MIDDLE, f"{MIDDLE}, a sum with another layer's output"),
    ),
    (
        behind(0, *SAME, network=changed(0, stride=2)),
        ("strided_conv", "block 1", DRAWN, "MyConv2d with stride 2, BatchNorm, ReLU"),
    ),
    (
        changed(3, slot="conv.2"),
        (
            "weights_shared",
            "block 3 and block 4",
            "a convolution of its own for each block",
            "one convolution serves both",
        ),
    ),
    (
        replace(CNN, norms=(Norm(0, "norm.0"), Norm(1, "norm.0"))),
        (
            "weights_shared",
            "block 1 and block 2",
            "a BatchNorm of its own for each block",
            "one BatchNorm serves both",
        ),
    ),
    (
        of_blocks(0, 1, 3, 4, 5),
        (
            "block_missing",
            "block 3",
            MIDDLE,
            "no such block: convolutions are 5 in all, where the diagram has 6",
        ),
    ),
    (
        of_blocks(0, 1, 2, 2, 3, 4, 5),
        (
            "block_repeated",
            "behind block 3",
            "no further convolution",
            "one more: convolutions are 7 in all, where the diagram has 6",
        ),
    ),
    (
        of_blocks(0, 1, *[2] * 8, 3, 4, 5),
        ("block_repeated", "the blocks", "6 convolutions", "13 convolutions"),
    ),
]


@pytest.mark.parametrize(
    ("network", "said"), SAID, ids=[f"{n}-{said[0]}" for n, (_, said) in enumerate(SAID)]
)
def test_a_departure_is_said_so(network, said):
    assert list(departures(network, CNN)) == [Departure(*said)]


def test_a_layer_in_another_block_is_misplaced_in_both():
    network = behind(2, *DOWN, network=behind(1, *SAME))
    assert list(departures(network, CNN)) == [
        Departure("pool_misplaced", "block 2", DRAWN, MIDDLE),
        Departure("pool_misplaced", "block 3", MIDDLE, DRAWN),
    ]


def test_a_layer_too_many_is_not_misplaced():
    assert [d.mistake for d in departures(behind(2, *UP), CNN)] == ["extra_operation"]


def test_upsampling_behind_the_end_is_misplaced():
    network = behind(4, *SAME, network=behind(5, "up"))
    drawn = "MyConv2d, Upsample, BatchNorm, ReLU"
    assert list(departures(network, CNN)) == [
        Departure("upsample_misplaced", "block 5", drawn, MIDDLE),
        Departure(
            "upsample_misplaced",
            "the end",
            "nothing behind the last convolution",
            "Upsample behind it",
        ),
    ]


def test_a_convolution_too_many_before_the_first_block():
    (first, *others) = of_blocks(0, 0, 1, 2, 3, 4, 5).convs
    network = Architecture((replace(first, width=1), *others), Join("plain", (Feed(6, ()),)))
    found = departures(behind(0, "relu", network=network), CNN)
    assert [d.where for d in found] == ["before block 1"]


def test_a_convolution_too_many_behind_the_first_block():
    found = departures(of_blocks(0, 0, 1, 2, 3, 4, 5), CNN)
    assert [d.where for d in found] == ["behind block 1"]


def test_an_early_upsampling_is_drawn_in_front():
    early = changed(3, join=Join("plain", (Feed(2, (*SAME, "up")),)))
    assert list(departures(behind(3, *SAME, network=early), CNN)) == [
        Departure(
            "upsample_before_conv",
            "block 4",
            "MyConv2d, Upsample, BatchNorm, ReLU",
            "Upsample, MyConv2d, BatchNorm, ReLU",
        )
    ]


def test_the_other_steps_beside_a_logarithm_are_still_told():
    ops = ("relu", "softmax", "clamp", "log")
    assert [d.mistake for d in departures(behind(5, *ops), CNN)] == [
        "relu_at_end",
        "log_softmax_at_end",
    ]


def test_an_early_resizing_is_drawn_in_front():
    network = behind(0, *SAME, network=changed(0, join=Join("plain", (Feed(INPUT, ("pool",)),))))
    assert list(departures(network, CNN)) == [
        Departure("pool_before_conv", "block 1", DRAWN, "MaxPool, MyConv2d, BatchNorm, ReLU")
    ]


def test_foreign_convolutions_are_told_by_block_or_by_number():
    (told,) = foreign_convolutions(changed(5, by=""))
    assert told == Departure("nn_conv2d_used", "the last convolution", "MyConv2d", "Conv2d")
    longer = of_blocks(0, 1, 2, 2, 3, 4, 5)
    convs = (*longer.convs[:6], replace(longer.convs[6], by=""))
    (told,) = foreign_convolutions(replace(longer, convs=convs))
    assert told.where == "convolution 7"


def test_names_of_layers():
    assert [layer(op) for op in ("up", "up_area_other_scale", "hardshrink")] == [
        "Upsample",
        "Upsample to another size",
        "hardshrink",
    ]
