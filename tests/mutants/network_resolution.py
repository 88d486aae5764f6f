"""Networks that change the resolution in another way than the diagram."""

import torch
from network_parts import sin
from torch import nn
from torch.nn import functional as F

from reference import MyConv2d

WRONG = ["blocks", "values"]
WRONG_SIZE = ["output_shape", "blocks"]


@sin("pool_missing", WRONG_SIZE, parts=["cnn"])
class PoolMissing:
    def block(self, number, ins, outs, layers):
        return super().block(number, ins, outs, layers[1:] if number == 2 else layers)


@sin("upsample_missing", WRONG_SIZE, parts=["cnn"])
class UpsampleMissing:
    def block(self, number, ins, outs, layers):
        return super().block(number, ins, outs, layers[1:] if number == 5 else layers)


@sin(["pool_missing", "upsample_missing"], WRONG)
class ResolutionKept:
    def block(self, number, ins, outs, layers):
        return super().block(number, ins, outs, layers[1:] if number in (2, 4) else layers)


@sin("pool_missing", WRONG, name="pool_of_three")
class PoolOfThree:
    def down(self, width):
        return [nn.MaxPool2d(3, stride=2, padding=1), *super().down(width)[1:]]


@sin("average_pool", WRONG)
class AveragePool:
    def down(self, width):
        return [nn.AvgPool2d(2), *super().down(width)[1:]]


class MeanOfFour(nn.Module):
    def forward(self, x):
        n, c, height, width = x.shape
        return x.reshape(n, c, height // 2, 2, width // 2, 2).mean(dim=(3, 5))


@sin("average_pool", WRONG, name="average_pool_by_hand")
class AveragePoolByHand:
    def down(self, width):
        return [MeanOfFour(), *super().down(width)[1:]]


class StridedConv2d(MyConv2d):
    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, stride=2, padding=self.padding)


@sin("strided_conv", WRONG)
class StridedConv:
    def conv(self, number, ins, outs):
        cls = StridedConv2d if number in (1, 2) else MyConv2d
        return cls(ins, outs, self.kernel)

    def down(self, width):
        return super().down(width)[1:]


@sin("upsample_bilinear", WRONG)
class UpsampleBilinear:
    def up(self, width):
        return [nn.Upsample(scale_factor=2, mode="bilinear"), *super().up(width)[1:]]


@sin("upsample_bilinear", WRONG, name="upsample_bilinear_corners")
class UpsampleBilinearCorners:
    def up(self, width):
        return [nn.UpsamplingBilinear2d(scale_factor=2), *super().up(width)[1:]]


@sin("conv_transpose", WRONG)
class ConvTransposeForUpsample:
    def up(self, width):
        return [nn.ConvTranspose2d(width, width, 2, stride=2), *super().up(width)[1:]]


@sin("conv_transpose", WRONG, name="conv_transpose_for_both")
class ConvTransposeForBoth:
    def conv(self, number, ins, outs):
        if number in (4, 5):
            return nn.ConvTranspose2d(ins, outs, 2, stride=2)
        return super().conv(number, ins, outs)

    def up(self, width):
        return super().up(width)[1:]


@sin("pixel_shuffle", WRONG)
class PixelShuffle:
    def conv(self, number, ins, outs):
        return super().conv(number, ins, 4 * outs if number in (4, 5) else outs)

    def up(self, width):
        return [nn.PixelShuffle(2), *super().up(width)[1:]]


class ZeroStuffing(nn.Module):
    def forward(self, x):
        wide = torch.zeros(*x.shape[:2], 2 * x.shape[2], 2 * x.shape[3])
        wide[:, :, ::2, ::2] = x
        return wide
