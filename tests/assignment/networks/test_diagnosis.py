"""Departures from the diagram, made by changing the diagram in one place."""

from dataclasses import replace

import pytest

from grader.assignment.networks.architecture import Architecture, Feed, Join, Norm, diagram
from grader.assignment.networks.diagnosis import Departure, departures, foreign_convolutions
from grader.assignment.networks.graph import INPUT
from grader.assignment.networks.layers import block, words

ARGS = (3, 32, 24, 1)
CNN, UNET = (diagram(name, ARGS) for name in ("CNN", "UNet"))
DIAGRAMS = {"CNN": CNN, "UNet": UNET}
DOWN, SAME, UP = ("pool", "bn", "relu"), ("bn", "relu"), ("up", "bn", "relu")


def changed(network, number, **fields):
    """Return a network with some fields of a convolution changed."""
    convs = list(network.convs)
    convs[number] = replace(convs[number], **fields)
    return replace(network, convs=tuple(convs))


def with_ops(network, number, ops):
    """Return a network with other operations behind convolution `number`, wherever they go."""

    def follow(join):
        feeds = (replace(f, ops=ops) if f.origin == number else f for f in join.feeds)
        return replace(join, feeds=tuple(feeds))

    convs = tuple(replace(conv, join=follow(conv.join)) for conv in network.convs)
    return replace(network, convs=convs, output=follow(network.output))


def found(network, expected=CNN):
    return [(d.mistake, d.where) for d in departures(network, expected)]


@pytest.mark.parametrize("name", DIAGRAMS)
def test_the_diagram_does_not_depart_from_itself(name):
    assert found(DIAGRAMS[name], DIAGRAMS[name]) == []
    assert list(foreign_convolutions(DIAGRAMS[name])) == []


@pytest.mark.parametrize("name", DIAGRAMS)
@pytest.mark.parametrize(
    ("number", "ops", "mistakes"),
    [
        (0, ("bn", "relu", "pool"), ["pool_after_relu"]),
        (1, ("bn", "pool", "relu"), ["pool_after_batchnorm"]),
        (1, ("pool", "relu", "bn"), ["batchnorm_after_relu"]),
        (1, ("relu", "bn", "pool"), ["batchnorm_after_relu", "pool_after_relu"]),
        (3, ("bn", "relu", "up"), ["upsample_after_relu"]),
        (4, ("bn", "up", "relu"), ["upsample_after_batchnorm"]),
        (2, ("relu",), ["batchnorm_missing"]),
        (2, ("bn",), ["relu_missing"]),
        (2, (), ["batchnorm_missing", "relu_missing"]),
        (2, ("bn", "leaky_relu"), ["relu_missing"]),
        (2, ("instance_norm", "relu"), ["batchnorm_missing"]),
        (0, ("bn", "relu"), ["pool_missing"]),
        (0, ("pool_other", "bn", "relu"), ["pool_missing"]),
        (0, ("avg_pool2d", "bn", "relu"), ["average_pool"]),
        (0, ("adaptive_avg_pool2d", "bn", "relu"), ["average_pool"]),
        (3, ("bn", "relu"), ["upsample_missing"]),
        (3, ("up_nearest_other_scale", "bn", "relu"), ["upsample_missing"]),
        (3, ("up_bicubic", "bn", "relu"), ["upsample_missing"]),
        (3, ("up_bilinear", "bn", "relu"), ["upsample_bilinear"]),
        (3, ("conv_transpose2d", "bn", "relu"), ["conv_transpose"]),
        (3, ("pixel_shuffle", "bn", "relu"), ["pixel_shuffle"]),
        (2, ("bn", "relu", "dropout"), ["dropout_added"]),
        (2, ("bn", "noise", "relu"), ["noise_added"]),
        (2, ("bn", "mul", "relu"), ["extra_operation"]),
        (2, ("bn", "relu", "tanh"), ["extra_operation"]),
        (2, ("bn", "relu", "bn"), ["operation_repeated"]),
        (2, ("up", "bn", "relu"), ["extra_operation"]),
        (2, ("relu", "instance_norm"), ["batchnorm_missing"]),
        (2, ("sigmoid", "bn"), ["relu_missing"]),
        (0, ("bn", "relu", "avg_pool2d"), ["average_pool"]),
        (0, ("bn", "relu", "pool_other"), ["pool_missing"]),
        (3, ("bn", "relu", "pixel_shuffle"), ["pixel_shuffle"]),
        (3, ("bn", "relu", "up_bilinear"), ["upsample_bilinear"]),
        (2, ("abs", "bn", "tanh", "dropout"), ["relu_missing", "extra_operation", "dropout_added"]),
        (0, ("mul", "bn", "relu", "div"), ["pool_missing", "extra_operation"]),
    ],
)
def test_operations_of_a_block(name, number, ops, mistakes):
    network = with_ops(DIAGRAMS[name], number, ops)
    assert found(network, DIAGRAMS[name]) == [(m, block(number)) for m in mistakes]


