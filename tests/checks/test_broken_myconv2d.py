"""A network made of a broken MyConv2d is not charged for it again, but for its own mistakes."""

import pytest
import torch
from conv_layers import Parts
from network_parts import Net, UNetParts
from torch import nn
from torch.nn import functional as F

from grader import rubric
from grader.model import Status
from grader.proving import solutions


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


def judged(convolution, **changes):
    """Return the results of networks made of this convolution, and points by question."""
    own = {"conv": lambda self, number, ins, outs: convolution(ins, outs, self.kernel)} | changes
    names = {
        "MyConv2d": convolution,
        "CNN": type("CNN", (Net,), own),
        "UNet": type("UNet", (UNetParts,), own),
    }
    results = solutions.judge(names)
    scored = rubric.score(results.values(), rubric.load())
    return results, {question.id: question for question in scored.questions}


@pytest.mark.parametrize("convolution", [Flipped, BiasIgnored, Detached, PlainBias])
def test_a_mistake_in_myconv2d_is_charged_once(convolution):
    results, questions = judged(convolution)
    assert questions["A1-conv"].points < questions["A1-conv"].max_points
    for name in ("A1", "B1"):
        assert questions[name].points == questions[name].max_points
    notes = [f for n, r in results.items() if n.startswith(("cnn.", "unet.")) for f in r.findings]
    assert all(f.note for f in notes)


class Scaled(Net):
    """Wrong values that no trace explains."""

    def forward(self, x):
        half = self.block1(x).detach().numpy()
        y = self.block3(self.block2(torch.from_numpy(half * 1.5)))
        return self.last(self.block5(self.block4(y)))


@pytest.mark.parametrize("convolution", [None, Flipped])
def test_what_cannot_be_followed_is_not_excused(convolution):
    results = solutions.judge({"MyConv2d": convolution, "CNN": Scaled})
    assert results["cnn.values"].status is Status.FAILED
    assert not any(f.note for f in results["cnn.values"].findings)


def test_what_the_network_does_itself_is_still_charged():
    def down(self, width):
        return [self.norm(width), nn.ReLU(), nn.MaxPool2d(2)]

    results, questions = judged(Flipped, down=down)
    assert {f.mistake for f in results["cnn.blocks"].findings} == {"pool_after_relu"}
    assert questions["A1"].points < questions["A1"].max_points
    assert questions["B1"].points < questions["B1"].max_points
