"""One mistake in networks with layers made by hand: it is the only one that is told."""

import itertools

import torch
from network_parts import Layer, sin
from torch import nn
from torch.nn import functional as F

CAUGHT = ["blocks", "values"]


def relu_at_end(name):
    """Put a ReLU at the end of a network with this piece."""

    def mark(change):
        def forward(self, x):
            return F.relu(super(change, self).forward(x))

        change.forward = forward
        return sin("relu_at_end", CAUGHT, name=f"relu_at_end_beside_{name}")(change)

    return mark


def of_relu(name):
    """Make a network out of a ReLU by hand, and put torch's at the end."""

    def mark(function):
        def same(self, width):
            return [self.norm(width), Layer(function)]

        return relu_at_end(name)(type(function.__name__, (), {"same": same}))

    return mark


@of_relu("a_mask")
def times_a_mask(x):
    return x * (x > 0).float()


@of_relu("a_filled_mask")
def filled(x):
    return x.masked_fill(x < 0, 0)


@of_relu("what_is_put_to_0")
def put_to_0(x):
    x[x < 0] = 0
    return x


@of_relu("clip")
def clipped(x):
    return torch.clip(x, min=0)


@relu_at_end("pixels_written")
class PixelsWritten:
    def up(self, width):
        return [Layer(self.resize), self.norm(width), nn.ReLU()]

    def resize(self, x):
        n, c, height, width = x.shape
        out = torch.zeros(n, c, 2 * height, 2 * width, dtype=x.dtype)
        for i, j in itertools.product(range(2), repeat=2):
            out[:, :, i::2, j::2] = x
        return out


@relu_at_end("ones")
class OfOnes:
    def up(self, width):
        return [Layer(self.resize), self.norm(width), nn.ReLU()]

    def resize(self, x):
        ones = torch.ones(x.shape[1], 1, 2, 2, dtype=x.dtype)
        return F.conv_transpose2d(x, ones, stride=2, groups=x.shape[1])


@relu_at_end("slices")
class Slices:
    def down(self, width):
        return [Layer(self.resize), self.norm(width), nn.ReLU()]

    def resize(self, x):
        left = torch.max(x[:, :, ::2, ::2], x[:, :, 1::2, ::2])
        return torch.max(left, torch.max(x[:, :, ::2, 1::2], x[:, :, 1::2, 1::2]))


@relu_at_end("hstack")
class Stacked:
    def join(self, number, main, skip):
        return torch.hstack((main, skip))


@relu_at_end("a_written_join")
class Written:
    def join(self, number, main, skip):
        both = torch.empty(len(main), main.shape[1] + skip.shape[1], *main.shape[2:])
        both = both.to(main)
        both[:, : main.shape[1]] = main
        both[:, main.shape[1] :] = skip
        return both
