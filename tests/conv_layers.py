"""A MyConv2d in steps, of which a mutant changes one."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


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
