"""CNN and UNet: parameters, shapes, the order of the operations, and their values."""

import pytest
import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from reference import CNN, MyConv2d, UNet

# (kernel, num_filters, num_colours, num_in_channels): numbers in all parameters of each network.
PARAMETERS = {
    (3, 32, 24, 1): (86784, 112344),
    (3, 32, 24, 3): (87360, 113352),
    (3, 8, 24, 1): (11832, 14928),
    (5, 16, 10, 1): (58428, 75478),
    (1, 16, 24, 1): (3408, 4328),
}
DOWN = ["conv2d", "max_pool2d", "batch_norm", "relu"]
MIDDLE = ["conv2d", "batch_norm", "relu"]
UP = ["conv2d", "interpolate", "batch_norm", "relu"]
both = pytest.mark.parametrize("network", [CNN, UNet])


class Calls(TorchFunctionMode):
    """Keeps each call of a function that a network is made of."""

    watched = (*DOWN, *UP, "cat")

    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        if getattr(func, "__name__", "") in self.watched:
            self.calls.append((func.__name__, args, kwargs or {}, result))
        return result


def calls_of(model, x):
    with Calls() as calls:
        model(x)
    return calls.calls


def random_network(network, *widths):
    """Return a network in float64 whose every number was drawn: BatchNorm has negative ones."""
    generator = torch.Generator().manual_seed(5)
    model = network(*widths).double()
    for tensor in (*model.parameters(), *model.buffers()):
        if tensor.is_floating_point():
            values = torch.randn(tensor.shape, generator=generator, dtype=torch.float64)
            tensor.data.copy_(values)
    for name, buffer in model.named_buffers():
        if name.endswith("running_var"):
            buffer.abs_().add_(0.5)
    return model


def written_out(model, x, *, training, skips):
    """Return what the diagram says, computed from the model's numbers with no layer of its own."""
    numbers = list(model.parameters())
    statistics = [b for b in model.buffers() if b.is_floating_point()]

    def take(tensors, number):
        return [tensors.pop(0) for _ in range(number)]

    def convolve(y):
        weight, bias = take(numbers, 2)
        return F.conv2d(y, weight, bias, padding=weight.shape[-1] // 2)

    def normalise(y):
        scale, shift, mean, variance = (
            tensor[:, None, None] for tensor in (*take(numbers, 2), *take(statistics, 2))
        )
        if training:
            mean = y.mean(dim=(0, 2, 3), keepdim=True)
            variance = (y - mean).square().mean(dim=(0, 2, 3), keepdim=True)
        return (y - mean) / (variance + 1e-5).sqrt() * scale + shift

    def halve(y):
        corners = [y[..., i::2, j::2] for i in (0, 1) for j in (0, 1)]
        return torch.stack(corners).amax(dim=0)

    def double(y):
        return y.repeat_interleave(2, dim=-1).repeat_interleave(2, dim=-2)

    def join(y, skip):
        return torch.cat((y, skip), dim=1) if skips else y

    half = normalise(halve(convolve(x))).clamp(min=0)
    quarter = normalise(halve(convolve(half))).clamp(min=0)
    y = normalise(convolve(quarter)).clamp(min=0)
    y = normalise(double(convolve(join(y, quarter)))).clamp(min=0)
    y = normalise(double(convolve(join(y, half)))).clamp(min=0)
    y = convolve(join(y, x))
    assert not numbers
    assert not statistics
    return y


@both
@pytest.mark.parametrize("widths", PARAMETERS)
def test_numbers_in_parameters(network, widths):
    expected = dict(zip((CNN, UNet), PARAMETERS[widths], strict=True))[network]
    assert sum(parameter.numel() for parameter in network(*widths).parameters()) == expected


@both
@pytest.mark.parametrize("widths", PARAMETERS)
@pytest.mark.parametrize("size", [(32, 32), (4, 4), (8, 12), (20, 4), (36, 28)])
def test_output_has_the_size_of_the_input(network, widths, size):
    num_colours, num_in_channels = widths[2:]
    with torch.device("meta"):
        out = network(*widths)(torch.empty(3, num_in_channels, *size))
    assert out.shape == (3, num_colours, *size)


@both
@pytest.mark.parametrize("widths", [(3, 6, 5, 1), (5, 3, 4, 2), (1, 2, 7, 3)])
@pytest.mark.parametrize("training", [True, False])
def test_values_are_those_of_the_diagram(network, widths, training):
    model = random_network(network, *widths).train(training)
    x = torch.randn(2, widths[3], 12, 8, generator=torch.Generator().manual_seed(1)).double()
    expected = written_out(model, x, training=training, skips=network is UNet)
    torch.testing.assert_close(model(x), expected, rtol=1e-9, atol=1e-9)


def test_cnn_runs_its_operations_in_the_diagrams_order():
    names = [name for name, *_ in calls_of(CNN(3, 2, 3, 1), torch.zeros(1, 1, 8, 8))]
    assert names == DOWN + DOWN + MIDDLE + UP + UP + ["conv2d"]


def test_unet_runs_its_operations_in_the_diagrams_order():
    names = [name for name, *_ in calls_of(UNet(3, 2, 3, 1), torch.zeros(1, 1, 8, 8))]
    assert names == DOWN + DOWN + MIDDLE + ["cat", *UP, "cat", *UP, "cat", "conv2d"]


def test_unet_concatenates_the_previous_block_first_then_the_skip():
    x = torch.rand(1, 1, 8, 8)
    calls = calls_of(UNet(3, 2, 3, 1), x)
    blocks = [result for name, _, _, result in calls if name == "relu"]
    joins = [(args[0], kwargs) for name, args, kwargs, _ in calls if name == "cat"]
    pairs = [(blocks[2], blocks[1]), (blocks[3], blocks[0]), (blocks[4], x)]
    assert [kwargs for _, kwargs in joins] == [{"dim": 1}] * 3
    assert len(joins) == len(pairs)
    for (tensors, _), expected in zip(joins, pairs, strict=True):
        assert [id(tensor) for tensor in tensors] == [id(tensor) for tensor in expected]


@both
def test_upsampling_is_nearest_and_pooling_takes_two_by_two(network):
    calls = calls_of(network(3, 2, 3, 1), torch.zeros(1, 1, 8, 8))
    assert [kwargs["mode"] for name, _, kwargs, _ in calls if name == "interpolate"] == [
        "nearest"
    ] * 2
    assert [args[1] for name, args, *_ in calls if name == "max_pool2d"] == [2, 2]


@both
def test_every_convolution_is_our_own_and_learns(network):
    model = network(3, 2, 3, 1)
    assert sum(isinstance(module, MyConv2d) for module in model.modules()) == 6
    assert not any(isinstance(module, torch.nn.Conv2d) for module in model.modules())
    model(torch.rand(2, 1, 8, 8)).square().sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


@both
@pytest.mark.parametrize("kernel", [0, 2, 4, -3])
def test_refuses_a_kernel_that_changes_the_size(network, kernel):
    with pytest.raises(ValueError, match=f"^kernel={kernel}, but should be a positive odd number$"):
        network(kernel, 2, 3, 1)


@both
@pytest.mark.parametrize("size", [(30, 32), (32, 6), (1, 4)])
def test_refuses_a_size_that_cannot_be_halved_twice(network, size):
    message = f"^the input is {size[0]}×{size[1]} pixels, but both should be divisible by 4$"
    with pytest.raises(ValueError, match=message):
        network(3, 2, 3, 1)(torch.zeros(1, 1, *size))
