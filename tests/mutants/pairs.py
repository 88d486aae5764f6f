"""Two mistakes handed in together: both must be named."""

import torch
from network_parts import sin
from torch import nn

from reference import MyConv2d

WRONG = ["blocks", "values"]


@sin(["pool_after_relu", "skip_missing_input"], [*WRONG, "skip_connections"], parts=["unet"])
class PoolAfterReLUWithoutInput:
    def down(self, width):
        return [self.norm(width), nn.ReLU(), nn.MaxPool2d(2)]

    def takes(self, main, skip):
        return main if skip < 8 else main + skip

    def join(self, number, main, skip):
        return main if number == 6 else super().join(number, main, skip)


@sin(["width_wrong", "relu_at_end"], WRONG)
class NarrowWithReLUAtEnd:
    def widths(self, nf, nc):
        return nf, nf, 2 * nf, nf, nc

    def forward(self, x):
        return super().forward(x).relu()


@sin(["skip_added", "batchnorm_missing"], [*WRONG, "skip_connections"], parts=["unet"])
class AddedWithoutBatchNorm:
    def takes(self, main, skip):
        return main if main == skip else main + skip

    def join(self, number, main, skip):
        return main + skip if number < 6 else super().join(number, main, skip)

    def same(self, width):
        return [nn.ReLU()]


@sin(["upsample_bilinear", "nn_conv2d_used"], [*WRONG, "uses_myconv2d"])
class BilinearWithNNConv2d:
    def conv(self, number, ins, outs):
        return nn.Conv2d(ins, outs, self.kernel, padding="same")

    def up(self, width):
        return [nn.Upsample(scale_factor=2, mode="bilinear"), self.norm(width), nn.ReLU()]


@sin(["kernel_hardcoded", "in_channels_hardcoded"], ["settings"], parts=["cnn"])
class KernelAndInChannelsHardcoded:
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__(3, num_filters, num_colours, 1)


@sin(
    ["kernel_hardcoded", "in_channels_hardcoded", "input_skip_one_channel"],
    ["settings"],
    parts=["unet"],
)
class KernelAndBothInChannelsHardcoded(KernelAndInChannelsHardcoded):
    pass


@sin(["padding_hardcoded", "input_skip_one_channel"], ["settings"], parts=["unet"])
class PaddingAndInputHardcoded:
    def conv(self, number, ins, outs):
        return MyConv2d(outs + 1 if number == 6 else ins, outs, self.kernel, padding=1)


@sin(["block_missing", "softmax_at_end"], WRONG)
class BlockMissingWithSoftmax:
    def __init__(self, *args):
        super().__init__(*args)
        self.block3 = nn.Identity()

    def forward(self, x):
        return torch.softmax(super().forward(x), 1)


@sin(["block_repeated", "relu_missing"], WRONG)
class BlockRepeatedWithoutReLU:
    def block(self, number, ins, outs, layers):
        made = super().block(number, ins, outs, layers[:-1] if number == 1 else layers)
        again = super().block(3, outs, outs, layers) if number == 3 else nn.Identity()
        return nn.Sequential(made, again)


@sin(["layers_not_registered", "pool_after_relu"], ["registered", *WRONG])
class LastLayerLostPoolAfterReLU:
    def conv(self, number, ins, outs):
        made = [super().conv(number, ins, outs)]
        return (lambda x: made[0](x)) if number == 6 else made[0]

    def down(self, width):
        return [self.norm(width), nn.ReLU(), nn.MaxPool2d(2)]


@sin(["dropout_added", "average_pool"], WRONG)
class DropoutWithAveragePool:
    def down(self, width):
        return [nn.AvgPool2d(2), self.norm(width), nn.ReLU(), nn.Dropout2d()]


@sin(["returns_tuple", "batchnorm_after_relu"], ["output_shape", "blocks"])
class ReturnsTupleBatchNormLast:
    def same(self, width):
        return [nn.ReLU(), self.norm(width)]

    def forward(self, x):
        return super().forward(x), x


@sin(
    ["skip_missing_block1", "skip_detached"],
    ["skip_connections", "values", "gradients"],
    parts=["unet"],
)
class OneMissingOneDetached:
    def conv(self, number, ins, outs):
        return super().conv(number, ins // 2 if number == 5 else ins, outs)

    def join(self, number, main, skip):
        return main if number == 5 else super().join(number, main, skip.detach())


@sin(["size_fixed_32", "filters_hardcoded"], ["settings"])
class SizeAndFiltersHardcoded:
    def widths(self, nf, nc):
        return super().widths(32, nc)

    def forward(self, x):
        return super().forward(x).view(-1, self.last.bias.shape[0], 32, 32)


@sin(
    ["channels_last", "skip_wrong_source"],
    ["output_shape", "blocks", "skip_connections"],
    parts=["unet"],
)
class ChannelsLastSkipFromItself:
    def join(self, number, main, skip):
        return super().join(number, main, main if number == 5 else skip)

    def forward(self, x):
        return super().forward(x).permute(0, 2, 3, 1)


class ByHand(nn.Module):
    """A layer written out."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


@sin("pool_after_relu", WRONG, name="pool_after_relu_all_by_hand")
class AllByHand:
    """What is right but written by hand is not blamed beside what is wrong."""

    def relu(self):
        return ByHand(lambda x: torch.max(x, torch.zeros_like(x)))

    def down(self, width):
        relu = ByHand(lambda x: x * (x > 0))
        return [self.norm(width), relu, ByHand(lambda x: self.halves(x).amax(dim=(3, 5)))]

    @staticmethod
    def halves(x):
        return x.unflatten(3, (-1, 2)).unflatten(2, (-1, 2))

    def same(self, width):
        return [self.norm(width), self.relu()]

    def up(self, width):
        doubled = ByHand(lambda x: x.repeat_interleave(2, 2).repeat_interleave(2, 3))
        return [doubled, self.norm(width), self.relu()]
