"""A network made of a broken MyConv2d is not charged for it again, but for its own mistakes."""

import pytest
import torch
from conv_layers import Parts
from network_parts import Net, UNetParts
from torch import nn
from torch.nn import functional as F

from grader.judging import catalog
from grader.model import Evidence, ExecutedNotebook, Status
from grader.proving import solutions
from grader.scoring import rubric
from reference import MyConv2d


class Flipped(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight.flip(2, 3), self.bias, padding=self.padding)


class BiasIgnored(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight, padding=self.padding)


class Detached(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight.data, self.bias, padding=self.padding)


class PlainBias(Parts):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        bias = self.bias.data
        del self.bias
        self.bias = bias


class Halved(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, padding=self.padding) / 2


class Rectified(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, padding=self.padding).relu()


class Mirrored(Parts):
    """Pads with the image's own pixels."""

    def forward(self, x):
        padded = F.pad(x, [self.padding] * 4, mode="replicate")
        return F.conv2d(padded, self.weight, self.bias)


class FirstChannel(Parts):
    """Forgets the sum over channels."""

    def forward(self, x):
        return F.conv2d(x[:, :1], self.weight[:, :1], self.bias, padding=self.padding)


class Shifted(Parts):
    """One off in each loop over the kernel."""

    def forward(self, x):
        weight = F.pad(self.weight[:, :, 1:, 1:], (0, 1, 0, 1))
        return F.conv2d(x, weight, self.bias, padding=self.padding)


class OneBias(Parts):
    """One number for all channels."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return F.conv2d(x, self.weight, padding=self.padding) + self.bias.view(1, -1, 1, 1) ** 2


class NeverPads(Parts):
    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias)


class Unfinished(Parts):
    def forward(self, x):
        raise NotImplementedError


class NotBuilt(nn.Module):
    def __init__(self, ins, outs, kernel, padding=None):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(outs, ins, kernel, kernle))  # noqa: F821


UNKNOWN = [Halved, Rectified, Mirrored, FirstChannel, Shifted, OneBias]
BROKEN = [NeverPads, Unfinished, NotBuilt]


def names_with(convolution, **changes):
    """Return networks made of this convolution."""
    own = {"conv": lambda self, number, ins, outs: convolution(ins, outs, self.kernel)} | changes
    return {
        "MyConv2d": convolution,
        "CNN": type("CNN", (Net,), own),
        "UNet": type("UNet", (UNetParts,), own),
    }


def judged(convolution, **changes):
    """Return the results of networks made of this convolution, and points by question."""
    results = solutions.judge(names_with(convolution, **changes))
    scored = rubric.score(results.values(), rubric.load())
    return results, {question.id: question for question in scored.questions}


@pytest.mark.parametrize(
    "convolution", [Flipped, BiasIgnored, Detached, PlainBias, Halved, Unfinished, NotBuilt]
)
def test_a_mistake_in_myconv2d_is_charged_once(convolution):
    results, questions = judged(convolution)
    assert questions["A1-conv"].points < questions["A1-conv"].max_points
    for name in ("A1", "B1"):
        assert questions[name].points == questions[name].max_points
    notes = [f for n, r in results.items() if n.startswith(("cnn.", "unet.")) for f in r.findings]
    assert all(f.note for f in notes)
    assert {f.what for f in notes} == {f"the MyConv2d that {n} is made of" for n in ("CNN", "UNet")}


class Wide(nn.Module):
    """Takes more than the handout's, notes what it was given, and forgets its bias."""

    def __init__(self, nin, nout, k, stride=1, pad=None, groups=1):
        super().__init__()
        self.pad, self.stride = k // 2 if pad is None else pad, stride
        self.weight = nn.Parameter(torch.randn(nout, nin, k, k) * 0.1)
        self.bias = nn.Parameter(torch.zeros(nout))

    def forward(self, x):
        return F.conv2d(x, self.weight, padding=self.pad, stride=self.stride)


