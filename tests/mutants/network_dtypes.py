"""Mistakes in networks of half precision, where values alone tell less."""

import torch
from network_parts import sin
from torch import nn


class InHalf:
    dtype = torch.float16

    def __init__(self, *args):
        super().__init__(*args)
        self.to(self.dtype)

    def forward(self, x):
        return super().forward(x.to(self.dtype)).float()


@sin("skip_detached", ["gradients"], name="skip_detached_in_half")
class CutInHalf(InHalf):
    def join(self, number, main, skip):
        return torch.cat((main, skip.detach() if number == 4 else skip), dim=1)


@sin("relu_missing", ["blocks"], name="leaky_relu_in_bfloat16")
class LeakyInBfloat16(InHalf):
    dtype = torch.bfloat16

    def same(self, width):
        return [self.norm(width), nn.LeakyReLU()]


@sin("gradient_cut", ["gradients"], name="conv_cut_off_in_half")
class ConvolutionCutOffInHalf(InHalf):
    def forward(self, x):
        with torch.no_grad():
            half = self.block1(x.half())
        quarter = self.block2(half)
        y = self.block4(self.join(4, self.block3(quarter), quarter))
        return self.last(self.join(6, self.block5(self.join(5, y, half)), x.half())).float()
