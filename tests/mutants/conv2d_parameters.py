"""MyConv2d classes whose weight or bias is not what it should be, or starts with other values."""

import torch
from conv_layers import Parts
from torch import nn
from torch.nn import functional as F

from grader.proving.cases import mutant

SHAPE = ["conv2d.output_shape"]
VALUES = ["conv2d.values"]
PARAMETERS = ["conv2d.parameters"]
START = ["conv2d.initialisation"]


@mutant("bias_ignored", part="conv2d", caught_by=VALUES)
class BiasIgnored(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight, padding=self.padding)


@mutant("bias_ignored", part="conv2d", caught_by=VALUES + PARAMETERS, name="no_bias_at_all")
class NoBiasAtAll(BiasIgnored):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__(in_channels, out_channels, kernel_size, padding)
        del self.bias


@mutant("bias_not_parameter", part="conv2d", caught_by=PARAMETERS)
class BiasNotParameter(Parts):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__(in_channels, out_channels, kernel_size, padding)
        bias = self.bias.detach()
        del self.bias
        self.bias = bias


@mutant("weight_not_parameter", part="conv2d", caught_by=PARAMETERS)
class WeightNotParameter(Parts):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__(in_channels, out_channels, kernel_size, padding)
        weight = self.weight.detach()
        del self.weight
        self.weight = weight.requires_grad_()


@mutant("weight_not_parameter", part="conv2d", caught_by=PARAMETERS, name="weight_a_buffer")
class WeightABuffer(Parts):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__(in_channels, out_channels, kernel_size, padding)
        weight = self.weight.detach()
        del self.weight
        self.register_buffer("weight", weight)


@mutant(["weight_not_parameter", "bias_not_parameter"], part="conv2d", caught_by=PARAMETERS)
class NoParameters(Parts):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__(in_channels, out_channels, kernel_size, padding)
        weight, bias = self.weight.data, self.bias.data
        del self.weight, self.bias
        self.weight, self.bias = weight, bias


@mutant("weight_axes_swapped", part="conv2d", caught_by=VALUES + PARAMETERS)
class WeightAxesSwapped(Parts):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__(in_channels, out_channels, kernel_size, padding)
        self.weight = nn.Parameter(self.weight.detach().transpose(0, 1).contiguous())

    def forward(self, x):
        return F.conv2d(x, self.weight.transpose(0, 1), self.bias, padding=self.padding)


@mutant(
    "weight_axes_swapped", part="conv2d", caught_by=SHAPE + PARAMETERS, name="weight_made_swapped"
)
class WeightMadeSwapped(WeightAxesSwapped):
    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, padding=self.padding)


@mutant("weight_axes_swapped", part="conv2d", caught_by=SHAPE + VALUES, name="weight_used_swapped")
class WeightUsedSwapped(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight.transpose(0, 1), self.bias, padding=self.padding)


@mutant("kernel_flipped", part="conv2d", caught_by=VALUES)
class KernelFlipped(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight.flip(2, 3), self.bias, padding=self.padding)


@mutant("init_missing", part="conv2d", caught_by=START)
class InitMissing(Parts):
    def start(self, shape, bound):
        return torch.empty(shape)


@mutant("init_missing", part="conv2d", caught_by=START, name="init_zeros")
class InitZeros(Parts):
    def start(self, shape, bound):
        return torch.zeros(shape)


@mutant("init_missing", part="conv2d", caught_by=START, name="init_bias_zeros")
class InitBiasZeros(Parts):
    def start(self, shape, bound):
        return torch.zeros(shape) if len(shape) == 1 else super().start(shape, bound)


@mutant("init_scale", part="conv2d", caught_by=START)
class InitScale(Parts):
    def start(self, shape, bound):
        return super().start(shape, bound**2)


@mutant("init_scale", part="conv2d", caught_by=START, name="init_normal")
class InitNormal(Parts):
    def start(self, shape, bound):
        return torch.randn(shape)


@mutant("init_scale", part="conv2d", caught_by=START, name="init_one_sided")
class InitOneSided(Parts):
    def start(self, shape, bound):
        return torch.rand(shape) * bound


@mutant("init_scale", part="conv2d", caught_by=START, name="init_without_channels")
class InitWithoutChannels(Parts):
    def fan(self, in_channels, kernel_size):
        return kernel_size**2
