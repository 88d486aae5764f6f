"""The three kinds of block that the diagrams of Parts A and B are made of."""

from torch import Tensor, nn

from reference.conv2d import MyConv2d

SIZE_FACTOR = 4  # two poolings halve height and width twice


def down_block(in_channels: int, out_channels: int, kernel: int) -> nn.Sequential:
    """Return a block that halves height and width: convolution, pooling, BatchNorm, ReLU."""
    return nn.Sequential(
        MyConv2d(in_channels, out_channels, kernel),
        nn.MaxPool2d(2),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    )


def middle_block(in_channels: int, out_channels: int, kernel: int) -> nn.Sequential:
    """Return a block that keeps height and width: convolution, BatchNorm, ReLU."""
    return nn.Sequential(
        MyConv2d(in_channels, out_channels, kernel),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    )


def up_block(in_channels: int, out_channels: int, kernel: int) -> nn.Sequential:
    """Return a block that doubles height and width: convolution, upsampling, BatchNorm, ReLU."""
    return nn.Sequential(
        MyConv2d(in_channels, out_channels, kernel),
        nn.Upsample(scale_factor=2),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    )


def check_kernel(kernel: int) -> None:
    """Raise ValueError unless `kernel` is odd: only then do the blocks keep their sizes."""
    if kernel < 1 or kernel % 2 == 0:
        raise ValueError(f"kernel={kernel}, but should be a positive odd number")


def check_size(x: Tensor) -> None:
    """Raise ValueError unless height and width of `x`, (N, C, H, W), are divisible by 4."""
    height, width = x.shape[-2:]
    if height % SIZE_FACTOR or width % SIZE_FACTOR:
        raise ValueError(
            f"the input is {height}×{width} pixels, but both should be divisible by {SIZE_FACTOR}"
        )
