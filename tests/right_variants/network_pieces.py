"""Right networks that differ from the usual ones in one piece."""

import itertools
import sys
import warnings

import torch
from network_parts import UNetParts, right
from torch import nn
from torch.nn import functional as F

from grader.cases import right_variant
from reference import MyConv2d


def with_order(flips):
    """Return a UNet whose skips come first at the joins that `flips` says."""

    class Ordered(UNetParts):
        def join(self, number, main, skip):
            pair = (skip, main) if flips[number - 4] else (main, skip)
            return torch.cat(pair, dim=1)

    return Ordered


for _flips in itertools.product((False, True), repeat=3):
    _name = "skip_" + "_".join("first" if flip else "last" for flip in _flips)
    globals()[_name] = right_variant(_name, part="unet")(with_order(_flips))


class Layer(nn.Module):
    """A function as a layer."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Upsampling:
    """A network whose upsampling is `resize`."""

    def up(self, width):
        return [Layer(self.resize), self.norm(width), nn.ReLU()]


@right("upsample_by_size")
class BySize(Upsampling):
    def resize(self, x):
        return F.interpolate(x, size=[2 * n for n in x.shape[-2:]])


@right("upsample_function")
class ByOldFunction(Upsampling):
    def resize(self, x):
        return F.upsample(x, scale_factor=2)  # deprecated, and it says so


@right("upsample_nearest_exact")
class NearestExact(Upsampling):
    def resize(self, x):
        return F.interpolate(x, scale_factor=2, mode="nearest-exact")


@right("upsample_by_repeating", parts=["cnn", "unet"])
class Repeating(Upsampling):
    def resize(self, x):
        return x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)


@right("upsample_by_expanding")
class Expanding(Upsampling):
    def resize(self, x):
        n, c, height, width = x.shape
        wide = x[:, :, :, None, :, None].expand(n, c, height, 2, width, 2)
        return wide.reshape(n, c, 2 * height, 2 * width)


@right("upsample_by_index")
class Indexing(Upsampling):
    def resize(self, x):
        rows, columns = (torch.arange(2 * n) // 2 for n in x.shape[2:])
        return x[:, :, rows][:, :, :, columns]


@right("upsample_by_kron")
class Kronecker(Upsampling):
    def resize(self, x):
        return torch.kron(x, torch.ones(1, 1, 2, 2))


@right("upsample_by_assignment")
class Assigning(Upsampling):
    def resize(self, x):
        n, c, height, width = x.shape
        out = torch.zeros(n, c, 2 * height, 2 * width, dtype=x.dtype)
        for i, j in itertools.product(range(2), repeat=2):
            out[:, :, i::2, j::2] = x
        return out


class Pooling:
    """A network whose pooling is `resize`."""

    def down(self, width):
        return [Layer(self.resize), self.norm(width), nn.ReLU()]


@right("pool_adaptive")
class Adaptive(Pooling):
    def resize(self, x):
        return F.adaptive_max_pool2d(x, (x.shape[2] // 2, x.shape[3] // 2))


@right("pool_with_indices")
class WithIndices(Pooling):
    def resize(self, x):
        largest, _ = F.max_pool2d(x, 2, return_indices=True)
        return largest


@right("pool_by_reshaping", parts=["cnn", "unet"])
class Reshaping(Pooling):
    def resize(self, x):
        n, c, height, width = x.shape
        return x.view(n, c, height // 2, 2, width // 2, 2).amax(dim=(3, 5))


@right("pool_with_ceiling")
class Ceiling(Pooling):
    def resize(self, x):
        return F.max_pool2d(x, 2, ceil_mode=True)


class Activating:
    """A network whose ReLU is `act`."""

    def block(self, number, ins, outs, layers):
        own = [Layer(self.act) if isinstance(layer, nn.ReLU) else layer for layer in layers]
        return super().block(number, ins, outs, own)


@right("relu_by_clamp")
class Clamping(Activating):
    def act(self, x):
        return torch.clamp(x, 0, float("inf"))


@right("relu_by_maximum")
class Maximum(Activating):
    def act(self, x):
        return torch.max(x, torch.zeros_like(x))


@right("relu_by_mask", parts=["cnn", "unet"])
class Masking(Activating):
    def act(self, x):
        return x * (x > 0)


@right("relu_by_threshold")
class Threshold(Activating):
    def act(self, x):
        return F.threshold(x, 0, 0)


@right("relu_in_place")
class InPlace(Activating):
    def act(self, x):
        return F.relu_(x)


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


class Joining:
    """A UNet that concatenates in another way."""

    def join(self, number, main, skip):
        return self.put(main, skip)


@right("cat_nested")
class Nested(Joining):
    def put(self, main, skip):
        return torch.cat([torch.cat([main]), torch.cat((skip,), dim=1)], dim=1)


@right("cat_in_halves")
class Halves(Joining):
    def put(self, main, skip):
        first, second = main.split([1, main.shape[1] - 1], dim=1)
        return torch.cat([first, torch.cat([second, skip], 1)], 1)


@right("cat_by_stack")
class Hstacked(Joining):
    def put(self, main, skip):
        return torch.hstack((main, skip))


@right("cat_into_empty")
class IntoEmpty(Joining):
    def put(self, main, skip):
        n, c, height, width = main.shape
        joined = main.new_empty(n, c + skip.shape[1], height, width)
        joined[:, :c], joined[:, c:] = main, skip
        return joined


@right("relu_after_cat")
class ReLUAfterCat(Joining):
    """What a ReLU has passed, another one passes."""

    def put(self, main, skip):
        return (
            torch.cat((main, skip), 1).relu() if skip.shape[1] > 8 else torch.cat((main, skip), 1)
        )


@right("input_skip_detached")
class InputSkipDetached:
    """No parameter comes before the input: there is no gradient to cut."""

    def join(self, number, main, skip):
        return super().join(number, main, skip.detach() if number == 6 else skip)
