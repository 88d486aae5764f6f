"""What is seen of a forward pass, however it is written."""

import json
import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from grader.assignment.agent.calls import plain_name, repeats
from grader.assignment.agent.loading import Slots
from grader.assignment.agent.network import conv_classes
from grader.assignment.agent.trace import COUNTED, LIMIT, Tracer, plain, tensors_in, trace
from reference import MyConv2d

X = torch.linspace(-1, 1, 2 * 16).reshape(2, 1, 4, 4)


def traced(module, classes=(MyConv2d,)):
    tracer = Tracer(X.clone(), classes)
    trace(module, tracer)
    return tracer


def operations(function):
    return [entry["op"] for entry in traced(function).entries]


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (lambda x: nn.ReLU(True)(x.clone()), ["clone", "relu"]),
        (lambda x: F.relu_(x), ["relu"]),
        (lambda x: x.clamp_(min=0), ["clamp"]),
        (lambda x: torch.clamp_min(x, 0), ["clamp"]),
        (lambda x: F.threshold(x, 0, 0), ["threshold"]),
        (lambda x: nn.MaxPool2d(2)(x), ["max_pool2d"]),
        (lambda x: torch.max_pool2d(x, 2), ["max_pool2d"]),
        (lambda x: F.max_pool2d(x, 2, return_indices=True)[0], ["max_pool2d"]),
        (lambda x: nn.UpsamplingNearest2d(scale_factor=2)(x), ["interpolate"]),
        (lambda x: torch.concat([x, x], 1), ["cat"]),
        (lambda x: x + x, ["add"]),
        (lambda x: 1 + x, ["add"]),
        (lambda x: x.__iadd__(1), ["add"]),
        (lambda x: F.dropout2d(x, 0.5), ["dropout"]),
    ],
)
def test_one_layer_is_one_entry_by_one_name(function, names):
    assert operations(function) == names


def test_a_deprecated_function_is_seen_too():
    with pytest.warns(UserWarning, match="deprecated"):
        assert operations(lambda x: F.upsample(x, scale_factor=2)) == ["interpolate"]


def test_inputs_are_numbers_of_earlier_entries():
    entries = traced(lambda x: torch.cat([F.relu(x), torch.tanh(x)], 1)).entries
    assert [entry["inputs"] for entry in entries] == [["x"], ["x"], [0, 1]]
    assert entries[2]["shape"] == [2, 2, 4, 4]
    assert entries[2]["attributes"] == {"dim": 1}


def test_a_tensor_in_place_is_known_by_its_last_operation():
    def forward(x):
        y = x.tanh()
        F.relu(y, inplace=True)
        return y.exp()

    assert [entry["inputs"] for entry in traced(forward).entries] == [["x"], [0], [1]]


def test_data_is_the_same_tensor_and_an_outsider_is_unknown():
    outsider = torch.ones(1)
    entries = traced(lambda x: x.data * outsider).entries
    assert entries[0]["inputs"] == ["x", "?"]


def test_a_convolution_is_one_entry_with_its_weights():
    conv = MyConv2d(1, 2, 3)
    tracer = traced(lambda x: conv.forward(x))
    (entry,) = tracer.entries
    assert (entry["op"], entry["by"], entry["attributes"]) == ("conv2d", "MyConv2d", {"padding": 1})
    assert tracer.weights[0]["weight"] is conv.weight


class Inherited(nn.Conv2d):
    """Defines no forward of its own."""


class ByHand(MyConv2d):
    def forward(self, x):
        columns = F.unfold(x, 3, padding=1)
        return (self.weight.flatten(1) @ columns + self.bias[:, None]).view(len(x), -1, 4, 4)


@pytest.mark.parametrize("cls", [Inherited, ByHand])
def test_a_convolution_is_one_entry_whatever_its_forward_is_made_of(cls):
    tracer = traced(cls(1, 2, 3), (cls,))
    assert [entry["op"] for entry in tracer.entries] == ["conv2d"]
    assert tracer.entries[0]["by"] == cls.__name__


def test_classes_are_left_as_they_were():
    before = MyConv2d.forward
    traced(MyConv2d(1, 2, 3))
    traced(Inherited(1, 2, 3), (Inherited,))
    assert MyConv2d.forward is before
    assert "forward" not in vars(Inherited)
    with pytest.raises(RuntimeError, match="expected input"):
        traced(MyConv2d(3, 2, 3))
    assert MyConv2d.forward is before


def test_entries_survive_an_exception():
    tracer = Tracer(X.clone())

    def forward(x):
        x.relu()
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        trace(forward, tracer)
    assert [entry["op"] for entry in tracer.entries] == ["relu"]


def test_a_network_that_goes_on_for_ever_is_stopped():
    def forward(x):
        while True:
            x = x + 1

    with pytest.raises(RuntimeError, match=f"more than {COUNTED} operations"):
        traced(forward)


