"""Networks in the manner of other papers, courses and tutorials than the assignment's diagram."""

import torch
from network_parts import sin
from torch import nn
from torch.nn import functional as F

from reference import MyConv2d

WRONG = ["blocks", "values"]
FOREIGN = ["blocks", "values", "uses_myconv2d"]


@sin("block_repeated", WRONG, name="double_convolutions", parts=["cnn", "unet"])
class DoubleConvolutions:
    """As in the paper of the U-Net: two convolutions a block, the second one resized."""

    def block(self, number, ins, outs, layers):
        first = [self.conv(number, ins, outs), self.norm(outs), nn.ReLU()]
        return nn.Sequential(*first, super().block(number, outs, outs, layers))


@sin("kernel_hardcoded", WRONG, name="last_convolution_1x1")
class LastConvolution1x1:
    def conv(self, number, ins, outs):
        return MyConv2d(ins, outs, 1 if number == 6 else self.kernel)


@sin("width_wrong", WRONG, name="widths_doubled")
class WidthsDoubled:
    def widths(self, nf, nc):
        return 2 * nf, 4 * nf, 4 * nf, 2 * nf, nc


@sin("width_wrong", WRONG, name="widths_all_the_same")
class WidthsAllTheSame:
    def widths(self, nf, nc):
        return nf, nf, nf, nf, nc


@sin("width_wrong", WRONG, name="block_5_as_wide_as_block_4")
class Block5Wide:
    def widths(self, nf, nc):
        return nf, 2 * nf, 2 * nf, nf, nf


class Moved:
    """A network whose resizing layers are where `layers_of` puts them."""

    def block(self, number, ins, outs, layers):
        return super().block(number, ins, outs, self.layers_of(number, layers))


@sin("pool_misplaced", WRONG, parts=["cnn"])
class PoolInBlock3(Moved):
    def layers_of(self, number, layers):
        return layers[1:] if number == 2 else [nn.MaxPool2d(2), *layers] if number == 3 else layers


@sin("upsample_misplaced", WRONG, parts=["cnn"])
class UpsampleInBlock3(Moved):
    def layers_of(self, number, layers):
        up = [nn.Upsample(scale_factor=2), *layers]
        return layers[1:] if number == 5 else up if number == 3 else layers


@sin("upsample_misplaced", WRONG, parts=["cnn"], name="upsample_at_the_end")
class UpsampleAtTheEnd(Moved):
    def layers_of(self, number, layers):
        return layers[1:] if number == 5 else layers

    def forward(self, x):
        return F.interpolate(super().forward(x), scale_factor=2)


@sin("pool_missing", WRONG, parts=["cnn"], name="one_pool_of_four")
class OnePoolOfFour(Moved):
    def layers_of(self, number, layers):
        four = [nn.MaxPool2d(4), *layers[1:]]
        return layers[1:] if number == 1 else four if number == 2 else layers


@sin("upsample_missing", WRONG, parts=["cnn"], name="one_upsample_of_four")
class OneUpsampleOfFour(Moved):
    def layers_of(self, number, layers):
        four = [nn.Upsample(scale_factor=4), *layers[1:]]
        return layers[1:] if number == 5 else four if number == 4 else layers


@sin(["batchnorm_missing", "relu_missing"], WRONG, name="block_5_bare")
class Block5Bare(Moved):
    def layers_of(self, number, layers):
        return layers[:1] if number == 5 else layers


@sin("batchnorm_after_relu", WRONG, name="pool_relu_batchnorm")
class PoolReLUBatchNorm:
    def down(self, width):
        return [nn.MaxPool2d(2), nn.ReLU(), self.norm(width)]


@sin(["batchnorm_after_relu", "pool_after_relu"], WRONG, name="relu_batchnorm_pool")
class ReLUBatchNormPool:
    def down(self, width):
        return [nn.ReLU(), self.norm(width), nn.MaxPool2d(2)]


