"""Networks whose blocks hold other layers than the diagram's, or in another order."""

from network_parts import sin
from torch import nn

WRONG = ["blocks", "values"]


@sin("pool_after_relu", WRONG)
class PoolAfterReLU:
    def down(self, width):
        return [self.norm(width), nn.ReLU(), nn.MaxPool2d(2)]


@sin("pool_after_batchnorm", WRONG)
class PoolAfterBatchNorm:
    def down(self, width):
        return [self.norm(width), nn.MaxPool2d(2), nn.ReLU()]


class ResizedFirst:
    """The layer that changes the size comes before its convolution."""

    first = ()  # of the blocks with these numbers

    def block(self, number, ins, outs, layers):
        if number not in self.first:
            return super().block(number, ins, outs, layers)
        return nn.Sequential(layers[0], super().block(number, ins, outs, layers[1:]))


@sin("pool_before_conv", WRONG)
class PoolBeforeConvolution(ResizedFirst):
    first = (1, 2)


@sin("upsample_before_conv", WRONG)
class UpsampleBeforeConvolution(ResizedFirst):
    first = (4, 5)


@sin("upsample_before_conv", WRONG, name="one_upsample_before_conv", parts=["cnn"])
class OneUpsampleBeforeConvolution(ResizedFirst):
    first = (5,)


@sin("batchnorm_after_relu", WRONG)
class BatchNormAfterReLU:
    def same(self, width):
        return [nn.ReLU(), self.norm(width)]


@sin("batchnorm_missing", WRONG)
class BatchNormMissing:
    def same(self, width):
        return [nn.ReLU()]


@sin("batchnorm_missing", WRONG, name="batchnorm_missing_everywhere")
class BatchNormMissingEverywhere:
    def block(self, number, ins, outs, layers):
        kept = [layer for layer in layers if not isinstance(layer, nn.BatchNorm2d)]
        return super().block(number, ins, outs, kept)


@sin("batchnorm_missing", WRONG, name="instance_norm_for_batchnorm")
class InstanceNorm:
    def same(self, width):
        return [nn.InstanceNorm2d(width), nn.ReLU()]


@sin("relu_missing", WRONG)
class ReLUMissing:
    def same(self, width):
        return [self.norm(width)]


@sin("relu_missing", WRONG, name="relu_missing_everywhere")
class ReLUMissingEverywhere:
    def block(self, number, ins, outs, layers):
        kept = [layer for layer in layers if not isinstance(layer, nn.ReLU)]
        return super().block(number, ins, outs, kept)


@sin("relu_missing", WRONG, name="leaky_relu_for_relu")
class LeakyReLU:
    def same(self, width):
        return [self.norm(width), nn.LeakyReLU(0.2)]


@sin("relu_missing", WRONG, name="relu6_for_relu")
class ReLU6:
    def down(self, width):
        return [nn.MaxPool2d(2), self.norm(width), nn.ReLU6()]


@sin("relu_missing", WRONG, name="clamp_with_a_maximum")
class Clamped:
    def same(self, width):
        return [self.norm(width), nn.Hardtanh(0, 1)]


class Doubling(nn.Module):
    def forward(self, x):
        return 2 * x


@sin("extra_operation", WRONG)
class ExtraOperation:
    def same(self, width):
        return [self.norm(width), Doubling(), nn.ReLU()]


@sin("operation_repeated", WRONG)
class TwoBatchNorms:
    def same(self, width):
        return [self.norm(width), nn.ReLU(), self.norm(width)]


@sin("dropout_added", WRONG)
class DropoutAdded:
    def same(self, width):
        return [self.norm(width), nn.ReLU(), nn.Dropout(0.5)]