def test_operations_beyond_the_limit_are_not_kept_but_layers_are():
    norm = nn.BatchNorm2d(1)

    def forward(x):
        for _ in range(2 * LIMIT):
            x = x + 1
        return norm(x)

    tracer = traced(forward)
    assert len(tracer.entries) == LIMIT + 1
    assert tracer.entries[-1]["op"] == "batch_norm"
    assert tracer.entries[-1]["inputs"] == ["?"]


def test_attributes_are_plain_json():
    entries = traced(lambda x: x.clamp(0, math.inf)).entries
    assert json.loads(json.dumps(entries, allow_nan=False)) == entries
    assert plain([1, "a", None, (2.5,), X]) == [1, "a", None, [2.5], "Tensor"]
    assert plain(math.nan) == "nan"
    assert len(plain(list(range(100)))) == 16


def test_names_and_tensors():
    assert [plain_name(name) for name in ("sub_", "__sub__", "conv2d")] == ["sub", "sub", "conv2d"]
    assert len(list(tensors_in([X, (X, [X]), "text", {"not": X}]))) == 3


def test_slots_are_numbered_by_first_use():
    class Backwards(nn.Module):
        def __init__(self):
            super().__init__()
            self.second, self.first = MyConv2d(2, 1, 1), MyConv2d(1, 2, 3)
            self.norm = nn.BatchNorm2d(2)
            self.again = self.norm

        def forward(self, x):
            return self.second(self.again(self.norm(self.first(x))))

    module = Backwards().eval()
    slots = Slots(traced(module), module)
    names = {slot: about["name"] for slot, about in slots.describe().items()}
    assert names["conv.0.weight"] == "first.weight"
    assert names["conv.1.bias"] == "second.bias"
    assert names["norm.0.running_var"] == "norm.running_var"
    assert not [slot for slot in names if slot.startswith("norm.1")]


def test_two_networks_of_the_same_form_get_the_same_weights():
    pools = {"conv": torch.rand(8, 7) - 0.5, "norm": torch.rand(8, 5) - 0.5}

    def loaded():
        module = nn.Sequential(MyConv2d(1, 2, 3), nn.BatchNorm2d(2)).eval()
        slots = Slots(traced(module), module)
        slots.load(pools)
        return module

    one, other = loaded(), loaded()
    assert torch.equal(one(X), other(X))
    assert one[1].weight.abs().min() >= 1
    assert 0.5 <= one[1].running_var.min() <= one[1].running_var.max() <= 1.5


class CalledByItself(nn.Module):
    """A layer with a `__call__` of its own, and no forward."""

    def __init__(self, *sizes):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, 1, 1, 1))

    def __call__(self, x):
        return F.conv2d(x, self.weight)


def test_a_layer_with_a_call_of_its_own_is_one_entry():
    call = CalledByItself.__call__
    tracer = Tracer(torch.ones(1, 1, 2, 2), (CalledByItself,))
    trace(nn.Sequential(CalledByItself(), nn.ReLU()), tracer)
    assert [(entry["op"], entry["by"]) for entry in tracer.entries] == [
        ("conv2d", "CalledByItself"),
        ("relu", ""),
    ]
    assert CalledByItself.__call__ is call


def test_the_class_behind_a_function_that_makes_layers_is_known():
    assert conv_classes({"MyConv2d": lambda *sizes: CalledByItself(*sizes)}) == (CalledByItself,)
    assert conv_classes({"MyConv2d": lambda *sizes: nn.Conv2d(*sizes)}) == ()
    assert conv_classes({"MyConv2d": lambda: None}) == ()


def test_a_write_is_an_operation_on_what_is_written_into():
    def halved(x):
        both = torch.zeros(1, 2, 2, 2)
        both[:, :1] = x
        both[:, 1:] = x
        return both

    tracer = Tracer(torch.ones(1, 1, 2, 2))
    trace(halved, tracer)
    assert [(entry["op"], entry["inputs"]) for entry in tracer.entries] == [
        ("zeros", []),
        ("__setitem__", [0, "x"]),
        ("__setitem__", [1, "x"]),
    ]


@pytest.mark.parametrize(
    ("weight", "settings", "factor"),
    [
        (torch.ones(4, 1, 2, 2), {"stride": 2, "groups": 4}, 2),
        (torch.ones(4, 1, 3, 3), {"stride": (3, 3), "groups": 4}, 3),
        (nn.Parameter(torch.ones(4, 1, 2, 2)), {"stride": 2, "groups": 4}, 0),
        (torch.ones(4, 1, 2, 2) / 4, {"stride": 2, "groups": 4}, 0),
        (torch.ones(4, 4, 2, 2), {"stride": 2}, 0),
        (torch.ones(4, 1, 4, 4), {"stride": 2, "groups": 4, "padding": 1}, 0),
        (torch.ones(4, 1, 2, 2), {"stride": 2, "groups": 4, "bias": torch.ones(4)}, 0),
    ],
)
def test_a_transposed_convolution_of_ones_repeats_pixels(weight, settings, factor):
    assert repeats("conv_transpose2d", {"weight": weight, **settings}) == factor
