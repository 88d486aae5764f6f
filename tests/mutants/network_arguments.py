"""Networks with a number written where an argument of the constructor belongs."""

import torch
from network_parts import sin
from torch import nn

from reference import MyConv2d

SETTINGS = ["settings"]


@sin("kernel_hardcoded", SETTINGS)
class KernelHardcoded:
    def conv(self, number, ins, outs):
        return MyConv2d(ins, outs, 3)


@sin("kernel_hardcoded", SETTINGS, name="kernel_hardcoded_in_one_block")
class KernelHardcodedInOneBlock:
    def conv(self, number, ins, outs):
        return MyConv2d(ins, outs, 3 if number == 3 else self.kernel)


@sin("kernel_hardcoded", SETTINGS, name="kernel_hardcoded_with_its_padding_given")
class KernelHardcodedPaddingGiven:
    def conv(self, number, ins, outs):
        return MyConv2d(ins, outs, 3, padding=self.kernel // 2)


@sin("kernel_hardcoded", ["blocks", "values"], name="kernel_of_five")
class KernelOfFive:
    def conv(self, number, ins, outs):
        return MyConv2d(ins, outs, 5)


@sin("padding_hardcoded", SETTINGS)
class PaddingHardcoded:
    def conv(self, number, ins, outs):
        return MyConv2d(ins, outs, self.kernel, padding=1)


@sin("filters_hardcoded", SETTINGS)
class FiltersHardcoded:
    def widths(self, nf, nc):
        return super().widths(32, nc)


@sin("filters_hardcoded", SETTINGS, name="filters_hardcoded_in_batchnorm")
class FiltersHardcodedInBatchNorm:
    def block(self, number, ins, outs, layers):
        right = [nn.MaxPool2d(2), nn.BatchNorm2d(64), nn.ReLU()]
        return super().block(number, ins, outs, right if number == 2 else layers)


@sin("colours_hardcoded", SETTINGS)
class ColoursHardcoded:
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__(kernel, num_filters, 24, num_in_channels)


@sin("colours_hardcoded", SETTINGS, name="colours_hardcoded_in_block_5")
class ColoursHardcodedInBlock5:
    def widths(self, nf, nc):
        return *super().widths(nf, nc)[:4], 24


@sin("in_channels_hardcoded", SETTINGS, parts=["cnn"])  # in UNet it is two written numbers
class InChannelsHardcoded:
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__(kernel, num_filters, num_colours, 1)


@sin("in_channels_hardcoded", SETTINGS, name="first_channel_only", parts=["cnn"])
class FirstChannelOnly:
    def conv(self, number, ins, outs):
        return super().conv(number, 1 if number == 1 else ins, outs)

    def forward(self, x):
        return super().forward(x[:, :1])


@sin("size_fixed_32", SETTINGS)
class SizeFixed:
    def block(self, number, ins, outs, layers):
        sizes = {4: 16, 5: 32}
        up = [nn.Upsample(size=sizes[number])] if number in sizes else layers[:1]
        return super().block(number, ins, outs, [*up, *layers[1:]])


@sin("size_fixed_32", SETTINGS, name="size_fixed_by_view")
class SizeFixedByView:
    def forward(self, x):
        return super().forward(x.view(-1, x.shape[1], 32, 32))


@sin("input_skip_one_channel", SETTINGS, parts=["unet"])
class InputSkipOneChannel:
    def takes(self, main, skip):
        return main + min(skip, 1) if skip < 8 else main + skip


@sin("input_skip_one_channel", SETTINGS, parts=["unet"], name="input_skip_first_channel")
class InputSkipFirstChannel:
    def takes(self, main, skip):
        return main + 1 if skip < 8 else main + skip

    def join(self, number, main, skip):
        return torch.cat((main, skip[:, :1] if number == 6 else skip), dim=1)


@sin(["filters_hardcoded", "colours_hardcoded"], SETTINGS)
class AllHardcoded:
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__(kernel, 32, 24, num_in_channels)
