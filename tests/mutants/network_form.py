"""What is no network, does not run, or computes something else altogether."""

import torch
from network_parts import UNetParts, sin
from torch import nn

from grader.proving.cases import mutant
from reference import CNN

BUILDS = ["builds"]
NOT_FOLLOWED = (
    "blocks", "values", "gradients", "uses_myconv2d", "settings", "registered", "deterministic",
)  # fmt: skip


@sin("missing", BUILDS)
class Missing:
    """Never defined: an unfilled class is a syntax error."""


@sin("not_a_module", BUILDS)
class NotAModule:
    def __new__(cls, *args):
        return cls.PlainClass()

    class PlainClass:
        def __call__(self, x):
            return x


@sin("raises", BUILDS, name="raises_when_built", parts=["cnn", "unet"])
class RaisesWhenBuilt:
    def __init__(self, kernel, num_filters, num_colours):
        super().__init__(kernel, num_filters, num_colours, 1)


@sin("raises", BUILDS, name="channels_do_not_fit")
class ChannelsDoNotFit:
    def takes(self, main, skip):
        return main + 1


@sin("returns_nothing", BUILDS, name="nothing_returned")
class NothingReturned:
    def forward(self, x):
        super().forward(x)


@sin("raises", BUILDS, name="no_backward")
class NoBackward:
    def forward(self, x):
        scores = super().forward(x)
        square = scores * scores
        scores += 1
        return square


@mutant("raises", part="unet", caught_by=["unet.builds"], name="sizes_do_not_fit")
class SizesDoNotFit(UNetParts):
    def up(self, width):
        return [nn.Upsample(scale_factor=3), *super().up(width)[1:]]


@sin("raises", BUILDS, name="zeros")
class Zeros:
    """Scores that no parameter has a part in."""

    def forward(self, x):
        return torch.zeros(len(x), self.last.weight.shape[0], *x.shape[2:])


@sin("block_missing", ["blocks", "values"], name="one_convolution", parts=["cnn"])
class OneConvolution:
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__(kernel, num_filters, num_colours, num_in_channels)
        self.last = self.conv(6, num_in_channels, num_colours)

    def forward(self, x):
        return self.last(x)


@mutant("gradient_cut", part="cnn", caught_by=["cnn.gradients"])
class GradientCut(CNN):
    def forward(self, x):
        half = self.block1(x)
        y = self.block3(self.block2(half)).detach()
        return self.block6(self.block5(self.block4(y)))


@mutant(
    "not_followed",
    part="cnn",
    caught_by=[f"cnn.{name}" for name in NOT_FOLLOWED],
    name="through_numpy",
)
class ThroughNumPy(CNN):
    """Nobody sees what becomes of a tensor outside torch; the values show that it is wrong."""

    def forward(self, x):
        half = self.block1(x).detach().numpy()
        y = self.block3(self.block2(torch.from_numpy(half * 1.5)))
        return self.block6(self.block5(self.block4(y)))
