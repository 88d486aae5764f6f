"""MyConv2d classes, each with one sin; some with two."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.cases import mutant
from reference import MyConv2d

RUNS = ["conv2d.runs"]
SHAPE = ["conv2d.output_shape"]
VALUES = ["conv2d.values"]
GRADIENTS = ["conv2d.gradients"]
INPUT = ["conv2d.input_untouched"]
DTYPE = ["conv2d.dtype"]
PARAMETERS = ["conv2d.parameters"]
START = ["conv2d.initialisation"]


class Parts(nn.Module):
    """A right convolution, written so that a mutant can change one step."""

    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__()
        self.kernel_size = kernel_size
        self.padding = self.pad(padding, kernel_size)
        bound = 1 / math.sqrt(self.fan(in_channels, kernel_size))
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.weight = nn.Parameter(self.start(shape, bound))
        self.bias = nn.Parameter(self.start((out_channels,), bound))

    def pad(self, padding, kernel_size):
        return kernel_size // 2 if padding is None else padding

    def fan(self, in_channels, kernel_size):
        return in_channels * kernel_size**2

    def start(self, shape, bound):
        return torch.empty(shape).uniform_(-bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight, self.bias, padding=self.padding)


# The bias and the weight


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


# Gradients


@mutant("weight_detached", part="conv2d", caught_by=GRADIENTS)
class WeightDetached(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight.detach(), self.bias, padding=self.padding)


@mutant("weight_detached", part="conv2d", caught_by=GRADIENTS, name="parameters_detached")
class ParametersDetached(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight.data, self.bias.data, padding=self.padding)


@mutant("bias_detached", part="conv2d", caught_by=GRADIENTS)
class BiasDetached(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias.data, padding=self.padding)


@mutant("input_detached", part="conv2d", caught_by=GRADIENTS)
class InputDetached(Parts):
    def forward(self, x):
        return super().forward(x.data)


@mutant(["weight_detached", "input_detached"], part="conv2d", caught_by=GRADIENTS)
class NoGrad(Parts):
    @torch.no_grad()
    def forward(self, x):
        return super().forward(x)


# Padding and stride


@mutant("padding_ignored", part="conv2d", caught_by=SHAPE)
class PaddingIgnored(Parts):
    def pad(self, padding, kernel_size):
        return 0


@mutant("padding_ignored", part="conv2d", caught_by=SHAPE, name="padding_ignored_same")
class PaddingIgnoredSame(Parts):
    def pad(self, padding, kernel_size):
        return kernel_size // 2


@mutant("padding_default_zero", part="conv2d", caught_by=SHAPE)
class PaddingDefaultZero(Parts):
    def pad(self, padding, kernel_size):
        return padding or 0


@mutant("padding_always_same", part="conv2d", caught_by=SHAPE)
class PaddingAlwaysSame(Parts):
    def pad(self, padding, kernel_size):
        return padding or kernel_size // 2


@mutant("stride_two", part="conv2d", caught_by=SHAPE)
class StrideTwo(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, stride=2, padding=self.padding)


# Initial values


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


# The input, its dtype and its batch size


@mutant("input_overwritten", part="conv2d", caught_by=INPUT)
class InputOverwritten(Parts):
    def forward(self, x):
        out = super().forward(x.clone())
        x.relu_()
        return out


@mutant("input_overwritten", part="conv2d", caught_by=INPUT + VALUES, name="input_scaled_in_place")
class InputScaledInPlace(Parts):
    def forward(self, x):
        x -= x.mean()
        return super().forward(x)


@mutant(
    "input_overwritten", part="conv2d", caught_by=INPUT + GRADIENTS, name="input_needed_in_backward"
)
class InputNeededInBackward(Parts):
    def forward(self, x):
        out = super().forward(x)
        x.zero_()
        return out


@mutant("wrong_dtype", part="conv2d", caught_by=DTYPE)
class WrongDtype(Parts):
    def forward(self, x):
        n, _, height, width = x.shape
        p = self.padding
        padded = torch.zeros(n, x.shape[1], height + 2 * p, width + 2 * p)
        padded[:, :, p : p + height, p : p + width] = x
        return F.conv2d(padded, self.weight, self.bias)


@mutant("wrong_dtype", part="conv2d", caught_by=DTYPE, name="casts_to_float32")
class CastsToFloat32(Parts):
    def forward(self, x):
        weight, bias = self.weight.float(), self.bias.float()
        return F.conv2d(x.float(), weight, bias, padding=self.padding)


@mutant("wrong_dtype", part="conv2d", caught_by=DTYPE, name="built_in_float64")
class BuiltInFloat64(Parts):
    def start(self, shape, bound):
        return super().start(shape, bound).double()


@mutant("fixed_batch", part="conv2d", caught_by=SHAPE)
class FixedBatch(Parts):
    def forward(self, x):
        return super().forward(x) + torch.zeros(100, 1, 1, 1, dtype=x.dtype)


@mutant("fixed_batch", part="conv2d", caught_by=SHAPE, name="one_image_only")
class OneImageOnly(Parts):
    def forward(self, x):
        return super().forward(x[0])[None]


@mutant("fixed_batch", part="conv2d", caught_by=SHAPE, name="batch_of_the_first_call")
class BatchOfTheFirstCall(Parts):
    def forward(self, x):
        out = super().forward(x)
        if not hasattr(self, "mask"):
            self.mask = torch.ones_like(out)
        return out * self.mask


# Two at once


@mutant(["bias_ignored", "kernel_flipped"], part="conv2d", caught_by=VALUES)
class BiasIgnoredKernelFlipped(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight.flip(2, 3), padding=self.padding)


@mutant(["bias_ignored", "padding_ignored"], part="conv2d", caught_by=SHAPE + VALUES)
class BiasAndPaddingIgnored(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight)


@mutant(["padding_default_zero", "stride_two"], part="conv2d", caught_by=SHAPE)
class PaddingDefaultZeroStrideTwo(PaddingDefaultZero):
    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, stride=2, padding=self.padding)


@mutant(["kernel_flipped", "weight_detached"], part="conv2d", caught_by=VALUES + GRADIENTS)
class KernelFlippedWeightDetached(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight.data.flip(2, 3), self.bias, padding=self.padding)


@mutant(["init_missing", "padding_always_same"], part="conv2d", caught_by=SHAPE + START)
class InitMissingPaddingAlwaysSame(InitZeros):
    def pad(self, padding, kernel_size):
        return padding or kernel_size // 2


# Nothing to look at


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
