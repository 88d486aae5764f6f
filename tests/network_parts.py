"""The diagram's networks, written so that a mutant or a variant can change one piece."""

import torch
from torch import nn

from grader.proving import cases
from reference import MyConv2d


class Net(nn.Module):
    """Part A's network: each block is a convolution and the layers of `down`, `same` or `up`."""

    part = "cnn"

    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        self.kernel = kernel
        one, two, three, four, five = self.widths(num_filters, num_colours)
        self.block1 = self.block(1, num_in_channels, one, self.down(one))
        self.block2 = self.block(2, one, two, self.down(two))
        self.block3 = self.block(3, two, three, self.same(three))
        self.block4 = self.block(4, self.takes(three, two), four, self.up(four))
        self.block5 = self.block(5, self.takes(four, one), five, self.up(five))
        self.last = self.conv(6, self.takes(five, num_in_channels), num_colours)

    def widths(self, nf, nc):
        return nf, 2 * nf, 2 * nf, nf, nc

    def block(self, number, ins, outs, layers):
        return nn.Sequential(self.conv(number, ins, outs), *layers)

    def conv(self, number, ins, outs):
        return MyConv2d(ins, outs, self.kernel)

    def norm(self, width):
        return nn.BatchNorm2d(width)

    def down(self, width):
        return [nn.MaxPool2d(2), self.norm(width), nn.ReLU()]

    def same(self, width):
        return [self.norm(width), nn.ReLU()]

    def up(self, width):
        return [nn.Upsample(scale_factor=2), self.norm(width), nn.ReLU()]

    def takes(self, main, skip):
        """Return how many channels come out of `join`."""
        return main

    def join(self, number, main, skip):
        """Return what block `number` takes in."""
        return main

    def forward(self, x):
        half = self.block1(x)
        quarter = self.block2(half)
        y = self.block3(quarter)
        y = self.block4(self.join(4, y, quarter))
        y = self.block5(self.join(5, y, half))
        return self.last(self.join(6, y, x))


class Layer(nn.Module):
    """A function as a layer."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class UNetParts(Net):
    """Part B's network."""

    part = "unet"

    def takes(self, main, skip):
        return main + skip

    def join(self, number, main, skip):
        return torch.cat((main, skip), dim=1)


BASES = {base.part: base for base in (Net, UNetParts)}


def checks(part, names):
    """Return the ids of checks; "accuracy" is that of training.

    >>> checks("cnn", ["blocks", "accuracy"])
    ['cnn.blocks', 'training.cnn_accuracy']
    """
    return [f"training.{part}_accuracy" if n == "accuracy" else f"{part}.{n}" for n in names]


def sin(mistake, caught_by, *, parts=None, name=None):
    """Make a class of changed pieces a mutant.

    It is one of both parts' networks, or, if it is a second way to make the same mistake and so
    has a name of its own, of Part B's alone.
    """
    parts = parts or (("unet",) if name else tuple(BASES))

    def mark(change):
        change.cases = ()
        for part in parts:
            made = type(change.__name__, (change, BASES[part]), {})
            cases.mutant(mistake, part=part, caught_by=checks(part, caught_by), name=name)(made)
            change.cases += made.cases
        return change

    return mark


def right(name, *, parts=("unet",), notes=()):
    """Make a class of changed pieces a right variant."""

    def mark(change):
        change.cases = ()
        for part in parts:
            made = type(change.__name__, (change, BASES[part]), {})
            cases.right_variant(name, part=part, notes=notes)(made)
            change.cases += made.cases
        return change

    return mark
