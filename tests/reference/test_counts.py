"""The counts of question 3 against counting one by one, and against the formulas of the diagram."""

from functools import cache
from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from reference import (
    CNN,
    Convention,
    Counts,
    MyConv2d,
    Polynomial,
    UNet,
    all_conventions,
    count,
    polynomials,
)

PLAIN = {
    "weights": {(1, 0): 9, (2, 0): 72, (1, 1): 9, (0, 2): 9},
    "outputs": {(1, 0): 1728, (0, 1): 1280},
    "connections": {(1, 0): 9216, (2, 0): 8064, (1, 1): 2304, (0, 2): 9216},
}
KINDS = {
    MyConv2d: "convolution",
    nn.MaxPool2d: "pooling",
    nn.Upsample: "upsampling",
    nn.BatchNorm2d: "batchnorm",
    nn.ReLU: "relu",
}
EVERYTHING = Convention(*[True] * 2, 4, *[True] * 5)
both = pytest.mark.parametrize("network", [CNN, UNet])


def taps(module, unit, in_shape):
    """Return the units that one output unit reads; those of a convolution may lie on padding."""
    channel, row, column = unit
    if isinstance(module, MyConv2d):
        k, p = module.weight.shape[-1], module.padding
        for c, a, b in product(range(in_shape[0]), range(k), range(k)):
            yield c, row + a - p, column + b - p
    elif isinstance(module, nn.MaxPool2d):
        for a, b in product(range(2), repeat=2):
            yield channel, 2 * row + a, 2 * column + b
    elif isinstance(module, nn.Upsample):
        yield channel, row // 2, column // 2
    else:
        yield channel, row, column


def on_image(tap, in_shape):
    return all(0 <= index < size for index, size in zip(tap, in_shape, strict=True))


def pairs(module, in_shape, out_shape):
    """Return every connection of a layer: a set of pairs (output unit, unit that it reads)."""
    units = product(*map(range, out_shape))
    return {(unit, tap) for unit in units for tap in taps(module, unit, in_shape)}


@cache
def layers_one_by_one(network, widths, size):
    """Return (module, kind, units, connections) for each layer of one forward pass, by hooks."""
    found = []

    def note(module, inputs, out):
        connections = pairs(module, inputs[0].shape[1:], out.shape[1:])
        units = {unit for unit, _ in connections}
        found.append((module, KINDS[type(module)], len(units), len(connections)))

    model = network(*widths)
    for module in model.modules():
        if type(module) in KINDS:
            module.register_forward_hook(note)
    model(torch.zeros(1, widths[3], *size))
    return found


def counted_one_by_one(layers, convention):
    options = {
        "pooling": convention.pooling_outputs,
        "upsampling": convention.upsampling_outputs,
        "batchnorm": convention.batchnorm_outputs,
        "relu": convention.relu_outputs,
    }
    weights = outputs = connections = 0
    for module, kind, units, links in layers:
        if kind == "convolution":
            weights += module.weight.numel() + convention.biases * module.bias.numel()
            outputs += units
            connections += links + convention.bias_connections * units
        elif options[kind]:
            outputs += units
            connections += convention.layer_connections * links
        if kind == "batchnorm":
            weights += convention.batchnorm_parameters * module.num_features
    return Counts(weights, outputs, connections)


@both
@pytest.mark.parametrize(
    ("widths", "size"), [((3, 2, 3, 1), (8, 8)), ((5, 1, 2, 3), (4, 12)), ((1, 3, 1, 2), (8, 4))]
)
def test_every_convention_agrees_with_counting_one_by_one(network, widths, size):
    layers = layers_one_by_one(network, widths, size)
    model = network(*widths)
    for convention in all_conventions():
        expected = counted_one_by_one(layers, convention)
        assert count(model, (widths[3], *size), convention) == expected, convention


@both
@pytest.mark.parametrize("widths", [(3, 32, 24, 1), (5, 16, 10, 1), (1, 2, 3, 4)])
def test_weights_are_the_numbers_that_the_model_holds(network, widths):
    model = network(*widths)
    learned = sum(parameter.numel() for parameter in model.parameters())
    statistics = sum(buffer.numel() for buffer in model.buffers() if buffer.is_floating_point())
    shape = (widths[3], 8, 8)
    with_learned = Convention(biases=True, batchnorm_parameters=2)
    with_statistics = Convention(biases=True, batchnorm_parameters=4)
    assert count(model, shape, with_learned).weights == learned
    assert count(model, shape, with_statistics).weights == learned + statistics


