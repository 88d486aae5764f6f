"""Right networks as different students write them: each class is one style, whole."""

import itertools
from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as fun
from torch import Tensor

from grader.proving.cases import right_variant
from reference import CNN, MyConv2d


@right_variant("flat_sequential", part="cnn")
class FlatSequential(nn.Sequential):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        nf, nc = num_filters, num_colours
        super().__init__(
            MyConv2d(num_in_channels, nf, kernel),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(nf),
            nn.ReLU(),
            MyConv2d(nf, nf * 2, kernel),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(nf * 2),
            nn.ReLU(),
            MyConv2d(nf * 2, nf * 2, kernel),
            nn.BatchNorm2d(nf * 2),
            nn.ReLU(),
            MyConv2d(nf * 2, nf, kernel),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(nf),
            nn.ReLU(),
            MyConv2d(nf, nc, kernel),
            nn.Upsample(scale_factor=2),
            nn.BatchNorm2d(nc),
            nn.ReLU(),
            MyConv2d(nc, nc, kernel),
        )


@right_variant("single_layers", part="cnn")
class SingleLayers(nn.Module):
    """The style of 2020: every layer an attribute, one pooling, upsampling and ReLU for all."""

    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super(SingleLayers, self).__init__()  # noqa: UP008
        padding = kernel // 2
        self.conv1 = MyConv2d(num_in_channels, num_filters, kernel, padding)
        self.conv2 = MyConv2d(num_filters, 2 * num_filters, kernel, padding=padding)
        self.conv3 = MyConv2d(2 * num_filters, 2 * num_filters, kernel, padding)
        self.conv4 = MyConv2d(2 * num_filters, num_filters, kernel, padding)
        self.conv5 = MyConv2d(num_filters, num_colours, kernel, padding)
        self.conv6 = MyConv2d(num_colours, num_colours, kernel, padding)
        self.bn1, self.bn2 = nn.BatchNorm2d(num_filters), nn.BatchNorm2d(2 * num_filters)
        self.bn3, self.bn4 = nn.BatchNorm2d(2 * num_filters), nn.BatchNorm2d(num_filters)
        self.bn5 = nn.BatchNorm2d(num_colours)
        self.pool, self.up, self.relu = nn.MaxPool2d(2), nn.Upsample(scale_factor=2), nn.ReLU()

    def forward(self, x):
        x = self.relu(self.bn1(self.pool(self.conv1(x))))
        x = self.relu(self.bn2(self.pool(self.conv2(x))))
        x = self.relu(self.bn3(self.conv3(x)))
        x = self.relu(self.bn4(self.up(self.conv4(x))))
        x = self.relu(self.bn5(self.up(self.conv5(x))))
        return self.conv6(x)


@right_variant("direct_forward", part="cnn")
class DirectForward(SingleLayers):
    def forward(self, x):
        x = self.relu.forward(self.bn1.forward(self.pool.forward(self.conv1.forward(x))))
        x = self.relu.forward(self.bn2.forward(self.pool.forward(self.conv2.forward(x))))
        x = self.relu.forward(self.bn3.forward(self.conv3.forward(x)))
        x = self.relu.forward(self.bn4.forward(self.up.forward(self.conv4.forward(x))))
        x = self.relu.forward(self.bn5.forward(self.up.forward(self.conv5.forward(x))))
        return self.conv6.forward(x)


@right_variant("functional", part="cnn")
class Functional(SingleLayers):
    def forward(self, x):
        x = fun.relu(self.bn1(fun.max_pool2d(self.conv1(x), 2)), inplace=True)
        x = self.bn2(fun.max_pool2d(self.conv2(x), kernel_size=(2, 2), stride=2)).relu_()
        x = torch.relu(self.bn3(self.conv3(x)))
        x = self.bn4(fun.interpolate(self.conv4(x), scale_factor=2, mode="nearest")).clamp(min=0)
        x = fun.interpolate(self.conv5(x), scale_factor=(2.0, 2.0))
        return self.conv6(torch.clamp_min(self.bn5(x), 0))


@right_variant("module_list", part="cnn")
class Listed(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        widths = [num_in_channels, *(num_filters * n for n in (1, 2, 2, 1)), num_colours]
        pairs = list(itertools.pairwise(widths))
        self.convs = nn.ModuleList(MyConv2d(a, b, kernel) for a, b in pairs)
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) for _, b in pairs)
        down, up = nn.MaxPool2d(2, 2), nn.Upsample(scale_factor=2, mode="nearest")
        self.resize = nn.ModuleList([down, down, nn.Identity(), up, up])
        self.out = MyConv2d(num_colours, num_colours, kernel)

    def forward(self, x):
        for conv, resize, norm in zip(self.convs, self.resize, self.norms, strict=True):
            x = norm(resize(conv(x))).relu()
        return self.out(x)


