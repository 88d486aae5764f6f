"""The recorded layers of a forward pass."""

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from reference import CNN
from reference.trace import Layer, trace


def test_one_layer_of_each_kind():
    model = nn.Sequential(
        nn.Conv2d(2, 3, (3, 5), padding=1),
        nn.MaxPool2d((2, 3)),
        nn.BatchNorm2d(3),
        nn.ReLU(inplace=True),
        nn.Upsample(scale_factor=2),
    )
    assert trace(model, (2, 4, 8)) == (
        Layer("convolution", 3 * 4 * 6, taps=30, weights=90, biases=3, has_bias=True),
        Layer("pooling", 3 * 2 * 2, taps=6),
        Layer("batchnorm", 12, affine=6, statistics=6),
        Layer("relu", 12),
        Layer("upsampling", 48),
    )


def test_numbers_that_are_not_there_do_not_count():
    model = nn.Sequential(
        nn.Conv2d(1, 2, 1, bias=False),
        nn.BatchNorm2d(2, affine=False),
        nn.BatchNorm2d(2, track_running_stats=False),
    )
    convolution, without_affine, without_statistics = trace(model, (1, 2, 2))
    assert (convolution.biases, convolution.has_bias) == (0, False)
    assert (without_affine.affine, without_affine.statistics) == (0, 4)
    assert (without_statistics.affine, without_statistics.statistics) == (4, 0)


def test_a_layer_that_runs_twice_holds_its_numbers_once():
    convolution = nn.Conv2d(1, 1, 3, padding=1)
    first, second = trace(nn.Sequential(convolution, convolution), (1, 4, 4))
    assert (first.weights, first.biases, first.outputs) == (9, 1, 16)
    assert (second.weights, second.biases, second.outputs) == (0, 0, 16)
    assert second.has_bias
    assert second.taps == first.taps == 9


def test_arguments_by_name_count_alike():
    class Functional(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(2, 1, 3, 3))

        def forward(self, x):
            x = F.conv2d(x, weight=self.weight, bias=self.weight[:, 0, 0, 0], padding=1)
            return F.max_pool2d(input=x, kernel_size=4)

    assert trace(Functional(), (1, 4, 4)) == (
        Layer("convolution", 32, taps=9, weights=18, biases=2, has_bias=True),
        Layer("pooling", 2, taps=16),
    )


def test_the_model_is_left_as_it_was():
    model = CNN(3, 2, 3, 1).train()
    model.block2.eval()
    modes = [module.training for module in model.modules()]
    before = copy.deepcopy(model.state_dict())
    trace(model, (1, 8, 8))
    assert [module.training for module in model.modules()] == modes
    assert len(set(modes)) == 2
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert all(parameter.grad is None for parameter in model.parameters())


@pytest.mark.parametrize("device", ["cpu", "meta"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_device_and_type_do_not_matter(device, dtype):
    model = CNN(3, 2, 3, 1)
    assert trace(model.to(device=device, dtype=dtype), (1, 8, 8)) == trace(
        CNN(3, 2, 3, 1), (1, 8, 8)
    )


@pytest.mark.parametrize("shape", [(1, 8), (1, 0, 8), (1, 1, 8, 8)])
def test_an_impossible_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"but should be \(channels, height, width\)$"):
        trace(CNN(3, 2, 3, 1), shape)
