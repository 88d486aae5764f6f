"""UNets whose skip connections are not the diagram's."""

import torch
from network_parts import Net, UNetParts
from torch.nn import functional as F

from grader.proving.cases import mutant

WRONG = ["unet.skip_connections", "unet.values"]
UNet = UNetParts


def skipping(mistake, caught_by=WRONG, name=None):
    return mutant(mistake, part="unet", caught_by=caught_by, name=name)


class Without(UNet):
    """A UNet without some of its skips: `lost` are the blocks that would take them."""

    lost = ()

    def block(self, number, ins, outs, layers):
        return super().block(number, ins, outs, layers)

    def conv(self, number, ins, outs):
        return super().conv(number, self.alone(number, ins, outs), outs)

    def alone(self, number, ins, outs):
        if number not in self.lost:
            return ins
        return ins // 2 if number < 6 else outs

    def join(self, number, main, skip):
        return main if number in self.lost else super().join(number, main, skip)


@skipping("skip_missing_block2")
class SkipMissingBlock2(Without):
    lost = (4,)


@skipping("skip_missing_block1")
class SkipMissingBlock1(Without):
    lost = (5,)


@skipping("skip_missing_input")
class SkipMissingInput(Without):
    lost = (6,)


@skipping(["skip_missing_block1", "skip_missing_block2"])
class TwoSkipsMissing(Without):
    lost = (4, 5)


@skipping("skips_missing")
class SkipsMissing(Net):
    pass


class Added(Without):
    """Sums in place of some concatenations."""

    def join(self, number, main, skip):
        return main + skip if number in self.lost else super().join(number, main, skip)


@skipping("skip_added")
class SkipAdded(Added):
    lost = (4, 5)


@skipping("skip_added", [*WRONG, "unet.settings"], name="input_added")
class InputAdded(Added):
    """One channel is broadcast to every colour; three are not."""

    lost = (6,)


@skipping("skip_wrong_source", name="skip_from_itself")
class SkipFromItself(UNet):
    def join(self, number, main, skip):
        return super().join(number, main, main if number == 5 else skip)


@skipping("skip_wrong_source", name="skip_from_before_batchnorm")
class SkipFromBeforeBatchNorm(UNet):
    def forward(self, x):
        pooled = self.block1[:2](x)
        half = self.block1[2:](pooled)
        quarter = self.block2(half)
        y = self.block4(torch.cat((self.block3(quarter), quarter), 1))
        return self.last(torch.cat((self.block5(torch.cat((y, pooled), 1)), x), 1))


@skipping("skip_wrong_source", name="skip_of_zeros")
class SkipOfZeros(UNet):
    def join(self, number, main, skip):
        return super().join(number, main, torch.zeros_like(skip) if number == 4 else skip)


@skipping("skip_wrong_source", name="skips_crossed")
class SkipsCrossed(UNet):
    """Block 4 takes block 3's output twice."""

    def join(self, number, main, skip):
        return super().join(number, main, main if number == 4 else skip)


@skipping("skip_wrong_source", name="skip_pooled_and_upsampled")
class SkipPooledAndUpsampled(UNet):
    def join(self, number, main, skip):
        if number == 6:
            skip = torch.repeat_interleave(skip[:, :, ::2, ::2], 2, 2).repeat_interleave(2, 3)
        return super().join(number, main, skip)


@skipping("skip_wrong_source", name="skip_of_block_2_again")
class SkipOfBlock2Again(UNet):
    """Block 5 takes block 2's output, made larger, and not block 1's."""

    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__(kernel, num_filters, num_colours, num_in_channels)
        self.block5[0] = self.conv(5, 3 * num_filters, num_colours)

    def forward(self, x):
        half = self.block1(x)
        quarter = self.block2(half)
        y = self.block4(torch.cat((self.block3(quarter), quarter), 1))
        larger = F.interpolate(quarter, scale_factor=2)
        return self.last(torch.cat((self.block5(torch.cat((y, larger), 1)), x), 1))


@skipping("skip_wrong_source", name="skip_from_before_pooling")
class SkipFromBeforePooling(UNet):
    """As in the paper: the last convolution takes block 1's first layer, not the input."""

    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__(kernel, num_filters, num_colours, num_in_channels)
        self.last = self.conv(6, num_colours + num_filters, num_colours)

    def forward(self, x):
        whole = self.block1[0](x)
        half = self.block1[1:](whole)
        quarter = self.block2(half)
        y = self.block5(
            torch.cat((self.block4(torch.cat((self.block3(quarter), quarter), 1)), half), 1)
        )
        return self.last(torch.cat((y, whole), 1))


@skipping("skip_wrong_source", name="block_1_for_the_input")
class Block1ForTheInput(UNet):
    """The last convolution takes block 1's output, made larger."""

    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__(kernel, num_filters, num_colours, num_in_channels)
        self.last = self.conv(6, num_colours + num_filters, num_colours)

    def join(self, number, main, skip):
        if number == 5:
            self.half = skip
        larger = F.interpolate(self.half, scale_factor=2) if number == 6 else skip
        return super().join(number, main, larger)


GRADIENTS = ["unet.gradients"]


@skipping("skip_detached", GRADIENTS)
class SkipDetached(UNet):
    def join(self, number, main, skip):
        return super().join(number, main, skip.detach() if number == 5 else skip)


@skipping("skip_detached", GRADIENTS, name="skips_detached_by_data")
class SkipsDetachedByData(UNet):
    def join(self, number, main, skip):
        return super().join(number, main, skip.data)


@skipping("skip_detached", GRADIENTS, name="skip_detached_and_first")
class SkipDetachedAndFirst(UNet):
    """The other order of concatenation."""

    def join(self, number, main, skip):
        with torch.no_grad():
            skip = skip.clone()
        return torch.cat((skip, main), 1)


@skipping("gradient_cut", GRADIENTS)
class MainPathCut(UNet):
    def join(self, number, main, skip):
        return super().join(number, main.detach() if number == 4 else main, skip)
