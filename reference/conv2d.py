"""The convolution layer that Parts A and B are built from."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class MyConv2d(nn.Module):
    """Cross-correlation with a learned square kernel and bias, stride 1, zero padding.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel_size: side of the square kernel, in pixels.
        padding: zeros added on each of the four sides; None means `kernel_size // 2`, which
            keeps height and width if the kernel is odd.

    Attributes:
        weight: shape (out_channels, in_channels, kernel_size, kernel_size).
        bias: shape (out_channels,).

    Raises:
        ValueError: a size below 1, or a padding below 0.

    >>> layer = MyConv2d(1, 2, kernel_size=3)
    >>> layer(torch.zeros(4, 1, 8, 8)).shape
    torch.Size([4, 2, 8, 8])
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, padding: int | None = None
    ) -> None:
        super().__init__()
        sizes = {
            "in_channels": in_channels,
            "out_channels": out_channels,
            "kernel_size": kernel_size,
        }
        for name, size in sizes.items():
            if size < 1:
                raise ValueError(f"{name}={size}, but should be at least 1")
        if padding is not None and padding < 0:
            raise ValueError(f"padding={padding}, but should be at least 0, or None")
        self.padding = kernel_size // 2 if padding is None else padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias uniformly from ±1/sqrt(in_channels · kernel_size²)."""
        bound = 1 / math.sqrt(self.weight[0].numel())
        nn.init.uniform_(self.weight, -bound, bound)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        """Return the responses, shape (N, out_channels, H', W'), to `x`, (N, in_channels, H, W)."""
        return F.conv2d(x, self.weight, self.bias, padding=self.padding)
