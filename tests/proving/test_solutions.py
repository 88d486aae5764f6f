"""Solutions made of Python objects: what is asked of them, and what is not asked twice."""

import copy

import pytest
import torch
from torch import nn

from grader.judging import in_process, oracle
from grader.model import Outcome, Reply, Request
from grader.proving import solutions

SEGMENT = Request("finetune.segment.0", "segment")


@pytest.fixture
def asked(monkeypatch):
    """Count what reaches the agent."""
    seen = []

    def ask(request, agent):
        seen.append(request.id)
        return Reply(request.id, Outcome.OK, {"number": len(seen)})

    monkeypatch.setattr(oracle, "ask", ask)
    monkeypatch.setattr(solutions, "_segmented", {})
    return seen


def numbers(*models, request=SEGMENT):
    agents = (in_process.agent({"model": model}) for model in models)
    return [solutions._ask(request, agent).values["number"] for agent in agents]


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2))


def test_the_same_network_is_fine_tuned_once(asked):
    model = network()
    assert numbers(model, network(), copy.deepcopy(model)) == [1, 1, 1]
    assert asked == ["finetune.segment.0"]


def frozen(model):
    model[0].requires_grad_(False)


def nudged(model):
    with torch.no_grad():
        model[0].bias[0] += 1e-6


def settled(model):
    model[1].running_mean += 1


def grown(model):
    model.append(nn.ReLU())


def other_class(model):
    model[1].__class__ = type("BatchNorm2d", (nn.BatchNorm2d,), {})


@pytest.mark.parametrize("change", [frozen, nudged, settled, grown, other_class])
def test_a_network_that_differs_anywhere_is_asked_itself(asked, change):
    other = network()
    change(other)
    assert numbers(network(), other, network()) == [1, 2, 1]


def test_another_run_and_another_question_are_asked_themselves(asked):
    second = Request("finetune.segment.1", "segment")
    state = Request("finetune.state", "finetune_state")
    model = network()
    assert numbers(model) + numbers(model, request=second) == [1, 2]
    assert numbers(model, model, request=state) == [3, 4]
    assert numbers(None, None) == [5, 6]