@sin("extra_operation", WRONG, name="residual_in_the_middle", parts=["cnn", "unet"])
class Residual:
    def __init__(self, *args):
        super().__init__(*args)
        self.block3 = Plus(self.block3)


class Plus(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


@sin(["nn_conv2d_used", "bias_missing"], FOREIGN, name="nn_conv2d_without_bias")
class NoBias:
    def conv(self, number, ins, outs):
        return nn.Conv2d(ins, outs, self.kernel, padding=self.kernel // 2, bias=False)


class WithoutBias(MyConv2d):
    def __init__(self, ins, outs, kernel):
        super().__init__(ins, outs, kernel)
        self.bias = None


@sin("bias_missing", WRONG)
class MyConv2dWithoutBias:
    def conv(self, number, ins, outs):
        return WithoutBias(ins, outs, self.kernel)


@sin(["nn_conv2d_used", "conv_settings"], FOREIGN, name="padding_by_reflection")
class Reflecting:
    def conv(self, number, ins, outs):
        side = self.kernel // 2
        return nn.Conv2d(ins, outs, self.kernel, padding=side, padding_mode="reflect")


@sin(["nn_conv2d_used", "conv_settings"], FOREIGN, name="dilated_convolutions")
class Dilated:
    def conv(self, number, ins, outs):
        return nn.Conv2d(ins, outs, self.kernel, padding=self.kernel // 2 * 2, dilation=2)


@sin("extra_operation", WRONG, name="input_rescaled", parts=["cnn", "unet"])
class InputRescaled:
    def forward(self, x):
        return super().forward(x / 255.0)


@sin("extra_operation", WRONG, name="batchnorm_of_the_input")
class InputNormalised:
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__(kernel, num_filters, num_colours, num_in_channels)
        self.first = nn.BatchNorm2d(num_in_channels)

    def forward(self, x):
        return super().forward(self.first(x))


@sin("extra_operation", WRONG, name="tanh_at_end")
class TanhAtEnd:
    def forward(self, x):
        return torch.tanh(super().forward(x))


@sin(["batchnorm_at_end", "relu_at_end"], WRONG, name="whole_block_at_end")
class WholeBlockAtEnd:
    def conv(self, number, ins, outs):
        conv = super().conv(number, ins, outs)
        return nn.Sequential(conv, nn.BatchNorm2d(outs), nn.ReLU()) if number == 6 else conv


@sin("log_softmax_at_end", WRONG, name="logarithm_of_softmax_at_end")
class LogOfSoftmax:
    def forward(self, x):
        return torch.log(torch.softmax(super().forward(x), 1) + 1e-9)


@sin("output_reduced", ["output_shape", "blocks"])
class OutputReduced:
    def forward(self, x):
        return super().forward(x).mean(dim=(2, 3))


@sin("returns_tuple", ["output_shape"], name="returns_activations_first")
class ReturnsActivationsFirst:
    def forward(self, x):
        return self.block1(x), super().forward(x)


@sin("gradient_cut", ["gradients"], name="first_block_frozen")
class FirstBlockFrozen:
    def __init__(self, *args):
        super().__init__(*args)
        self.block1.requires_grad_(False)


@sin("raises", ["builds"], name="needs_a_gpu")
class NeedsAGPU:
    def forward(self, x):
        return super().forward(x).cuda()


@sin("raises", ["builds"], name="calls_itself")
class CallsItself:
    def forward(self, x):
        return self.forward(x)


@sin("raises", ["builds"], name="returns_an_array")
class ReturnsAnArray:
    def forward(self, x):
        return super().forward(x).detach().numpy()


@sin("input_overwritten", ["input_untouched"], parts=["cnn", "unet"])
class WritesIntoItsInput:
    def forward(self, x):
        y = super().forward(x.clone())
        with torch.no_grad():
            x.zero_()
        return y


@sin(["extra_operation", "input_overwritten"], [*WRONG, "input_untouched"], parts=["cnn"])
class CentresInPlace:
    def forward(self, x):
        x -= 0.5
        return super().forward(x)
