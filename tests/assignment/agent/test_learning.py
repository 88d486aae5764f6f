"""The grader's own training, of whatever network a student has."""

import torch
from torch import nn

from grader.assignment.agent import learning

IMAGES = torch.rand(8, 1, 4, 4, generator=torch.Generator().manual_seed(1))
TENSORS = {
    "inputs": IMAGES,
    "labels": (IMAGES[:, 0] > 0.5).to(torch.uint8),
    "order": torch.arange(8).repeat(6).reshape(-1, 4),
    "held_out": IMAGES.clone(),
}


class Net(nn.Module):
    momentum = 0.1

    def __init__(self, colours):
        super().__init__()
        self.norm, self.last = nn.BatchNorm2d(1, momentum=self.momentum), nn.Conv2d(1, colours, 1)

    def forward(self, x):
        return self.last(self.norm(x))


def trained(cls):
    params = {"class": "CNN", "args": [2], "seed": 3, "learn_rate": 0.1}
    return learning.run({"CNN": cls}, params, TENSORS)[1]["predictions"]


def test_a_slow_batchnorm_is_judged_as_torchs_own():
    slow = type("Slow", (Net,), {"momentum": 0.001})
    assert torch.equal(trained(slow), trained(Net))


def test_a_batchnorm_that_never_moves_is_left_as_it_is():
    network = Net(2)
    network.norm.momentum = 0.0
    learning._settle_quickly(network)
    assert network.norm.momentum == 0.0


def test_a_network_that_writes_into_its_input_spoils_nothing():
    class Overwriting(Net):
        def forward(self, x):
            scores = super().forward(x.clone())
            with torch.no_grad():
                x.zero_()
            return scores

    before = TENSORS["held_out"].clone()
    assert torch.equal(trained(Overwriting), trained(Net))
    assert torch.equal(TENSORS["held_out"], before)
