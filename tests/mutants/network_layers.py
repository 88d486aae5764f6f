"""Networks with other convolutions, too few or too many blocks, or layers nobody would train."""

import torch
from network_parts import sin
from torch import nn
from torch.nn import functional as F

from reference import MyConv2d

WRONG = ["blocks", "values"]


@sin("nn_conv2d_used", ["uses_myconv2d"])
class NNConv2d:
    def conv(self, number, ins, outs):
        return nn.Conv2d(ins, outs, self.kernel, padding=self.kernel // 2)


@sin("nn_conv2d_used", ["uses_myconv2d"], name="nn_conv2d_at_the_end")
class NNConv2dAtTheEnd:
    def conv(self, number, ins, outs):
        cls = nn.Conv2d if number == 6 else MyConv2d
        return cls(ins, outs, self.kernel, padding=self.kernel // 2)


@sin("nn_conv2d_used", ["uses_myconv2d"], name="lazy_conv2d_used")
class LazyConv2d:
    def conv(self, number, ins, outs):
        return nn.LazyConv2d(outs, self.kernel, padding=self.kernel // 2)


class OwnWeights(nn.Module):
    def __init__(self, ins, outs, kernel):
        super().__init__()
        self.filters = nn.Parameter(torch.empty(outs, ins, kernel, kernel).uniform_(-0.1, 0.1))
        self.offset = nn.Parameter(torch.zeros(outs))

    def forward(self, x):
        return F.conv2d(x, self.filters, self.offset, padding=self.filters.shape[-1] // 2)


@sin("nn_conv2d_used", ["uses_myconv2d"], name="conv2d_on_own_weights")
class FunctionalConv2d:
    def conv(self, number, ins, outs):
        return OwnWeights(ins, outs, self.kernel)


@sin("block_missing", WRONG)
class BlockMissing:
    def __init__(self, *args):
        super().__init__(*args)
        self.block3 = nn.Identity()


@sin("block_repeated", WRONG)
class BlockRepeated:
    def block(self, number, ins, outs, layers):
        made = super().block(number, ins, outs, layers)
        return nn.Sequential(made, super().block(3, outs, outs, layers)) if number == 3 else made


@sin("block_repeated", WRONG, name="block_called_twice")
class BlockCalledTwice:
    def __init__(self, *args):
        super().__init__(*args)
        self.block3 = nn.Sequential(self.block3, self.block3)


@sin("width_wrong", WRONG)
class Narrow:
    def widths(self, nf, nc):
        return nf, nf, 2 * nf, nf, nc


@sin("width_wrong", WRONG, name="middle_too_wide")
class WideMiddle:
    def widths(self, nf, nc):
        return nf, 2 * nf, 4 * nf, nf, nc


@sin("weights_shared", WRONG, parts=["cnn"])
class ConvolutionShared:
    """Block 3's convolution again in block 4, whose width it decides."""

    def widths(self, nf, nc):
        return nf, 2 * nf, 2 * nf, 2 * nf, nc

    def conv(self, number, ins, outs):
        return self.block3[0] if number == 4 else super().conv(number, ins, outs)


@sin("weights_shared", WRONG, name="batchnorm_shared")
class BatchNormShared:
    """One BatchNorm for all blocks of a width."""

    def norm(self, width):
        norms = self.__dict__.setdefault("norms", {})
        return norms.setdefault(width, super().norm(width))


@sin("layers_not_registered", ["registered", "values", "deterministic"])
class PlainLists:
    def block(self, number, ins, outs, layers):
        made = [super().block(number, ins, outs, layers)]
        return lambda x: made[0](x)


@sin("layers_not_registered", ["registered"], name="one_layer_not_registered")
class OneLayerInAList:
    def conv(self, number, ins, outs):
        made = [super().conv(number, ins, outs)]
        return (lambda x: made[0](x)) if number == 6 else made[0]


@sin(
    "layers_not_registered",
    ["registered", "values", "gradients", "deterministic"],
    name="layers_made_in_forward",
)
class MadeInForward:
    def block(self, number, ins, outs, layers):
        return lambda x: super(MadeInForward, self).block(number, ins, outs, layers)(x)


class AlwaysDropping(nn.Module):
    def forward(self, x):
        return F.dropout(x, 0.3)


@sin("dropout_added", ["blocks", "values", "deterministic"], name="dropout_in_eval_mode_too")
class DropoutAlways:
    def same(self, width):
        return [*super().same(width), AlwaysDropping()]


class Noise(nn.Module):
    def forward(self, x):
        return x + 0.1 * torch.randn_like(x)


@sin("noise_added", ["blocks", "values", "deterministic"])
class NoiseAdded:
    def same(self, width):
        return [*super().same(width), Noise()]


@sin("noise_added", ["blocks", "values", "deterministic"], name="noise_on_the_scores")
class NoiseOnTheScores:
    def forward(self, x):
        scores = super().forward(x)
        return torch.randn(scores.shape, dtype=scores.dtype) * 0.1 + scores
