"""Networks drawn at random: judging them never breaks, and any mixture of right pieces is right."""

import itertools
import random

import pytest
import torch
from network_parts import Layer, Net, UNetParts
from torch import nn
from torch.nn import functional as F

from grader.model import Status
from grader.proving import solutions
from grader.scoring import rubric
from reference import MyConv2d

SMALLEST, LARGEST = 4, 32  # sides between which a random network pools or upsamples

LAYERS = {
    "pool": lambda _: nn.MaxPool2d(2),
    "overlapping": lambda _: nn.MaxPool2d(3, 2, 1),
    "average": lambda _: nn.AvgPool2d(2),
    "every_second": lambda _: Layer(lambda x: x[:, :, ::2, ::2]),
    "up": lambda _: nn.Upsample(scale_factor=2),
    "bilinear": lambda _: nn.Upsample(scale_factor=2, mode="bilinear"),
    "repeated": lambda _: Layer(lambda x: x.repeat_interleave(2, 2).repeat_interleave(2, 3)),
    "norm": nn.BatchNorm2d,
    "plain_norm": lambda width: nn.BatchNorm2d(width, affine=False, track_running_stats=False),
    "instance": nn.InstanceNorm2d,
    "group": lambda width: nn.GroupNorm(1, width),
    "relu": lambda _: nn.ReLU(),
    "leaky": lambda _: nn.LeakyReLU(),
    "sigmoid": lambda _: nn.Sigmoid(),
    "mask": lambda _: Layer(lambda x: x * (x > 0)),
    "dropout": lambda _: nn.Dropout(0.3),
    "noise": lambda _: Layer(lambda x: x + torch.randn_like(x)),
    "half_away": lambda _: Layer(lambda x: x.detach()),
    "doubled": lambda _: Layer(lambda x: x + x),
    "centred": lambda _: Layer(lambda x: x - x.mean((2, 3), keepdim=True)),
    "softmax": lambda _: nn.Softmax(1),
    "exchanged": lambda _: Layer(lambda x: x.transpose(2, 3)),
    "nothing": lambda _: nn.Identity(),
}
SHRINKING = {"pool", "overlapping", "average", "every_second"}
GROWING = {"up", "bilinear", "repeated"}


class Random(nn.Module):
    """Blocks of a random number, width and order, joined at random with what came before."""

    def __init__(self, seed, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        draw = random.Random(seed)
        widths = (num_filters, 2 * num_filters, num_colours, 3)
        channels, self.plan = [num_in_channels], []
        self.convs, self.layers = nn.ModuleList(), nn.ModuleDict()
        for number in range(draw.randint(1, 8)):
            source = draw.choice([None, None, *range(len(channels))])
            ins = channels[-1] + (0 if source is None else channels[source])
            outs = draw.choice(widths)
            made = draw.choice((MyConv2d, MyConv2d, nn.Conv2d))
            self.convs.append(made(ins, outs, kernel, padding=kernel // 2))
            names = draw.choices(list(LAYERS), k=draw.randint(0, 5))
            layers = [LAYERS[name](outs) for name in names]
            self.layers.update({f"{number}_{i}": layer for i, layer in enumerate(layers)})
            self.plan.append((source, names))
            channels.append(outs)
        self.last = MyConv2d(channels[-1], num_colours, kernel)

    def forward(self, x):
        seen = [x]
        for number, (source, names) in enumerate(self.plan):
            y = seen[-1]
            if source is not None:
                y = torch.cat((y, F.interpolate(seen[source], size=y.shape[2:])), 1)
            y = self.convs[number](y)
            for i, name in enumerate(names):
                side = min(y.shape[2:])
                if (name in SHRINKING and side < 2 * SMALLEST) or (
                    name in GROWING and 2 * side > LARGEST
                ):
                    continue
                y = self.layers[f"{number}_{i}"](y)
            seen.append(y)
        return self.last(seen[-1])


@pytest.mark.parametrize(("part", "seed"), list(itertools.product(("cnn", "unet"), range(8))))
def test_no_network_breaks_the_grader(part, seed):
    def build(*args):
        return Random(f"{part} {seed}", *args)

    results = solutions.judge({part.upper() if part == "cnn" else "UNet": build}, part)
    assert not [r for r in results.values() if r.status is Status.BROKEN]
    assert [r for r in results.values() if r.status in (Status.FAILED, Status.ERROR)]
    for finding in (f for r in results.values() for f in r.findings):
        assert finding.what.strip()
        assert finding.expected.strip()
        assert finding.actual.strip()
        assert finding.mistake is None or finding.mistake in rubric.mistakes()


POOLS = (
    nn.MaxPool2d(2),
    Layer(lambda x: F.max_pool2d(x, (2, 2), stride=2)),
    Layer(lambda x: x.unfold(2, 2, 2).unfold(3, 2, 2).amax((-1, -2))),
)
UPS = (
    nn.Upsample(scale_factor=2),
    Layer(lambda x: F.interpolate(x, size=(2 * x.shape[2], 2 * x.shape[3]))),
    Layer(lambda x: x.repeat_interleave(2, 2).repeat_interleave(2, 3)),
)
RELUS = (
    nn.ReLU(),
    Layer(torch.relu),
    Layer(lambda x: x.clamp(min=0)),
    Layer(lambda x: x * (x > 0)),
    nn.Sequential(nn.Identity(), nn.ReLU(inplace=True)),
)


class Mixture:
    """The diagram's network, each piece written in one of the ways that are the same."""

    seed = 0

    def block(self, number, ins, outs, layers):
        draw = random.Random(f"{self.seed} {number}")
        ways = {nn.MaxPool2d: POOLS, nn.Upsample: UPS, nn.ReLU: RELUS}
        own = [draw.choice(ways.get(type(layer), [layer])) for layer in layers]
        return super().block(number, ins, outs, own)

    def join(self, number, main, skip):
        if random.Random(f"join {self.seed} {number}").random() < 0.5:
            main, skip = skip, main
        return super().join(number, main, skip)


class MixedCNN(Mixture, Net):
    def join(self, number, main, skip):
        return main


class MixedUNet(Mixture, UNetParts):
    pass


@pytest.mark.parametrize(
    ("name", "base", "seed"),
    [("CNN", MixedCNN, 1), ("CNN", MixedCNN, 2), *(("UNet", MixedUNet, n) for n in range(3, 9))],
)
def test_every_mixture_of_right_pieces_is_right(name, base, seed):
    network = type(base.__name__, (base,), {"seed": seed})
    results = solutions.judge({name: network}, name.lower())
    assert not [r for r in results.values() if r.status is not Status.PASSED]
