"""The twin computes what the network computes, and a forged trace costs nothing."""

import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

import reference
from grader.assignment.agent import network
from grader.assignment.networks import graph, twin
from grader.assignment.networks.graph import INPUT, UNKNOWN, Graph, Node
from grader.assignment.networks.twin import NoTwin
from grader.judging.draws import Draw

ARGS = (3, 6, 5, 2)
SIZE = (8, 12)
POOLS = Draw(3).pools("pools")


@pytest.fixture(autouse=True)
def default_dtype():
    """The agent changes it for the layers that `Module.to` does not reach."""
    kept = torch.get_default_dtype()
    yield
    torch.set_default_dtype(kept)


def answered(cls, mode, *, backward=False):
    """Return a network's graph, what it was given, and the arrays that it answered."""
    given = {"input": Draw(3).uniform("x", (3, ARGS[3], *SIZE)), **POOLS}
    if backward:
        given["cotangent"] = Draw(3).uniform("c", (3, ARGS[2], *SIZE))
    params = {"class": "Net", "args": ARGS, "dtype": "float64", "mode": mode, "seed": 1}
    names = {"Net": cls, "MyConv2d": reference.MyConv2d}
    tensors = {name: torch.from_numpy(array) for name, array in given.items()}
    values, answer = network.run(names, params, tensors)
    arrays = {name: tensor.numpy() for name, tensor in answer.items()}
    return graph.read(values, given["input"].shape), given, arrays


def gradients(arrays):
    return {k.removeprefix("grad."): v for k, v in arrays.items() if k.startswith("grad.")}


@pytest.mark.parametrize("mode", ["train", "eval"])
@pytest.mark.parametrize("name", ["CNN", "UNet"])
def test_the_twin_of_the_reference_has_its_values_and_gradients(name, mode):
    read, given, answer = answered(getattr(reference, name), mode, backward=True)
    found = twin.run(read, given)
    np.testing.assert_allclose(found.output, answer["output"], rtol=1e-12, atol=1e-12)
    wanted = gradients(answer)
    assert set(found.gradients) == set(wanted)
    assert len(wanted) == 22
    for slot, gradient in wanted.items():
        np.testing.assert_allclose(found.gradients[slot], gradient, rtol=1e-9, atol=1e-9)


def test_without_a_cotangent_of_the_right_shape_there_are_no_gradients():
    read, given, _ = answered(reference.CNN, "train")
    assert twin.run(read, given).gradients == {}
    assert twin.run(read, {**given, "cotangent": np.ones((1, 1))}).gradients == {}


class Then(nn.Module):
    """A convolution, then a function of its output."""

    function = staticmethod(F.relu)

    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        self.conv = reference.MyConv2d(num_in_channels, 4, kernel)

    def forward(self, x):
        return self.function(self.conv(x))


@pytest.mark.parametrize(
    "function",
    [
        F.relu,
        F.relu6,
        F.gelu,
        F.elu,
        torch.sigmoid,
        torch.tanh,
        lambda y: y.clamp(-0.2, 0.3),
        lambda y: y.clamp(0, float("inf")),
        lambda y: F.threshold(y, 0.1, 0.2),
        lambda y: F.leaky_relu(y, 0.2),
        lambda y: F.softmax(y, 1),
        lambda y: F.log_softmax(y, dim=2),
        lambda y: F.max_pool2d(y, 3, 1, 1),
        lambda y: F.avg_pool2d(y, (2, 1)),
        lambda y: F.interpolate(y, scale_factor=2),
        lambda y: F.interpolate(y, size=(9, 5), mode="bilinear", align_corners=True),
        lambda y: F.pixel_shuffle(y, 2),
        lambda y: F.dropout(y, 0.5, training=False),
        lambda y: F.dropout(y, 0.0),
        lambda y: y.clone().contiguous(),
        lambda y: y + F.relu(y),
        lambda y: torch.cat((y, F.relu(y)), dim=1),
        lambda y: y.repeat_interleave(2, 2).repeat_interleave(2, 3),
    ],
)
def test_each_operation(function):
    cls = type("Then", (Then,), {"function": staticmethod(function)})
    read, given, answer = answered(cls, "eval")
    np.testing.assert_allclose(twin.run(read, given).output, answer["output"], atol=1e-12)


@pytest.mark.parametrize("mode", ["train", "eval"])
@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.Conv2d(2, 4, (3, 5), stride=(1, 2), padding=(0, 1), groups=2, bias=False),
        lambda: nn.Conv2d(2, 4, 3, dilation=2),
        lambda: nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1),
        lambda: nn.BatchNorm2d(2, eps=0.1),
        lambda: nn.BatchNorm2d(2, affine=False),
        lambda: nn.BatchNorm2d(2, track_running_stats=False),
    ],
)
def test_layers_with_parameters(make, mode):
    read, given, answer = answered(lambda *_: nn.Sequential(make()), mode)
    np.testing.assert_allclose(twin.run(read, given).output, answer["output"], atol=1e-12)


