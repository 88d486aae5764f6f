"""Right networks that differ from the usual ones in one piece."""

import sys
import warnings

from network_parts import right
from torch import nn

from reference import MyConv2d


@right("upsample_after_relu", notes=["upsample_after_relu"], parts=["cnn", "unet"])
class UpsampleAfterReLU:
    def up(self, width):
        return [self.norm(width), nn.ReLU(), nn.Upsample(scale_factor=2)]


@right("upsample_after_batchnorm", notes=["upsample_after_batchnorm"])
class UpsampleAfterBatchNorm:
    def up(self, width):
        return [self.norm(width), nn.Upsample(scale_factor=2), nn.ReLU()]


@right("relu_twice")
class ReLUTwice:
    def same(self, width):
        return [self.norm(width), nn.ReLU(), nn.ReLU()]


@right("identities")
class Identities:
    def block(self, number, ins, outs, layers):
        layers = [nn.Identity(), layers[0], nn.Identity(), *layers[1:], nn.Dropout(0.0)]
        return super().block(number, ins, outs, layers)

    def forward(self, x):
        return super().forward(x.contiguous()).clone()


class Wide(MyConv2d):
    """A MyConv2d of one's own."""

    def __init__(self, ins, outs, kernel):
        super().__init__(ins, outs, kernel, padding=kernel // 2)

    def forward(self, x):
        return super().forward(x)


@right("conv_subclass")
class OwnConvolution:
    def conv(self, number, ins, outs):
        return Wide(ins, outs, self.kernel)


@right("padding_by_hand")
class PaddingByHand:
    def conv(self, number, ins, outs):
        side = self.kernel // 2
        return nn.Sequential(nn.ZeroPad2d(side), MyConv2d(ins, outs, self.kernel, 0))


@right("lazy_batchnorm", parts=["cnn", "unet"])
class LazyBatchNorm:
    def norm(self, width):
        return nn.LazyBatchNorm2d()


@right("other_first_weights")
class OtherFirstWeights:
    def __init__(self, *args):
        super().__init__(*args)
        self.apply(self.start)

    @staticmethod
    def start(module):
        if isinstance(module, MyConv2d):
            nn.init.kaiming_normal_(module.weight)
            nn.init.zeros_(module.bias)


@right("prints_and_warns")
class Talkative:
    def forward(self, x):
        print("the input is", x.shape)
        warnings.warn("a warning of the student's own", UserWarning, stacklevel=1)
        sys.stderr.write("a line\n")
        return super().forward(x)


@right("float_in_forward", parts=["cnn", "unet"])
class FloatInForward:
    """Right in float32, which is what the handout trains in."""

    def forward(self, x):
        return super().forward(x.float())


@right("unused_layers")
class UnusedLayers:
    def __init__(self, *args):
        super().__init__(*args)
        self.dropout, self.sigmoid = nn.Dropout2d(), nn.Sigmoid()
        self.num_args = len(args)


@right("two_names")
class TwoNames:
    def __init__(self, *args):
        super().__init__(*args)
        self.encoder = nn.ModuleList([self.block1, self.block2])
        self.layer6 = self.last


@right("plain_functions")
class PlainFunctions:
    """A list of bound functions; every layer is registered beside it."""

    def __init__(self, *args):
        super().__init__(*args)
        self.steps = [lambda x: self.block1(x), lambda x: self.block2(x)]

    def forward(self, x):
        return super().forward(x)
