"""The network of Part A: colourization without skip connections."""

from torch import Tensor, nn

from reference.blocks import check_kernel, check_size, down_block, middle_block, up_block
from reference.conv2d import MyConv2d


class CNN(nn.Module):
    """Six blocks that turn an image into one score a colour category for every pixel.

    Args:
        kernel: side of every convolution kernel, in pixels; odd.
        num_filters: channels of the narrow blocks (NF); the wide ones have twice as many.
        num_colours: colour categories (NC).
        num_in_channels: channels of the input.

    Raises:
        ValueError: an even kernel, or a width below 1.

    >>> import torch
    >>> network = CNN(kernel=3, num_filters=6, num_colours=5, num_in_channels=1)
    >>> network(torch.zeros(2, 1, 8, 12)).shape
    torch.Size([2, 5, 8, 12])
    """

    def __init__(
        self, kernel: int, num_filters: int, num_colours: int, num_in_channels: int
    ) -> None:
        super().__init__()
        check_kernel(kernel)
        wide = 2 * num_filters
        self.block1 = down_block(num_in_channels, num_filters, kernel)
        self.block2 = down_block(num_filters, wide, kernel)
        self.block3 = middle_block(wide, wide, kernel)
        self.block4 = up_block(wide, num_filters, kernel)
        self.block5 = up_block(num_filters, num_colours, kernel)
        self.block6 = MyConv2d(num_colours, num_colours, kernel)

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores, (N, num_colours, H, W), for `x`, (N, num_in_channels, H, W).

        Raises:
            ValueError: height or width is not divisible by 4.
        """
        check_size(x)
        for block in self.children():
            x = block(x)
        return x
