"""What a count of weights, outputs and connections may include."""

from dataclasses import astuple, dataclass
from itertools import product

from reference.trace import Kind

BATCHNORM_PARAMETERS = (0, 2, 4)

_NAMES: dict[Kind, str] = {
    "pooling": "pooling",
    "upsampling": "upsampling",
    "batchnorm": "BatchNorm",
    "relu": "ReLU",
}


@dataclass(frozen=True)
class Convention:
    """One consistent way to count. The default counts convolutions alone, without biases.

    Weights are the numbers in the convolutions' kernels. Outputs are the units that the
    convolutions compute for one image; neither the input nor a concatenation is a new unit.
    Connections are the pairs of such a unit and one unit that it reads: kernel² × input channels
    for each output of a convolution, the taps that fall on padding included. (Without them a
    count would no longer be proportional to height × width: a unit in the corner has fewer.)

    Attributes:
        biases: the convolutions' biases are weights too.
        bias_connections: each output of a convolution also has a connection to its bias, as if
            that were a weight on a unit that is always 1. Needs `biases`.
        batchnorm_parameters: numbers that count as weights for each channel of a BatchNorm:
            0; 2, the scale and shift that are learned; or 4, with running mean and variance.
        pooling_outputs, upsampling_outputs, batchnorm_outputs, relu_outputs: that kind of layer
            computes units as well.
        layer_connections: each output of those kinds has connections too: to its whole window
            for pooling, to one unit for the three others. Needs one of those kinds.

    BatchNorm and ReLU follow each other in every block, so figures alone cannot tell
    `batchnorm_outputs` from `relu_outputs`.

    Raises:
        ValueError: an option without the one that it needs, or another number than 0, 2 or 4.

    >>> print(Convention(biases=True, batchnorm_parameters=2, relu_outputs=True).describe())
    convolutions with biases; 2 numbers a channel of BatchNorm; outputs of ReLU
    """

    biases: bool = False
    bias_connections: bool = False
    batchnorm_parameters: int = 0
    pooling_outputs: bool = False
    upsampling_outputs: bool = False
    batchnorm_outputs: bool = False
    relu_outputs: bool = False
    layer_connections: bool = False

    def __post_init__(self) -> None:
        if self.batchnorm_parameters not in BATCHNORM_PARAMETERS:
            raise ValueError(
                f"batchnorm_parameters={self.batchnorm_parameters}, but should be 0, 2 or 4"
            )
        if self.bias_connections and not self.biases:
            raise ValueError("bias_connections=True, but should be False unless biases=True")
        if self.layer_connections and not self.other_layers:
            raise ValueError(
                "layer_connections=True, but should be False unless the outputs of pooling, "
                "upsampling, BatchNorm or ReLU count"
            )

    @property
    def other_layers(self) -> frozenset[Kind]:
        """The kinds of layer, besides convolutions, whose outputs count."""
        counted: dict[Kind, bool] = {
            "pooling": self.pooling_outputs,
            "upsampling": self.upsampling_outputs,
            "batchnorm": self.batchnorm_outputs,
            "relu": self.relu_outputs,
        }
        return frozenset(kind for kind, counts in counted.items() if counts)

    def describe(self) -> str:
        """Return this convention in words; no two conventions read the same."""
        parts = [f"convolutions {'with' if self.biases else 'without'} biases"]
        if self.bias_connections:
            parts[0] += " and their connections"
        if self.batchnorm_parameters:
            parts.append(f"{self.batchnorm_parameters} numbers a channel of BatchNorm")
        if self.other_layers:
            *names, last = (name for kind, name in _NAMES.items() if kind in self.other_layers)
            outputs = f"{', '.join(names)} and {last}" if names else last
            connections = " and their connections" if self.layer_connections else ""
            parts.append(f"outputs of {outputs}{connections}")
        return "; ".join(parts)


def all_conventions() -> tuple[Convention, ...]:
    """Return every convention once, the plainest first.

    Those with fewer options come before those with more, so the first that agrees with some
    figures is the simplest explanation of them.

    >>> len(all_conventions())
    279
    >>> all_conventions()[0] == Convention()
    True
    """
    biases = ((False, False), (True, False), (True, True))
    outputs = [
        (*counted, connections)
        for counted in product((False, True), repeat=4)
        for connections in ((False, True) if any(counted) else (False,))
    ]
    conventions = (
        Convention(*bias, numbers, *output)
        for bias, numbers, output in product(biases, BATCHNORM_PARAMETERS, outputs)
    )
    return tuple(sorted(conventions, key=_options))


def _options(convention: Convention) -> int:
    """Return how many options of `convention` are switched on."""
    return sum(bool(option) for option in astuple(convention))
