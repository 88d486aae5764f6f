"""Part A, question 3: weights, outputs and connections, derived from the networks themselves.

Nothing here knows a formula. A network is run once, its layers are recorded (`reference.trace`)
and counted under a `Convention`; the formulas follow from such counts at a few widths.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import nn

from reference.cnn import CNN
from reference.convention import Convention
from reference.polynomial import SAMPLE_POINTS, Polynomial
from reference.trace import Layer, trace

# CNN, UNet: (kernel, num_filters, num_colours, num_in_channels) to a network.
Network = Callable[[int, int, int, int], nn.Module]

# Widths beyond the sample points: a polynomial of too low a degree cannot pass here.
_CHECK_POINTS = ((4, 5), (7, 2))


@dataclass(frozen=True)
class Counts:
    """The three figures that the question asks for, for one image.

    Attributes:
        weights: numbers that the network holds.
        outputs: units that it computes.
        connections: pairs of a computed unit and a unit that it reads.
    """

    weights: int
    outputs: int
    connections: int


def count(
    model: nn.Module, input_shape: tuple[int, int, int], convention: Convention | None = None
) -> Counts:
    """Count `model` for one image of `input_shape`, (channels, height, width).

    The model is run once on zeros, in evaluation mode, and left as it was.

    Args:
        model: a network of convolutions, pooling, nearest upsampling, BatchNorm and ReLU, on
            any device ("meta" costs nothing).
        input_shape: channels, height and width of its input.
        convention: what to include; convolutions alone, without biases, if None.

    >>> count(CNN(kernel=3, num_filters=32, num_colours=24, num_in_channels=1), (1, 32, 32))
    Counts(weights=86112, outputs=86016, connections=15630336)
    """
    return tally(trace(model, input_shape), convention or Convention())


def tally(layers: Iterable[Layer], convention: Convention) -> Counts:
    """Count recorded layers under `convention`."""
    weights = outputs = connections = 0
    for layer in layers:
        weights += _weights(layer, convention)
        if layer.kind == "convolution":
            outputs += layer.outputs
            with_bias = convention.bias_connections and layer.has_bias
            connections += layer.outputs * (layer.taps + with_bias)
        elif layer.kind in convention.other_layers:
            outputs += layer.outputs
            connections += layer.outputs * layer.taps * convention.layer_connections
    return Counts(weights, outputs, connections)


def _weights(layer: Layer, convention: Convention) -> int:
    weights = layer.weights
    if convention.biases:
        weights += layer.biases
    if convention.batchnorm_parameters >= 2:
        weights += layer.affine
    if convention.batchnorm_parameters == 4:
        weights += layer.statistics
    return weights


def polynomials(
    convention: Convention | None = None,
    *,
    scale: int = 1,
    kernel: int = 3,
    num_in_channels: int = 1,
    height: int = 32,
    width: int = 32,
    network: Network = CNN,
) -> dict[str, Polynomial]:
    """Return the counts of a network as exact polynomials in NF and NC.

    The network is counted at six small widths, which determine a polynomial of degree 2, and
    at two more, which would show that it is none.

    Args:
        convention: what to include; convolutions alone, without biases, if None.
        scale: factor on both height and width; 2 doubles the input.
        kernel: side of the kernels, odd.
        num_in_channels: channels of the input.
        height: of the input, in pixels; times `scale` divisible by 4.
        width: of the input, in pixels; times `scale` divisible by 4.
        network: `CNN`, `UNet`, or another class made in the same way.

    Returns:
        "weights", "outputs" and "connections", in this order.

    Raises:
        ValueError: an even kernel, or a size that the network does not take.
        ArithmeticError: a count is no polynomial of degree 2.

    >>> for name, polynomial in polynomials().items():
    ...     print(f"{name:<11} {polynomial}")
    weights     72·NF² + 9·NF + 9·NF·NC + 9·NC²
    outputs     1728·NF + 1280·NC
    connections 8064·NF² + 9216·NF + 2304·NF·NC + 9216·NC²
    """
    input_shape = (num_in_channels, height * scale, width * scale)
    counted = {
        widths: tally(_layers(network, kernel, widths, input_shape), convention or Convention())
        for widths in (*SAMPLE_POINTS, *_CHECK_POINTS)
    }
    return {
        name: _fit({widths: getattr(counts, name) for widths, counts in counted.items()})
        for name in ("weights", "outputs", "connections")
    }


def _fit(values: dict[tuple[int, int], int]) -> Polynomial:
    polynomial = Polynomial.fit([values[point] for point in SAMPLE_POINTS])
    for nf, nc in _CHECK_POINTS:
        if polynomial(nf, nc) != values[nf, nc]:
            raise ArithmeticError(
                f"{polynomial} is {polynomial(nf, nc)} at NF={nf}, NC={nc}, "
                f"but the network has {values[nf, nc]}"
            )
    return polynomial


@lru_cache(maxsize=256)
def _layers(
    network: Network,
    kernel: int,
    widths: tuple[int, int],
    input_shape: tuple[int, int, int],
) -> tuple[Layer, ...]:
    """Trace one network on the meta device: shapes without numbers, so any size is quick."""
    with torch.device("meta"):
        model = network(kernel, *widths, input_shape[0])
    return trace(model, input_shape)
