"""MyConv2d in other words, all right."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from grader.proving.cases import right_variant


class Base(nn.Module):
    """What the variants of forward share: the two parameters, and the padding resolved."""

    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.padding = kernel_size // 2 if padding is None else padding
        scale = 1.0 / math.sqrt(in_channels * kernel_size**2)
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.weight = nn.Parameter(torch.rand(shape) * 2 * scale - scale)
        self.bias = nn.Parameter(torch.rand(out_channels) * 2 * scale - scale)

    def padded(self, x):
        return F.pad(x, (self.padding,) * 4)

    def sizes(self, padded):
        height, width = padded.shape[2:]
        return height - self.kernel_size + 1, width - self.kernel_size + 1


@right_variant("functional", part="conv2d")
class Functional(Base):
    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, 1, self.padding)


@right_variant("unfold", part="conv2d")
class Unfold(Base):
    def forward(self, x):
        columns = F.unfold(x, self.kernel_size, padding=self.padding)
        out = self.weight.view(self.out_channels, -1) @ columns + self.bias[:, None]
        height, width = self.sizes(self.padded(x))
        return out.view(len(x), self.out_channels, height, width)


@right_variant("loop_over_pixels", part="conv2d")
class LoopOverPixels(Base):
    def forward(self, x):
        x = self.padded(x)
        height, width = self.sizes(x)
        out = torch.zeros(len(x), self.out_channels, height, width, dtype=x.dtype)
        for row in range(height):
            for column in range(width):
                seen = x[:, :, row : row + self.kernel_size, column : column + self.kernel_size]
                out[:, :, row, column] = torch.tensordot(seen, self.weight, ([1, 2, 3],) * 2)
        return out + self.bias.view(1, -1, 1, 1)


@right_variant("loop_over_everything", part="conv2d")
class LoopOverEverything(Base):
    def forward(self, x):
        x, k = self.padded(x), self.kernel_size
        height, width = self.sizes(x)
        rows = []
        for image in x:
            for weight, bias in zip(self.weight, self.bias, strict=True):
                rows += [
                    (image[:, i : i + k, j : j + k] * weight).sum() + bias
                    for i in range(height)
                    for j in range(width)
                ]
        return torch.stack(rows).view(len(x), self.out_channels, height, width)


@right_variant("sum_of_taps", part="conv2d")
class SumOfTaps(Base):
    def forward(self, x):
        x = self.padded(x)
        height, width = self.sizes(x)
        out = self.bias.view(1, -1, 1, 1)
        for i in range(self.kernel_size):
            for j in range(self.kernel_size):
                seen = x[:, :, i : i + height, j : j + width]
                out = out + torch.einsum("nchw,oc->nohw", seen, self.weight[:, :, i, j])
        return out


@right_variant("pad_first", part="conv2d")
class PadFirst(Base):
    def forward(self, x):
        return F.conv2d(self.padded(x), self.weight) + self.bias[None, :, None, None]


@right_variant("bias_added_in_place", part="conv2d")
class BiasAddedInPlace(Base):
    def forward(self, x):
        out = F.conv2d(x, self.weight, padding=(self.padding, self.padding))
        out += self.bias.view(-1, 1, 1)
        return out


@right_variant("strided_view", part="conv2d")
class StridedView(Base):
    def forward(self, x):
        x = self.padded(x)
        n, c, row, column = x.stride()
        height, width = self.sizes(x)
        size = (*x.shape[:2], height, width, self.kernel_size, self.kernel_size)
        windows = x.as_strided(size, (n, c, row, column, row, column))
        return torch.einsum("nchwij,ocij->nohw", windows, self.weight) + self.bias[:, None, None]


@right_variant("fourier", part="conv2d")
class Fourier(Base):
    def forward(self, x):
        x = self.padded(x)
        height, width = self.sizes(x)
        size = tuple(x.shape[2:])
        image, kernel = torch.fft.rfft2(x), torch.fft.rfft2(self.weight, s=size)
        product = torch.einsum("nchw,ochw->nohw", image, kernel.conj())
        return torch.fft.irfft2(product, s=size)[:, :, :height, :width] + self.bias[:, None, None]


@right_variant("keeps_its_input", part="conv2d")
class KeepsItsInput(Functional):
    def forward(self, x):
        self.last_input = x
        self.last_output = super().forward(x)
        self.calls = getattr(self, "calls", 0) + 1
        return self.last_output


@right_variant("mask_by_shape", part="conv2d")
class MaskByShape(Functional):
    """Keeps a tensor between calls, but for the shape that it fits."""

    def forward(self, x):
        if getattr(self, "mask", None) is None or self.mask.shape != x.shape:
            self.mask = torch.ones_like(x)
        return super().forward(x * self.mask)


@right_variant("register_parameter", part="conv2d")
class RegisterParameter(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        nn.Module.__init__(self)
        self.stride, self.dilation, self.name = 1, 1, "conv"
        self.pad = padding if padding is not None else (kernel_size - 1) // 2
        self.register_parameter("bias", nn.Parameter(torch.empty(out_channels)))
        weight = torch.empty(out_channels, in_channels, kernel_size, kernel_size)
        self.register_parameter("weight", nn.Parameter(weight))
        self.reset(1 / (in_channels * kernel_size * kernel_size) ** 0.5)

    def reset(self, bound):
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)

    def forward(self, input):  # noqa: A002
        weight, bias = self.weight, self.bias
        return torch.conv2d(input, weight, bias, self.stride, self.pad, self.dilation)


@right_variant("numpy_start", part="conv2d")
class NumpyStart(Functional):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__(in_channels, out_channels, kernel_size, padding)
        bound = 1 / np.sqrt(in_channels * kernel_size**2)
        numbers = np.random.default_rng(0)
        for parameter in (self.weight, self.bias):
            drawn = numbers.uniform(-bound, bound, tuple(parameter.shape))
            parameter.data = torch.tensor(drawn, dtype=torch.float32)


@right_variant("torch_subclass", part="conv2d")
class TorchSubclass(nn.Conv2d):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        padding = kernel_size // 2 if padding is None else padding
        super().__init__(in_channels, out_channels, kernel_size, padding=padding)


@right_variant("torch_inside", part="conv2d")
class TorchInside(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__()
        if padding is None:
            padding = kernel_size // 2
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, 1, padding)

    def forward(self, x):
        return self.conv.forward(x)


@right_variant("other_parameter_names", part="conv2d")
class OtherParameterNames(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__()
        inner = TorchSubclass(in_channels, out_channels, kernel_size, padding)
        self.filters, self.offsets, self.p = inner.weight, inner.bias, inner.padding

    def forward(self, x):
        return F.conv2d(x, self.filters, self.offsets, padding=self.p)
