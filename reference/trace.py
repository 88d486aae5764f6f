"""What a network computes, layer by layer, recorded from one real forward pass."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import prod
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from reference.modes import evaluating

Kind = Literal["convolution", "pooling", "upsampling", "batchnorm", "relu"]


@dataclass(frozen=True)
class Layer:
    """One operation of the network, for one example.

    Attributes:
        kind: what it computes.
        outputs: units that it computes (channels × height × width).
        taps: units that each of its outputs reads. For a convolution that is kernel² × input
            channels everywhere: at the border the taps that fall on padding are among them.
        weights: numbers in its weight tensor (a convolution's kernel); 0 for the other kinds.
        biases: numbers in a convolution's bias.
        affine: numbers in BatchNorm's learned scale and shift (2 a channel).
        statistics: numbers in BatchNorm's running mean and variance (2 a channel).
        has_bias: whether each output of a convolution adds a bias, its own or a shared one.
    """

    kind: Kind
    outputs: int
    taps: int = 1
    weights: int = 0
    biases: int = 0
    affine: int = 0
    statistics: int = 0
    has_bias: bool = False


def trace(model: nn.Module, input_shape: tuple[int, int, int]) -> tuple[Layer, ...]:
    """Run `model` once and return its layers in order of execution.

    A tensor that serves several layers is counted at its first use only. The model is left as
    it was: evaluation mode holds for the pass alone, so no running statistic moves. Operations
    of no listed kind (a concatenation, a reshape) compute no unit and leave no layer.

    Args:
        model: any network on any device, "meta" included, whose input is one tensor.
        input_shape: (channels, height, width) of one example.

    Raises:
        ValueError: a shape that is not three positive numbers.

    >>> [layer.kind for layer in trace(nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU()), (1, 5, 5))]
    ['convolution', 'relu']
    """
    if len(input_shape) != 3 or min(input_shape) < 1:
        raise ValueError(f"input_shape={input_shape}, but should be (channels, height, width)")
    like = next(model.parameters(), torch.empty(0))
    x = torch.zeros(1, *input_shape, dtype=like.dtype, device=like.device)
    recorder = _Recorder()
    with evaluating(model), recorder:
        model(x)
    return tuple(recorder.layers)


class _Call(NamedTuple):
    """A call of a torch function that has returned."""

    result: Tensor
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def argument(self, position: int, name: str) -> Any:
        """Return an argument however it was given; None if it was left out."""
        return self.args[position] if position < len(self.args) else self.kwargs.get(name)


class _Recorder(TorchFunctionMode):
    """Notes each call of a torch function that computes a layer's units."""

    def __init__(self) -> None:
        super().__init__()
        self.layers: list[Layer] = []
        self._seen: list[Tensor] = []

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        record = _RECORDS.get(func)
        if record is not None:
            self.layers.append(record(self, _Call(result, args, kwargs)))
        return result

    def new_numbers(self, *tensors: Tensor | None) -> int:
        """Return how many numbers are in those of `tensors` that were not met before."""
        total = 0
        for tensor in tensors:
            if tensor is not None and not any(tensor is other for other in self._seen):
                self._seen.append(tensor)
                total += tensor.numel()
        return total


def _convolution(recorder: _Recorder, call: _Call) -> Layer:
    weight, bias = call.argument(1, "weight"), call.argument(2, "bias")
    return Layer(
        "convolution",
        call.result.numel(),
        taps=weight[0].numel(),
        weights=recorder.new_numbers(weight),
        biases=recorder.new_numbers(bias),
        has_bias=bias is not None,
    )


def _pooling(_: _Recorder, call: _Call) -> Layer:
    window = call.argument(1, "kernel_size")
    taps = window * window if isinstance(window, int) else prod(window)
    return Layer("pooling", call.result.numel(), taps=taps)


def _batchnorm(recorder: _Recorder, call: _Call) -> Layer:
    return Layer(
        "batchnorm",
        call.result.numel(),
        affine=recorder.new_numbers(call.argument(3, "weight"), call.argument(4, "bias")),
        statistics=recorder.new_numbers(
            call.argument(1, "running_mean"), call.argument(2, "running_var")
        ),
    )


def _upsampling(_: _Recorder, call: _Call) -> Layer:
    return Layer("upsampling", call.result.numel())


def _relu(_: _Recorder, call: _Call) -> Layer:
    return Layer("relu", call.result.numel())


_RECORDS: dict[Callable[..., Any], Callable[[_Recorder, _Call], Layer]] = {
    F.conv2d: _convolution,
    F.max_pool2d: _pooling,
    F.batch_norm: _batchnorm,
    F.interpolate: _upsampling,
    F.relu: _relu,
}