def test_a_cut_edge_passes_no_gradient():
    class Detached(reference.UNet):
        def forward(self, x):
            half = self.block1(x)
            quarter = self.block2(half)
            y = self.block4(torch.cat((self.block3(quarter), quarter.detach()), 1))
            return self.block6(torch.cat((self.block5(torch.cat((y, half), 1)), x), 1))

    read, given, answer = answered(Detached, "train", backward=True)
    whole = twin.run(read, given)
    np.testing.assert_allclose(whole.output, answer["output"], rtol=1e-12)
    (first,) = (i for i, node in enumerate(read.nodes) if node.op == "cat" and node.shape[1] == 24)
    cut = twin.run(read, given, [(first, 1)])
    np.testing.assert_allclose(cut.output, whole.output, rtol=0)
    wanted = gradients(answer)["conv.1.weight"]
    np.testing.assert_allclose(cut.gradients["conv.1.weight"], wanted, rtol=1e-9, atol=1e-12)
    assert not np.allclose(whole.gradients["conv.1.weight"], wanted)


X = {"input": Draw(1).uniform("x", (2, 3, 8, 8)), **POOLS}


def chain(*nodes, slots=None):
    return Graph(tuple(nodes), len(nodes) - 1, (2, 3, 8, 8), slots or {})


def node(op, inputs, slot="", **attributes):
    return Node(op, tuple(inputs), (2, 3, 8, 8), slot, "", attributes)


SLOTS = {"conv.0.weight": (3, 3, 3, 3)}
CONV = node("conv2d", [INPUT], "conv.0", padding=1)
FORGED = {
    "enlarged": chain(node("interpolate", [INPUT], scale_factor=100_000)),
    "enlarged_step_by_step": chain(
        *(node("interpolate", [i - 1 if i else INPUT], scale_factor=4) for i in range(12))
    ),
    "doubled": chain(*(node("cat", [i - 1 if i else INPUT] * 2, dim=1) for i in range(60))),
    "padded": chain(node("conv2d", [INPUT], "conv.0", padding=1 << 20), slots=SLOTS),
    "heavy": chain(node("conv2d", [INPUT], "conv.0"), slots={"conv.0.weight": (1 << 20, 3, 8, 8)}),
    "heavier": chain(CONV, slots={"conv.0.weight": (1 << 39, 1 << 39, 3, 3)}),
    "slow": chain(
        node("interpolate", [INPUT], scale_factor=128),
        node("max_pool2d", [0], kernel_size=501, stride=1, padding=250),
    ),
    "long": chain(
        node("interpolate", [INPUT], scale_factor=64),
        *(node("relu", [i]) for i in range(390)),
    ),
    "unknown": chain(node("eval", [INPUT])),
    "from_elsewhere": chain(node("relu", [UNKNOWN])),
    "of_nothing": chain(node("relu", [])),
    "without_weight": chain(CONV),
    "misfit": chain(CONV, slots={"conv.0.weight": (3, 5, 3, 3)}),
    "odd_slot": chain(node("conv2d", [INPUT], "conv.x"), slots={"conv.x.weight": (3, 3, 3, 3)}),
    "odd_role": chain(CONV, slots=SLOTS | {"conv.0.magic": (3,)}),
    "odd_kind": chain(node("batch_norm", [INPUT], "disc.0"), slots={"disc.0.weight": (3,)}),
    "odd_argument": chain(node("max_pool2d", [INPUT], kernel_size="two")),
    "sum_of_one": chain(node("add", [INPUT], other=1)),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_graph_has_no_twin_and_costs_nothing(name):
    twin.run(chain(CONV, slots=SLOTS), X)  # what torch loads at its first use is not counted
    started = time.process_time()
    with pytest.raises(NoTwin):
        twin.run(FORGED[name], X)
    assert time.process_time() - started < 5


def test_weights_that_are_not_used_are_not_made():
    slots = SLOTS | {f"conv.{i}.weight": (1 << 20, 1 << 20) for i in range(1, 400)}
    found = twin.run(chain(CONV, slots=slots), X)
    assert found.output.shape == (2, 3, 8, 8)


def test_operations_that_are_not_needed_are_not_run():
    waste = node("interpolate", [INPUT], scale_factor=100_000)
    found = twin.run(replace(chain(CONV, waste, slots=SLOTS), output=0), X)
    assert found.output.shape == (2, 3, 8, 8)
