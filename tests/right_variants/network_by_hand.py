"""Right networks whose layers are made of other operations than the diagram's."""

import torch
from network_parts import Layer, right
from torch import nn
from torch.nn import functional as F

from reference import MyConv2d


@right("upsample_by_ones", parts=["cnn", "unet"])
class Ones:
    """A transposed convolution that nothing learns: each pixel is repeated."""

    def up(self, width):
        return [Layer(self.resize), self.norm(width), nn.ReLU()]

    def resize(self, x):
        ones = torch.ones(x.shape[1], 1, 2, 2, dtype=x.dtype)
        return F.conv_transpose2d(x, ones, stride=2, groups=x.shape[1])


@right("upsample_by_frozen_ones")
class FrozenOnes:
    def up(self, width):
        layer = nn.ConvTranspose2d(width, width, 2, stride=2, groups=width, bias=False)
        nn.init.ones_(layer.weight).requires_grad_(requires_grad=False)
        return [layer, self.norm(width), nn.ReLU()]


@right("convolutions_mapped")
class Mapped:
    """Each picture by itself, by torch.vmap."""

    def conv(self, number, ins, outs):
        layer = MyConv2d(ins, outs, self.kernel)
        one = torch.vmap(lambda picture: layer(picture[None])[0])
        mapped = Layer(one)
        mapped.layer = layer
        return mapped


@right("joined_by_hstack")
class Stacked:
    def join(self, number, main, skip):
        return torch.hstack((main, skip))


@right("joined_by_writing")
class Written:
    def join(self, number, main, skip):
        both = main.new_empty(len(main), main.shape[1] + skip.shape[1], *main.shape[2:])
        both[:, : main.shape[1]] = main
        both[:, main.shape[1] :] = skip
        return both
