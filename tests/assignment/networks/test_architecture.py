"""Real networks, traced and read, against the diagram."""

import pytest
import torch
from torch import nn

import reference
from grader.assignment.agent.loading import Slots
from grader.assignment.agent.trace import Tracer, trace
from grader.assignment.networks import architecture, graph
from grader.assignment.networks.architecture import Feed, Join, diagram
from grader.assignment.networks.graph import INPUT, Unreadable
from reference import MyConv2d

SETTINGS = [(3, 32, 24, 1), (3, 32, 24, 3), (3, 8, 24, 1), (5, 16, 10, 1), (1, 16, 24, 1)]
WEIGHTS = {
    "CNN": [86784, 87360, 11832, 58428, 3408],
    "UNet": [112344, 113352, 14928, 75478, 4328],
}


def graph_of(module, x):
    tracer = Tracer(x, (MyConv2d,))
    output = trace(module, tracer)
    slots = Slots(tracer, module).describe()
    values = {"trace": tracer.entries, "slots": slots, "output_node": tracer.number(output)}
    return graph.read(values, x.shape)


def network_of(function, channels=1):
    """Read a function of an image and of a convolution to 4 channels."""
    convs = nn.ModuleList(MyConv2d(1, 4, 3) for _ in range(3))

    class Module(nn.Module):
        def __init__(self):
            super().__init__()
            self.convs = convs

        def forward(self, x):
            return function(x, *self.convs)

    return architecture.read(graph_of(Module(), torch.zeros(2, channels, 8, 8)))


@pytest.mark.parametrize("args", SETTINGS, ids=str)
@pytest.mark.parametrize("name", ["CNN", "UNet"])
def test_the_reference_is_the_diagram(name, args):
    network = getattr(reference, name)(*args)
    read = architecture.read(graph_of(network, torch.zeros(2, args[3], 8, 12)))
    assert read == diagram(name, args)


@pytest.mark.parametrize("name", ["CNN", "UNet"])
def test_the_diagram_has_the_right_number_of_weights(name):
    for args, weights in zip(SETTINGS, WEIGHTS[name], strict=True):
        drawn = diagram(name, args)
        kernels = sum(c.width * c.in_channels * c.kernel**2 for c in drawn.convs)
        biases = sum(conv.width for conv in drawn.convs)
        norms = 2 * sum(drawn.convs[norm.number].width for norm in drawn.norms)
        assert kernels + biases + norms == weights


@pytest.mark.parametrize(
    ("function", "ops"),
    [
        (lambda y: y.relu(), ("relu",)),
        (lambda y: torch.clamp(y, 0), ("relu",)),
        (lambda y: y.clamp_min(0), ("relu",)),
        (lambda y: y.clamp(0, 6), ("clamp",)),
        (lambda y: nn.functional.threshold(y, 0, 0), ("relu",)),
        (lambda y: nn.functional.threshold(y, 1, 0), ("threshold",)),
        (lambda y: nn.functional.leaky_relu(y, 0), ("relu",)),
        (lambda y: nn.functional.leaky_relu(y), ("leaky_relu",)),
        (lambda y: nn.functional.max_pool2d(y, 2, 2), ("pool",)),
        (lambda y: nn.functional.max_pool2d(y, 2, ceil_mode=True), ("pool",)),
        (lambda y: nn.functional.max_pool2d(y, 2, 1), ("pool_other",)),
        (lambda y: nn.functional.max_pool2d(y, 2, padding=1), ("pool_other",)),
        (lambda y: nn.functional.interpolate(y, scale_factor=2), ("up",)),
        (lambda y: nn.functional.interpolate(y, size=(16, 16)), ("up",)),
        (lambda y: nn.functional.interpolate(y, size=(8, 8)), ()),
        (lambda y: nn.functional.interpolate(y, scale_factor=3), ("up_nearest_other_scale",)),
        (lambda y: nn.functional.interpolate(y, None, 2, "bilinear"), ("up_bilinear",)),
        (lambda y: nn.functional.dropout(y, 0.5), ("dropout",)),
        (lambda y: nn.functional.dropout(y, 0.0), ()),
        (lambda y: y.contiguous().clone().detach(), ()),
        (lambda y: y + torch.randn_like(y), ("noise",)),
        (lambda y: 0.1 * torch.randn(y.shape) + y, ("noise",)),
        (lambda y: y * (torch.rand_like(y) > 0.5), ("noise",)),
        (lambda y: y + 1, ("add",)),
        (lambda y: y + torch.ones(4, 1, 1), ("add",)),
        (lambda y: y.relu_().add_(1).mul(2), ("relu", "add", "mul")),
        (lambda y: torch.cat([y, y], dim=2), ("cat",)),
    ],
)
def test_operations_have_short_names(function, ops):
    read = network_of(lambda x, conv, *_: function(conv(x)))
    assert read.output == Join("plain", (Feed(0, ops),))
    assert read.block_ops(0) == ops