@right_variant("module_dict", part="unet")
class Named(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        nf, nc = num_filters, num_colours
        sizes = {
            "a": (num_in_channels, nf),
            "b": (nf, 2 * nf),
            "c": (2 * nf, 2 * nf),
            "d": (4 * nf, nf),
            "e": (2 * nf, nc),
            "f": (nc + num_in_channels, nc),
        }
        self.convs = nn.ModuleDict({n: MyConv2d(*size, kernel) for n, size in sizes.items()})
        self.norms = nn.ModuleDict({n: nn.BatchNorm2d(w) for n, (_, w) in sizes.items() if n < "f"})

    def step(self, name, x, resize=None):
        """Helper methods are fine."""
        x = self.convs[name](x)
        return fun.relu(self.norms[name](resize(x) if resize else x))

    def forward(self, x):
        pool = lambda t: fun.max_pool2d(t, 2)  # noqa: E731
        up = lambda t: fun.interpolate(t, size=(2 * t.shape[2], 2 * t.shape[3]))  # noqa: E731
        a = self.step("a", x, pool)
        b = self.step("b", a, pool)
        c = self.step("c", b)
        d = self.step("d", torch.cat([b, c], 1), up)
        e = self.step("e", torch.cat(tensors=[d, a], dim=1), up)
        return self.convs["f"](torch.concat((x, e), axis=1))


@right_variant("subclass_of_cnn", part="unet")
class UNetFromCNN(CNN):
    """Part A's network, with three layers replaced."""

    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__(kernel, num_filters, num_colours, num_in_channels)
        self.block4[0] = MyConv2d(4 * num_filters, num_filters, kernel)
        self.block5[0] = MyConv2d(num_filters * 2, num_colours, kernel)
        self.block6 = MyConv2d(num_in_channels + num_colours, num_colours, kernel)

    def forward(self, x):
        self.out1 = self.block1(x)
        self.out2 = self.block2(self.out1)
        self.out3 = self.block3(self.out2)
        self.out4 = self.block4(torch.cat([self.out3, self.out2], dim=1))
        self.out5 = self.block5(torch.cat([self.out4, self.out1], dim=-3))
        self.out_final = self.block6(torch.cat([self.out5, x], dim=1))
        return self.out_final


class Block(nn.Module):
    """A class of one's own for the blocks, with type hints."""

    def __init__(self, ins: int, outs: int, kernel: int, resize: "nn.Module | None" = None) -> None:
        super().__init__()
        self.conv: MyConv2d = MyConv2d(
            in_channels=ins, out_channels=outs, kernel_size=kernel, padding=None
        )
        self.resize = resize or nn.Identity()
        self.norm: nn.BatchNorm2d = nn.BatchNorm2d(num_features=outs)

    def forward(self, x: Tensor, skip: "Tensor | None" = None) -> Tensor:
        joined: Tensor = x if skip is None else torch.cat([x, skip], dim=1)
        return fun.relu(self.norm(self.resize(self.conv(joined))))


@right_variant("own_block_class", part="unet")
class OfBlocks(nn.Module):
    def __init__(
        self, kernel: int, num_filters: int, num_colours: int, num_in_channels: int
    ) -> None:
        super().__init__()
        self.final = MyConv2d(num_colours + num_in_channels, num_colours, kernel)  # first of all
        wide = num_filters * 2
        self.down1 = Block(num_in_channels, num_filters, kernel, nn.MaxPool2d(kernel_size=2))
        self.down2 = Block(num_filters, wide, kernel, nn.MaxPool2d(kernel_size=2))
        self.rf = Block(wide, wide, kernel)
        self.up1 = Block(wide + wide, num_filters, kernel, nn.UpsamplingNearest2d(scale_factor=2))
        self.up2 = Block(num_filters + num_filters, num_colours, kernel, nn.Upsample(None, 2))
        self.in_channels, self.history = num_in_channels, []

    def forward(self, x: Tensor) -> Tensor:
        assert x.dim() == 4
        assert x.size(1) == self.in_channels
        self.history.append(tuple(x.shape))
        d1 = self.down1(x)
        d2 = self.down2(d1)
        u1 = self.up1(self.rf(d2), d2)
        u2 = self.up2(u1, d1)
        return self.final(torch.cat([u2, x], dim=1))


@right_variant("ordered_dict", part="cnn")
class Ordered(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        nf, nc = num_filters, num_colours
        plan = [(num_in_channels, nf, 1), (nf, 2 * nf, 1), (2 * nf, 2 * nf, 0), (2 * nf, nf, -1)]
        layers = OrderedDict()
        for i, (ins, outs, step) in enumerate([*plan, (nf, nc, -1)], start=1):
            layers[f"conv{i}"] = MyConv2d(ins, outs, kernel)
            if step:
                layers[f"size{i}"] = nn.MaxPool2d(2) if step > 0 else nn.Upsample(scale_factor=2)
            layers[f"bn{i}"] = nn.BatchNorm2d(outs)
            layers[f"relu{i}"] = nn.ReLU(True)
        layers["conv6"] = MyConv2d(nc, nc, kernel)
        self.add_module("layers", nn.Sequential(layers))
        self.first = self.layers[0]  # the same layer under two names

    def forward(self, x):
        return self.layers(x)


@right_variant("a_function", part="cnn")
def make_cnn(kernel, num_filters, num_colours, num_in_channels):
    """Not a class, but what it returns is a module all the same."""
    return FlatSequential(kernel, num_filters, num_colours, num_in_channels)
