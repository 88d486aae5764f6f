"""A bias of another shape than (out,): judged by what it is, and never a fault of ours."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from grader.model import Status
from tests.conv_parts import Asked, fixed, judged, with_search


class Layer(nn.Module):
    """A right layer whose bias has the shape `shape`, in which O is the number of channels."""

    shape = ("O",)

    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__()
        self.padding = kernel_size // 2 if padding is None else padding
        bound = (in_channels * kernel_size**2) ** -0.5
        size = (out_channels, in_channels, kernel_size, kernel_size)
        bias = [out_channels if length == "O" else length for length in self.shape]
        self.weight = nn.Parameter(torch.empty(size).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(bias).uniform_(-bound, bound))

    def forward(self, x):
        return F.conv2d(x, self.weight, padding=self.padding) + self.bias.view(1, -1, 1, 1)


def failed(shape):
    ask = Asked(type("MyConv2d", (Layer,), {"shape": shape}))
    results = judged(with_search(ask, fixed(ask)))
    assert [r.message for r in results.values() if r.status is Status.BROKEN] == []
    return {id_: r for id_, r in results.items() if r.status is not Status.PASSED}


@pytest.mark.parametrize("shape", [("O",), (1, "O", 1, 1), ("O", 1, 1), (1, "O")], ids=str)
def test_the_same_bias_in_another_shape_is_right(shape):
    assert failed(shape) == {}


@pytest.mark.parametrize("shape", [(1,), (), (1, 1, 1, 1)], ids=str)
def test_one_number_for_all_channels_is_wrong_in_values_gradients_and_shape(shape):
    found = failed(shape)
    assert set(found) == {"conv2d.values", "conv2d.gradients", "conv2d.parameters"}
    (gradient,) = found["conv2d.gradients"].findings
    assert gradient.expected == "the gradient by the bias: 2 numbers"
    assert gradient.actual == "1"
