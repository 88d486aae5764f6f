"""What the agent answers about a network: values, also where it raises half way."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

import reference
from grader.assignment.checks.networks import network_requests
from grader.judging import in_process
from grader.judging.draws import Draw
from grader.judging.oracle import ask
from grader.model import Outcome

REQUESTS = {r.id.removeprefix("cnn."): r for r in network_requests("CNN", Draw(7))}


def answer(cls, key="train", **names):
    return ask(
        REQUESTS[key], in_process.agent({"CNN": cls, "MyConv2d": reference.MyConv2d, **names})
    )


def test_the_reference_answers_everything():
    reply = answer(reference.CNN)
    assert reply.outcome is Outcome.OK
    assert reply.values["dtype"] == "float64"
    assert reply.values["is_module"] is True
    assert reply.arrays["output"].shape == (3, 24, 32, 32)
    assert sum(name.startswith("grad.") for name in reply.arrays) == 22
    assert reply.values["output_node"] == len(reply.values["trace"]) - 1
    assert not reply.values["input_changed"]


def test_a_second_pass_comes_where_it_is_asked_for():
    assert "again" not in answer(reference.CNN).arrays
    reply = answer(reference.CNN, "eval")
    np.testing.assert_array_equal(reply.arrays["again"], reply.arrays["output"])
    assert reply.values["unstable"] == []


def test_layers_made_anew_are_noticed():
    class Fresh(reference.CNN):
        def forward(self, x):
            self.block6 = reference.MyConv2d(24, 24, 3)
            return super().forward(x)

    assert answer(Fresh, "eval").values["unstable"] == ["conv.5.weight", "conv.5.bias"]


def test_a_network_of_float32_only_is_run_in_float32():
    class Single(reference.CNN):
        def forward(self, x):
            return super().forward(x.float())

    reply, right = answer(Single), answer(reference.CNN)
    assert reply.values["dtype"] == "float32"
    assert reply.arrays["output"].dtype == np.float64
    np.testing.assert_allclose(reply.arrays["output"], right.arrays["output"], rtol=0, atol=1e-2)


def test_layers_that_to_does_not_reach_are_float64_too():
    class Hidden(reference.CNN):
        def __init__(self, *args):
            super().__init__(*args)
            self.kept = [reference.MyConv2d(24, 24, 3)]
            self.block6 = nn.Identity()

        def forward(self, x):
            return self.kept[0](super().forward(x))

    reply = answer(Hidden)
    assert reply.values["dtype"] == "float64"
    assert reply.values["slots"]["conv.5.weight"]["name"] == ""
    assert torch.get_default_dtype() is torch.float32


def test_what_was_seen_until_it_raised_is_answered():
    class HalfWay(reference.CNN):
        def forward(self, x):
            self.block2(self.block1(x))
            raise ValueError("half way")

    reply = answer(HalfWay)
    assert reply.outcome is Outcome.RAISED
    assert reply.error.message == "half way"
    convs = [entry for entry in reply.values["trace"] if entry["op"] == "conv2d"]
    assert len(convs) == 2
    assert ["block3.0.weight", [64, 64, 3, 3]] in reply.values["parameters"]


def test_lazy_parameters_are_listed_once_they_are_there():
    class Lazy(reference.CNN):
        def __init__(self, *args):
            super().__init__(*args)
            self.block6 = nn.LazyConv2d(24, 3, padding=1)

    assert ["block6.weight", [24, 24, 3, 3]] in answer(Lazy).values["parameters"]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda y: (y, y), "tuple"),
        (lambda y: [y], "list"),
        (lambda y: {"out": y}, "dict"),
        (lambda y: (y[:, :3], y.sum(), y), "tuple"),  # scores have a channel for each colour
    ],
)
def test_the_scores_in_another_form_are_looked_at(change, kind):
    class Other(reference.CNN):
        def forward(self, x):
            return change(super().forward(x))

    reply = answer(Other)
    assert reply.values["output_type"] == kind
    right = answer(reference.CNN)
    np.testing.assert_array_equal(reply.arrays["output"], right.arrays["output"])


def test_an_output_of_nothing_is_told_as_that():
    class Empty(reference.CNN):
        def forward(self, x):
            pass

    assert answer(Empty).error.message == "CNN's forward returns nothing"


@pytest.mark.parametrize("nothing", [3.0, "scores", []])
def test_an_output_without_a_tensor_raises(nothing):
    class Empty(reference.CNN):
        def forward(self, x):
            return nothing

    reply = answer(Empty)
    assert reply.outcome is Outcome.RAISED
    assert reply.error.message == f"forward returned a {type(nothing).__name__}, not a tensor"


def test_scores_without_a_parameter_raise_in_the_backward_pass():
    class Zeros(reference.CNN):
        def forward(self, x):
            return torch.zeros(len(x), 24, *x.shape[2:])

    assert "does not require grad" in answer(Zeros).error.message


def test_what_is_no_module_says_so():
    reply = answer(lambda *args: object())
    assert reply.outcome is Outcome.RAISED
    assert reply.values["is_module"] is False
    assert reply.values["type"] == "object"


def test_prints_and_warnings_go_nowhere(capsys):
    class Talkative(reference.CNN):
        def forward(self, x):
            print(x.shape)
            F.upsample(x, scale_factor=2)
            return super().forward(x)

    assert answer(Talkative).outcome is Outcome.OK
    assert capsys.readouterr() == ("", "")


def test_generators_and_modes_are_left_as_they_were():
    state = torch.get_rng_state()

    class Seeding(reference.CNN):
        def forward(self, x):
            torch.manual_seed(99)
            torch.set_grad_enabled(False)
            return super().forward(x)

    answer(Seeding)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.is_grad_enabled()
