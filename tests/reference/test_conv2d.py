"""MyConv2d against torch's convolution and against the sums written out."""

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from reference import MyConv2d

SETTINGS = settings(derandomize=True, deadline=None, max_examples=60)


@st.composite
def cases(draw):
    """Return the sizes of a convolution whose output is not empty."""
    kernel = draw(st.integers(1, 5))
    padding = draw(st.none() | st.integers(0, kernel + 1))
    added = 2 * (kernel // 2 if padding is None else padding)
    smallest = max(1, kernel - added)
    return {
        "batch": draw(st.integers(1, 2)),
        "in_channels": draw(st.integers(1, 3)),
        "out_channels": draw(st.integers(1, 3)),
        "kernel": kernel,
        "padding": padding,
        "height": draw(st.integers(smallest, smallest + 3)),
        "width": draw(st.integers(smallest, smallest + 3)),
        "seed": draw(st.integers(0, 2**32)),
    }


def case(kernel, padding, height=4, width=5):
    sizes = {"batch": 2, "in_channels": 2, "out_channels": 3, "seed": 1}
    return sizes | {"kernel": kernel, "padding": padding, "height": height, "width": width}


def run(sizes):
    """Return input, layer, output and the gradient that is fed back, all in float64."""
    generator = torch.Generator().manual_seed(sizes["seed"])
    layer = MyConv2d(
        sizes["in_channels"], sizes["out_channels"], sizes["kernel"], sizes["padding"]
    ).double()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    shape = (sizes["batch"], sizes["in_channels"], sizes["height"], sizes["width"])
    x = torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)
    out = layer(x)
    upstream = torch.randn(out.shape, generator=generator, dtype=torch.float64)
    out.backward(upstream)
    return x, layer, out, upstream


def gradients(x, layer):
    return {"input": x.grad, "weight": layer.weight.grad, "bias": layer.bias.grad}


def sums(x, weight, bias, padding, upstream):
    """Return the output and the three gradients as sums over every tap, one by one."""
    (batch, channels, height, width), (filters, _, k, _) = x.shape, weight.shape
    out_height, out_width = height + 2 * padding - k + 1, width + 2 * padding - k + 1
    out = np.zeros((batch, filters, out_height, out_width))
    gradient = {"input": np.zeros(x.shape), "weight": np.zeros(weight.shape)}
    gradient["bias"] = np.zeros(bias.shape)
    for n, o, row, column in np.ndindex(out.shape):
        out[n, o, row, column] = bias[o]
        gradient["bias"][o] += upstream[n, o, row, column]
        for c, a, b in product(range(channels), range(k), range(k)):
            y, z = row + a - padding, column + b - padding
            if 0 <= y < height and 0 <= z < width:
                out[n, o, row, column] += weight[o, c, a, b] * x[n, c, y, z]
                gradient["weight"][o, c, a, b] += upstream[n, o, row, column] * x[n, c, y, z]
                gradient["input"][n, c, y, z] += upstream[n, o, row, column] * weight[o, c, a, b]
    return out, gradient


@SETTINGS
@given(cases())
@example(case(kernel=3, padding=0))
@example(case(kernel=3, padding=None))
@example(case(kernel=3, padding=4))
@example(case(kernel=1, padding=2, height=1, width=1))
@example(case(kernel=4, padding=None))
def test_equals_torchs_convolution(sizes):
    x, layer, out, upstream = run(sizes)
    padding = sizes["kernel"] // 2 if sizes["padding"] is None else sizes["padding"]
    leaves = [t.detach().clone().requires_grad_() for t in (x, layer.weight, layer.bias)]
    expected = F.conv2d(*leaves, stride=1, padding=padding)
    expected.backward(upstream)
    torch.testing.assert_close(out, expected, rtol=1e-12, atol=1e-12)
    for gradient, leaf in zip(gradients(x, layer).values(), leaves, strict=True):
        torch.testing.assert_close(gradient, leaf.grad, rtol=1e-12, atol=1e-12)


@SETTINGS
@given(cases())
@example(case(kernel=3, padding=0))
@example(case(kernel=3, padding=None))
@example(case(kernel=3, padding=4))
@example(case(kernel=2, padding=None))
def test_equals_the_sums_written_out(sizes):
    x, layer, out, upstream = run(sizes)
    padding = sizes["kernel"] // 2 if sizes["padding"] is None else sizes["padding"]
    arrays = [t.detach().numpy() for t in (x, layer.weight, layer.bias)]
    expected, expected_gradients = sums(*arrays, padding, upstream.numpy())
    assert out.shape == expected.shape
    np.testing.assert_allclose(out.detach().numpy(), expected, rtol=1e-10, atol=1e-12)
    for name, gradient in gradients(x, layer).items():
        np.testing.assert_allclose(
            gradient.numpy(), expected_gradients[name], rtol=1e-10, atol=1e-12, err_msg=name
        )


def test_correlates_rather_than_convolves():
    layer = MyConv2d(1, 1, kernel_size=3)
    with torch.no_grad():
        layer.weight.copy_(torch.arange(9.0).view(1, 1, 3, 3))
        layer.bias.zero_()
    pulse = torch.zeros(1, 1, 3, 3)
    pulse[0, 0, 1, 1] = 1
    assert layer(pulse).flatten().tolist() == [8, 7, 6, 5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
def test_padding_none_means_half_the_kernel(kernel):
    x = torch.zeros(1, 2, 7, 8)
    default = MyConv2d(2, 3, kernel, padding=None)(x)
    assert default.shape == MyConv2d(2, 3, kernel, padding=kernel // 2)(x).shape
    assert (default.shape[2:] == x.shape[2:]) == (kernel % 2 == 1)
    assert MyConv2d(2, 3, kernel, padding=0)(x).shape == (1, 3, 8 - kernel, 9 - kernel)


@pytest.mark.parametrize(("in_channels", "kernel"), [(1, 1), (1, 3), (4, 3), (3, 5), (9, 4)])
def test_parameters_start_uniform_within_their_bound(in_channels, kernel):
    torch.manual_seed(0)
    layer = MyConv2d(in_channels, 4000, kernel)
    assert layer.weight.shape == (4000, in_channels, kernel, kernel)
    assert layer.bias.shape == (4000,)
    bound = (in_channels * kernel**2) ** -0.5
    for values in (layer.weight.detach().flatten(), layer.bias.detach()):
        assert values.abs().max() <= bound * (1 + 1e-6)
        quarters = torch.histc(values, bins=4, min=-bound, max=bound) / len(values)
        assert quarters.tolist() == pytest.approx([0.25] * 4, abs=0.03)


def test_holds_two_parameters_and_no_buffer():
    layer = MyConv2d(2, 3, 3)
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]
    assert all(parameter.requires_grad for parameter in layer.parameters())
    assert not list(layer.buffers())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 1, 3), "in_channels=0, but should be at least 1"),
        ((1, -2, 3), "out_channels=-2, but should be at least 1"),
        ((1, 1, 0), "kernel_size=0, but should be at least 1"),
        ((1, 1, 3, -1), "padding=-1, but should be at least 0, or None"),
    ],
)
def test_refuses_impossible_sizes(arguments, message):
    with pytest.raises(ValueError, match="but should be") as caught:
        MyConv2d(*arguments)
    assert str(caught.value) == message
