"""What the agent says of a MyConv2d: values, also where a call raises."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from grader.assignment.conv2d import calls
from grader.judging.draws import Draw
from grader.model import Outcome
from reference import MyConv2d
from tests.conv_parts import Asked

REQUESTS = {r.id: r for r in calls.fixed_requests(Draw(5))}
CALL = REQUESTS["conv2d.call.0"]


class Plain(MyConv2d):
    """Holds its weight as a plain float32 tensor, which `.to(float64)` does not reach."""

    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__(in_channels, out_channels, kernel_size, padding)
        weight = self.weight.data
        del self.weight
        self.weight = weight


class Breaks(MyConv2d):
    def forward(self, x):
        raise ValueError("no forward")


class InPlace(MyConv2d):
    def forward(self, x):
        x += 1
        return super().forward(x)


class NeedsItsInput(MyConv2d):
    def forward(self, x):
        out = super().forward(x)
        x.zero_()
        return out


class Strided(MyConv2d):
    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, stride=2)


class OneBatch(MyConv2d):
    def forward(self, x):
        self.first = getattr(self, "first", len(x))
        assert len(x) == self.first
        return super().forward(x)


class Empty(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, padding=None):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.Tensor(out_channels))


def test_a_call_gives_output_and_gradients():
    reply = Asked(MyConv2d)(CALL)
    assert sorted(reply.arrays) == ["grad.bias", "grad.input", "grad.weight", "output"]
    assert {a.dtype for a in reply.arrays.values()} == {np.dtype("float64")}
    assert reply.values["registered"] == ["weight", "bias"]
    assert reply.values["input_changed"] is False


def test_what_is_known_is_told_even_if_the_call_raises():
    reply = Asked(Breaks)(CALL)
    assert reply.outcome is Outcome.RAISED
    assert str(reply.error).startswith("ValueError: no forward")
    assert reply.values["is_module"] is True
    assert reply.values["shapes"] == {"weight": [3, 2, 3, 3], "bias": [3]}
    assert not reply.arrays


def test_a_plain_tensor_is_loaded_and_told_apart():
    plain, right = Asked(Plain)(CALL), Asked(MyConv2d)(CALL)
    assert plain.values["registered"] == ["bias"]
    assert np.array_equal(plain.arrays["output"], right.arrays["output"])
    assert "grad.weight" not in plain.arrays


def test_an_overwritten_input_is_told():
    reply = Asked(InPlace)(CALL)
    assert reply.values["input_changed"] is True
    assert np.allclose(reply.arrays["input_after"], CALL.arrays["input"] + 1)
    assert "grad.input" in reply.arrays


def test_a_backward_that_raises_leaves_the_output():
    reply = Asked(NeedsItsInput)(CALL)
    assert reply.outcome is Outcome.OK
    assert "modified by an inplace operation" in reply.values["backward_error"]["message"]
    assert sorted(reply.arrays) == ["input_after", "output"]


def test_the_cotangent_fits_any_output():
    reply = Asked(Strided)(CALL)
    slope = reply.arrays["grad.bias"]
    upstream = np.resize(CALL.arrays["cotangent"], reply.arrays["output"].shape)
    assert np.allclose(slope, upstream.sum(axis=(0, 2, 3)))


def test_the_second_call_of_one_object():
    asked = REQUESTS["conv2d.call.again"]
    right, wrong = Asked(MyConv2d)(asked), Asked(OneBatch)(asked)
    assert right.arrays["again"].shape == (2, 2, 4, 4)
    assert wrong.outcome is Outcome.OK
    assert wrong.values["again_error"]["name"] == "AssertionError"
    assert "again" not in wrong.arrays


def test_memory_that_was_never_initialised_shows_as_nan():
    before = torch.are_deterministic_algorithms_enabled()
    reply = Asked(Empty)(REQUESTS["conv2d.init"])
    assert np.isnan(reply.arrays["initial.weight"]).all()
    assert np.isnan(reply.arrays["initial.bias"]).all()
    assert torch.are_deterministic_algorithms_enabled() is before


def test_as_built_is_not_converted():
    class Double(MyConv2d):
        def __init__(self, *arguments, **keywords):
            super().__init__(*arguments, **keywords)
            self.double()

    asked = REQUESTS["conv2d.as_built"]
    assert Asked(MyConv2d)(asked).arrays["output"].dtype == np.float32
    assert Asked(Double)(asked).outcome is Outcome.RAISED
