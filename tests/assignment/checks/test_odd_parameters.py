"""A MyConv2d whose bias has another shape: never a fault of ours, and charged where it is wrong."""

import pytest
import torch
from conv_layers import Parts
from network_parts import Net, UNetParts
from torch import nn
from torch.nn import functional as F

from grader.judging import catalog
from grader.model import Evidence, ExecutedNotebook, Status
from grader.proving import solutions


class Odd(Parts):
    """A bias of any shape, seen through a view."""

    shape = (1,)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        outs = len(self.weight)
        self.bias = nn.Parameter(torch.zeros([outs if n is None else n for n in self.shape]))

    def forward(self, x):
        return F.conv2d(x, self.weight, padding=self.padding) + self.bias.view(1, -1, 1, 1)


class OneForAll(Odd):
    shape = (1,)


class Scalar(Odd):
    shape = ()


class AsBroadcast(Odd):
    shape = (1, None, 1, 1)


class AsColumn(Odd):
    shape = (None, 1)


class OtherName(AsBroadcast):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.b, self.bias = self.bias, None

    def forward(self, x):
        return F.conv2d(x, self.weight, padding=self.padding) + self.b


def failed(convolution, part):
    """Return the checks of MyConv2d and of one network that do not pass; training is left out."""
    base = {"cnn": Net, "unet": UNetParts}[part]
    own = {"conv": lambda self, number, ins, outs: convolution(ins, outs, self.kernel)}
    names = {"MyConv2d": convolution, {"cnn": "CNN", "unet": "UNet"}[part]: type("N", (base,), own)}
    wanted = [name for name in catalog.catalogue() if name.startswith((f"{part}.", "conv2d."))]
    with solutions.answering(names) as found:
        evidence = Evidence(solutions.ALONE, ExecutedNotebook("none"), found)
        results = catalog.judge(evidence, solutions.reference(), wanted)
    assert [r.message for r in results if r.status is Status.BROKEN] == []
    return {r.id for r in results if r.status is not Status.PASSED}


@pytest.mark.parametrize("convolution", [AsBroadcast, AsColumn, OtherName])
def test_a_bias_of_another_shape_costs_a_network_nothing(convolution):
    assert not {name for name in failed(convolution, "cnn") if name.startswith("cnn.")}


@pytest.mark.parametrize("convolution", [OneForAll, Scalar])
@pytest.mark.parametrize("part", ["cnn", "unet"])
def test_one_bias_for_all_channels_is_a_mistake_of_myconv2d_alone(convolution, part):
    names = failed(convolution, part)
    assert {name.partition(".")[0] for name in names} == {"conv2d"}
