"""CNNs, each with one sin."""

import torch
from torch import Tensor, nn

from grader.cases import mutant
from reference import CNN, MyConv2d


class Blocks(nn.Module):
    """The diagram, written so that a mutant can change one block."""

    def __init__(self, kernel: int, num_filters: int, num_colours: int, num_in_channels: int) -> None:
        super().__init__()
        nf, nc = num_filters, num_colours
        self.block1 = nn.Sequential(MyConv2d(num_in_channels, nf, kernel), *self.down(nf))
        self.block2 = nn.Sequential(MyConv2d(nf, 2 * nf, kernel), *self.down(2 * nf))
        self.block3 = nn.Sequential(MyConv2d(2 * nf, 2 * nf, kernel), *self.same(2 * nf))
        self.block4 = nn.Sequential(MyConv2d(2 * nf, nf, kernel), *self.up(nf))
        self.block5 = nn.Sequential(MyConv2d(nf, nc, kernel), *self.up(nc))
        self.last = MyConv2d(nc, nc, kernel)

    def down(self, width: int) -> list[nn.Module]:
        return [nn.MaxPool2d(2), nn.BatchNorm2d(width), nn.ReLU()]

    def same(self, width: int) -> list[nn.Module]:
        return [nn.BatchNorm2d(width), nn.ReLU()]

    def up(self, width: int) -> list[nn.Module]:
        return [nn.Upsample(scale_factor=2), nn.BatchNorm2d(width), nn.ReLU()]

    def forward(self, x: Tensor) -> Tensor:
        for block in (self.block1, self.block2, self.block3, self.block4, self.block5):
            x = block(x)
        return self.last(x)


VALUES = ["cnn.blocks", "cnn.values"]


@mutant("pool_after_relu", part="cnn", caught_by=VALUES)
class PoolAfterReLU(Blocks):
    def down(self, width: int) -> list[nn.Module]:
        return [nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2)]


@mutant("relu_at_end", part="cnn", caught_by=VALUES)
class ReLUAtEnd(CNN):
    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(super().forward(x))