WAYS = {
    "positional": lambda self, number, ins, outs: Wide(ins, outs, self.kernel, 1, self.kernel // 2),
    "by name": lambda self, number, ins, outs: Wide(nout=outs, nin=ins, k=self.kernel, groups=1),
}


@pytest.mark.parametrize("way", WAYS)
def test_one_that_takes_more_than_the_handouts_is_replaced_as_well(way):
    results = of_the_networks(names_with(Wide, conv=WAYS[way]))
    assert {n: r.status for n, r in results.items() if r.status is not Status.PASSED} == {}


def test_what_a_network_reads_of_its_layer_is_there():
    def conv(self, number, ins, outs):
        made = Wide(ins, outs, self.kernel)
        assert (made.pad, made.stride) == (self.kernel // 2, 1)
        return made

    results = of_the_networks(names_with(Wide, conv=conv))
    assert {n: r.status for n, r in results.items() if r.status is not Status.PASSED} == {}


def test_a_wrong_layer_excuses_no_network_that_does_not_learn():
    """Zeros to begin with: nothing moves, whatever MyConv2d it is made of."""

    def __init__(self, *args):  # noqa: N807
        Net.__init__(self, *args)
        for parameter in self.parameters():
            nn.init.zeros_(parameter)

    _, alone = judged(Parts, __init__=__init__)
    results, questions = judged(BiasIgnored, __init__=__init__)
    assert results["training.cnn_accuracy"].status is Status.FAILED
    assert questions["A1"].points == alone["A1"].points < questions["A1"].max_points


def of_the_networks(names):
    """Return the verdicts on CNN and UNet, without their training."""
    wanted = [n for n in catalog.catalogue() if n.startswith(("cnn.", "unet."))]
    with solutions.answering(names) as found:
        evidence = Evidence(solutions.ALONE, ExecutedNotebook("none"), found)
        results = catalog.judge(evidence, solutions.reference(), wanted)
    return {r.id: r for r in results}


@pytest.mark.parametrize("convolution", [*UNKNOWN[1:], *BROKEN])
def test_nor_is_one_that_nobody_foresaw(convolution):
    results = of_the_networks(names_with(convolution))
    assert {n: r.status for n, r in results.items() if r.status is not Status.PASSED} == {}


def test_a_class_is_its_own_again_once_its_networks_were_asked():
    before = dict(vars(Halved)), dict(vars(NotBuilt))
    for convolution in (Halved, NotBuilt):
        of_the_networks(names_with(convolution))
    assert (dict(vars(Halved)), dict(vars(NotBuilt))) == before
    assert "forward" not in vars(NotBuilt)


class Scaled(Net):
    """Wrong values that no trace explains."""

    def forward(self, x):
        half = self.block1(x).detach().numpy()
        y = self.block3(self.block2(torch.from_numpy(half * 1.5)))
        return self.last(self.block5(self.block4(y)))


@pytest.mark.parametrize("convolution", [None, Flipped, Halved])
def test_what_cannot_be_followed_is_not_excused(convolution):
    results = of_the_networks(
        {"MyConv2d": convolution, "CNN": Scaled} if convolution else {"CNN": Scaled}
    )
    told = [f for f in results["cnn.values"].findings if not f.note]
    assert [f.mistake for f in told] == ["not_followed"]


@pytest.mark.parametrize("convolution", [Flipped, Rectified])
def test_what_the_network_does_itself_is_still_charged(convolution):
    def down(self, width):
        return [self.norm(width), nn.ReLU(), nn.MaxPool2d(2)]

    results = of_the_networks(names_with(convolution, down=down))
    for part in ("cnn", "unet"):
        assert {f.mistake for f in results[f"{part}.blocks"].findings} == {"pool_after_relu"}


class OneConvolution(MyConv2d):
    """Two lines in the place of a network: MyConv2d itself, under a network's name."""

    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__(num_in_channels, num_colours, kernel)


def test_one_convolution_is_no_network_and_unlocks_nothing():
    results = solutions.judge({"CNN": OneConvolution, "UNet": OneConvolution})
    scored = rubric.score(results.values(), rubric.load())
    points = {question.id: question.points for question in scored.questions}
    assert {name: points[name] for name in ("A1-conv", "A1", "B1")} == {
        "A1-conv": 0, "A1": 0, "B1": 0,
    }  # fmt: skip