@pytest.mark.parametrize(("kernel", "padding"), [(3, 0), (3, 1), (3, 4), (5, None), (1, 0), (1, 1)])
def test_connections_are_the_jacobians_entries_and_the_taps_on_padding(kernel, padding):
    layer = MyConv2d(2, 3, kernel, padding)
    with torch.no_grad():
        layer.weight.fill_(1)
    x = torch.ones(1, 2, 5, 6)
    jacobian = torch.autograd.functional.jacobian(layer, x)
    found = pairs(layer, x.shape[1:], layer(x).shape[1:])
    on_padding = sum(not on_image(tap, x.shape[1:]) for _, tap in found)
    assert count(layer, (2, 5, 6)).connections == jacobian.count_nonzero() + on_padding
    assert (on_padding > 0) == (layer.padding > 0)


def test_a_convolution_without_bias_has_no_connections_to_one():
    plain, biased = Convention(), Convention(biases=True, bias_connections=True)
    without, with_bias = nn.Conv2d(2, 3, 1, bias=False), nn.Conv2d(2, 3, 1)
    assert count(without, (2, 4, 5), biased) == count(without, (2, 4, 5), plain)
    assert count(with_bias, (2, 4, 5), plain) == Counts(6, 60, 120)
    assert count(with_bias, (2, 4, 5), biased) == Counts(9, 60, 180)


def test_formulas_of_the_plain_convention():
    expected = {name: Polynomial.of(terms) for name, terms in PLAIN.items()}
    assert polynomials() == expected
    assert polynomials(Convention()) == expected
    assert list(polynomials()) == ["weights", "outputs", "connections"]


@both
@pytest.mark.parametrize("convention", [Convention(), EVERYTHING], ids=["plain", "everything"])
def test_doubling_the_input_leaves_weights_and_multiplies_the_others_by_four(network, convention):
    once = polynomials(convention, network=network)
    twice = polynomials(convention, network=network, scale=2)
    assert twice["weights"] == once["weights"]
    assert twice["outputs"] == 4 * once["outputs"]
    assert twice["connections"] == 4 * once["connections"]
    assert twice == polynomials(convention, network=network, height=64, width=64)


def diagram(skips, kernel, channels, nf, nc, area):
    """Return the plain counts as the block table gives them, for NF and NC as numbers."""
    joined = (2 * nf, nf, channels) if skips else (0, 0, 0)
    blocks = [  # (channels in, channels out, area of the convolution's output)
        (channels, nf, area),
        (nf, 2 * nf, area // 4),
        (2 * nf, 2 * nf, area // 16),
        (2 * nf + joined[0], nf, area // 16),
        (nf + joined[1], nc, area // 4),
        (nc + joined[2], nc, area),
    ]
    return Counts(
        sum(kernel**2 * i * o for i, o, _ in blocks),
        sum(o * a for _, o, a in blocks),
        sum(kernel**2 * i * o * a for i, o, a in blocks),
    )


@settings(derandomize=True, deadline=None, max_examples=25)
@given(
    skips=st.booleans(),
    kernel=st.sampled_from([1, 3, 5, 7]),
    channels=st.integers(1, 4),
    nf=st.integers(1, 70),
    nc=st.integers(1, 70),
    height=st.integers(1, 12).map(lambda n: 4 * n),
    width=st.integers(1, 12).map(lambda n: 4 * n),
)
def test_formulas_for_other_settings(skips, kernel, channels, nf, nc, height, width):
    network = UNet if skips else CNN
    expected = diagram(skips, kernel, channels, nf, nc, height * width)
    options = {"kernel": kernel, "num_in_channels": channels, "height": height, "width": width}
    formulas = polynomials(network=network, **options)
    assert Counts(*(formula(nf, nc) for formula in formulas.values())) == expected
    with torch.device("meta"):
        model = network(kernel, nf, nc, channels)
    assert count(model, (channels, height, width)) == expected


def test_a_count_that_is_no_quadratic_is_refused():
    def cubic(kernel, num_filters, num_colours, num_in_channels):
        return MyConv2d(num_in_channels, num_filters**3, kernel)

    with pytest.raises(ArithmeticError, match=r"at NF=4, NC=5, but the network has 576$"):
        polynomials(network=cubic)


def test_a_size_that_the_network_does_not_take_is_refused():
    with pytest.raises(ValueError, match="30×32 pixels"):
        polynomials(height=30)
