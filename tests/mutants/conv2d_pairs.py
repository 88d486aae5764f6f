"""MyConv2d classes with two sins, and what is no MyConv2d at all."""

import torch
from conv_layers import Parts
from torch import nn
from torch.nn import functional as F

from grader.proving.cases import mutant
from reference import MyConv2d

RUNS = ["conv2d.runs"]
SHAPE = ["conv2d.output_shape"]
VALUES = ["conv2d.values"]
GRADIENTS = ["conv2d.gradients"]
START = ["conv2d.initialisation"]


@mutant(["bias_ignored", "kernel_flipped"], part="conv2d", caught_by=VALUES)
class BiasIgnoredKernelFlipped(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight.flip(2, 3), padding=self.padding)


@mutant(["bias_ignored", "padding_ignored"], part="conv2d", caught_by=SHAPE + VALUES)
class BiasAndPaddingIgnored(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight)


@mutant(["padding_default_zero", "stride_two"], part="conv2d", caught_by=SHAPE)
class PaddingDefaultZeroStrideTwo(Parts):
    def pad(self, padding, kernel_size):
        return padding or 0

    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, stride=2, padding=self.padding)


@mutant(["kernel_flipped", "weight_detached"], part="conv2d", caught_by=VALUES + GRADIENTS)
class KernelFlippedWeightDetached(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight.data.flip(2, 3), self.bias, padding=self.padding)


@mutant(["init_missing", "padding_always_same"], part="conv2d", caught_by=SHAPE + START)
class InitMissingPaddingAlwaysSame(Parts):
    def start(self, shape, bound):
        return torch.zeros(shape)

    def pad(self, padding, kernel_size):
        return padding or kernel_size // 2


@mutant("missing", part="conv2d", caught_by=RUNS)
class Missing:
    """Stands for a notebook that defines no MyConv2d."""


@mutant("not_a_module", part="conv2d", caught_by=RUNS)
class NotAModule:
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        self.inner = MyConv2d(in_channels, out_channels, kernel_size, padding).double()

    def __call__(self, x):
        return self.inner(x)


@mutant("raises", part="conv2d", caught_by=RUNS)
class Raises(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weights, self.bias, padding=self.padding)


@mutant("raises", part="conv2d", caught_by=RUNS, name="raises_when_built")
class RaisesWhenBuilt(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        self.weight = nn.Parameter(torch.zeros(1))