def test_joins_keep_where_their_feeds_come_from():
    read = network_of(lambda x, a, b, c: torch.cat([a(x).relu(), b(x)], 1).tanh())
    assert read.output == Join("cat", (Feed(0, ("relu",)), Feed(1, ())), ("tanh",))
    assert [feed.edge[1] for feed in read.output.feeds] == [0, 1]


def test_nested_concatenations_are_one():
    read = network_of(lambda x, a, b, c: torch.cat([torch.cat([a(x), b(x)], 1), c(x)], -3))
    assert [feed.origin for feed in read.output.feeds] == [0, 1, 2]


def test_a_sum_of_two_paths_is_a_join():
    read = network_of(lambda x, a, b, c: a(x) + b(x))
    assert read.output == Join("add", (Feed(0, ()), Feed(1, ())))


def test_a_sum_within_a_concatenation_is_an_operation_on_the_longest_path():
    read = network_of(lambda x, a, b, c: torch.cat([a(x) + b(x), x], 1))
    assert [(feed.origin, feed.ops) for feed in read.output.feeds] == [(1, ("sum",)), (INPUT, ())]


def test_a_convolution_that_is_not_used_does_not_count():
    def forward(x, a, b, c):
        b(x)
        return a(x)

    assert len(network_of(forward).convs) == 1


def test_a_transposed_convolution_is_a_block_or_an_upsampling():
    plain, up = nn.Conv2d(1, 2, 3), nn.ConvTranspose2d(2, 3, 2, stride=2)
    x = torch.zeros(1, 1, 8, 8)
    behind = architecture.read(graph_of(nn.Sequential(plain, up), x))
    assert behind.block_ops(0) == ("conv_transpose2d",)
    alone = architecture.read(graph_of(nn.Sequential(plain, nn.ReLU(), up), x))
    assert [conv.by for conv in alone.convs] == ["", "transposed"]
    assert (alone.convs[1].width, alone.convs[1].in_channels, alone.convs[1].stride) == (3, 2, 1)


def test_batchnorms_are_told_by_their_slot():
    norm = nn.BatchNorm2d(1)
    net = nn.Sequential(nn.Conv2d(1, 1, 1), norm, nn.Conv2d(1, 1, 1), norm, nn.BatchNorm2d(1))
    read = architecture.read(graph_of(net, torch.zeros(2, 1, 4, 4)))
    found = [(norm.number, norm.slot) for norm in read.norms]
    assert found == [(0, "norm.0"), (1, "norm.0"), (1, "norm.1")]


@pytest.mark.parametrize(
    "function",
    [
        lambda x, a, b, c: x.relu(),
        lambda x, a, b, c: b(torch.from_numpy(x.numpy() + 1)),
        lambda x, a, b, c: torch.cat([a(x)] * 9, 1),
    ],
)
def test_what_cannot_be_followed_is_not_read(function):
    with pytest.raises(Unreadable):
        network_of(function)


def test_a_forged_ladder_of_concatenations_costs_nothing():
    rung = {"op": "cat", "shape": [1], "parameters": [], "attributes": {"dim": 1}, "by": ""}
    entries = [{**rung, "op": "conv2d", "inputs": [INPUT], "shape": [1, 1, 4, 4]}]
    entries += [{**rung, "inputs": [i, i]} for i in range(300)]
    forged = graph.read({"trace": entries, "slots": {}}, (1, 1, 4, 4))
    with pytest.raises(Unreadable, match="a join of more than 8"):
        architecture.read(forged)