@pytest.mark.parametrize(
    ("ops", "mistakes"),
    [
        (("relu",), ["relu_at_end"]),
        (("softmax",), ["softmax_at_end"]),
        (("log_softmax",), ["log_softmax_at_end"]),
        (("bn",), ["batchnorm_at_end"]),
        (("argmax",), ["argmax_at_end"]),
        (("bn", "relu"), ["batchnorm_at_end", "relu_at_end"]),
        (("permute",), ["channels_last"]),
        (("flatten",), ["output_flattened"]),
        (("permute", "reshape"), ["output_flattened"]),
        (("sigmoid",), ["extra_operation"]),
        (("noise",), ["noise_added"]),
        (("dropout",), ["dropout_added"]),
    ],
)
def test_operations_at_the_end(ops, mistakes):
    network = replace(CNN, output=Join("plain", (Feed(5, ops),)))
    assert found(network) == [(mistake, "the end") for mistake in mistakes]


def test_operations_before_the_first_convolution():
    network = changed(CNN, 0, join=Join("plain", (Feed(INPUT, ("tanh",)),)))
    assert found(network) == [("extra_operation", "block 1")]


def test_a_join_in_a_network_without_joins():
    feeds = (Feed(2, SAME), Feed(1, DOWN))
    (departure,) = departures(changed(CNN, 3, join=Join("cat", feeds)), CNN)
    assert departure == Departure(
        "extra_operation", "block 4", "the previous block's output alone", "2 tensors, concatenated"
    )


@pytest.mark.parametrize(
    ("number", "fields", "mistake"),
    [
        (1, {"width": 32}, "width_wrong"),
        (5, {"width": 1}, "width_wrong"),
        (2, {"kernel": 5}, "kernel_hardcoded"),
    ],
)
def test_widths_and_kernels(number, fields, mistake):
    assert found(changed(CNN, number, **fields)) == [(mistake, block(number))]


def test_a_kernel_that_is_not_known_is_not_blamed():
    assert found(changed(CNN, 2, kernel=0)) == []


def test_a_strided_convolution():
    network = changed(with_ops(CNN, 0, SAME), 0, stride=2)
    assert found(network) == [("strided_conv", "block 1")]


def test_a_transposed_convolution_for_two_layers():
    network = changed(with_ops(CNN, 3, SAME), 3, by="transposed", kernel=0)
    assert found(network) == [("conv_transpose", "block 4")]
    assert list(foreign_convolutions(network)) == []


def test_a_shared_convolution_decides_the_width_of_both():
    network = changed(CNN, 3, slot="conv.2", width=64)
    (departure,) = departures(network, CNN)
    assert departure.mistake == "weights_shared"
    assert departure.where == "block 3 and block 4"
    assert departure.actual == "one convolution serves both"


def test_a_shared_batchnorm():
    slots = ("norm.0", "norm.1", "norm.1", "norm.0", "norm.2")
    network = replace(CNN, norms=tuple(Norm(*pair) for pair in enumerate(slots)))
    where = ["block 2 and block 3", "block 1 and block 4"]
    assert found(network) == [("weights_shared", place) for place in where]


def test_pixel_shuffle_needs_four_times_the_channels():
    network = changed(with_ops(CNN, 3, ("pixel_shuffle", "bn", "relu")), 3, width=128)
    assert found(network) == [("pixel_shuffle", "block 4")]


def test_foreign_convolutions_are_told_one_by_one():
    network = changed(changed(CNN, 0, by=""), 5, by="")
    where = [departure.where for departure in foreign_convolutions(network)]
    assert where == ["block 1", "the last convolution"]


def test_far_too_many_convolutions_are_only_counted():
    network = Architecture((CNN.convs[0],) * 13, CNN.output)
    (departure,) = departures(network, CNN)
    assert departure == Departure(
        "block_repeated", "the blocks", "6 convolutions", "13 convolutions"
    )


def test_a_message_reads_as_the_diagram_does():
    (departure,) = departures(with_ops(CNN, 0, ("bn", "relu", "pool")), CNN)
    assert departure.expected == "MyConv2d, MaxPool, BatchNorm, ReLU"
    assert departure.actual == "MyConv2d, BatchNorm, ReLU, MaxPool"
    assert words(("mul",)) == "MyConv2d, a multiplication"
