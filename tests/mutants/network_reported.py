"""Networks that were met in real notebooks, and in which another mistake was named."""

import torch
from network_parts import sin
from torch import nn

from reference import MyConv2d

WRONG = ["blocks", "values"]


@sin(
    ["strided_conv", "block_missing"], WRONG, name="strided_without_block_3", parts=["cnn", "unet"]
)
class StridedWithoutBlock3:
    """Strided convolutions in place of pooling, and no block 3: it is block 3 that is missing."""

    def block(self, number, ins, outs, layers):
        if number == 3:
            return nn.Identity()
        return super().block(number, ins, outs, layers[1:] if number < 3 else layers)

    def conv(self, number, ins, outs):
        made = super().conv(number, ins, outs)
        return Halving(made) if number < 3 else made


class Halving(MyConv2d):
    def __init__(self, like):
        outs, ins, kernel, _ = like.weight.shape
        super().__init__(ins, outs, kernel)

    def forward(self, x):
        return nn.functional.conv2d(x, self.weight, self.bias, stride=2, padding=self.padding)


@sin(
    ["in_channels_hardcoded", "input_skip_one_channel"],
    ["settings"],
    name="two_written_numbers",
    parts=["unet"],
)
class TwoWrittenNumbers:
    """The first layer that raises hides the last one."""

    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__(kernel, num_filters, num_colours, 1)


@sin("block_missing", WRONG, name="block_3_left_out_in_training", parts=["cnn", "unet"])
class Block3LeftOutInTraining:
    def forward(self, x):
        block3 = self.block3
        if self.training:
            self.block3 = nn.Identity()
        try:
            return super().forward(x)
        finally:
            self.block3 = block3


@sin("block_missing", WRONG, name="block_3_left_out_in_evaluation", parts=["cnn"])
class Block3LeftOutInEvaluation:
    def forward(self, x):
        block3 = self.block3
        if not self.training:
            self.block3 = nn.Identity()
        try:
            return super().forward(x)
        finally:
            self.block3 = block3


class Deep(nn.Module):
    """Five levels, ten convolutions, a join at each level: another paper's network."""

    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        nf, nc = num_filters, num_colours
        ins = [num_in_channels, nf, nf, nf, nf]
        self.down = nn.ModuleList(self._block(kernel, i, nf, nn.MaxPool2d(2)) for i in ins)
        ups = [nf, 2 * nf, 2 * nf, 2 * nf]
        self.up = nn.ModuleList(
            self._block(kernel, i, nf, nn.Upsample(scale_factor=2)) for i in ups
        )
        self.top = nn.Upsample(scale_factor=2)
        self.last = MyConv2d(2 * nf, nc, kernel)

    @staticmethod
    def _block(kernel, ins, outs, resize):
        return nn.Sequential(MyConv2d(ins, outs, kernel), resize, nn.BatchNorm2d(outs), nn.ReLU())

    def forward(self, x):
        kept = []
        for block in self.down:
            x = block(x)
            kept.append(x)
        for block, other in zip(self.up, kept[-2::-1], strict=True):
            x = torch.cat((block(x), other), dim=1)
        return self.last(self.top(x))


@sin(
    ["block_repeated", "size_fixed_32"],
    [*WRONG, "settings"],
    name="five_levels",
    parts=["unet"],
)
class FiveLevels:
    def __new__(cls, *args):
        return Deep(*args)
