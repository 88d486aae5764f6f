"""What is seen of a training loop, and the way back to the network as it was."""

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader

from grader.assignment.agent.watch import PATIENCE, EnoughSteps, Watch, watching
from grader.kernel.agent.snapshot import Snapshot, moved

IMAGES = torch.rand(6, 3, 4, 4, generator=torch.Generator().manual_seed(1))
LABELS = (IMAGES[:, 0] > 0.5).long()


def loss_of(model, rows=slice(0, 2)):
    return nn.functional.cross_entropy(model(IMAGES[rows])["out"], LABELS[rows])


def training(model, parameters=None, steps=99):
    optimizer = torch.optim.Adam(parameters or model.parameters())
    for _ in range(steps):
        optimizer.zero_grad()
        loss_of(model).backward()
        optimizer.step()


def watched(loop, model, rounds=2):
    watch = Watch(model, rounds)
    with pytest.raises(EnoughSteps), watching(watch):
        loop(model)
    return watch.seen()


def test_a_loop_is_stopped_after_the_rounds_asked_for(model):
    seen = watched(training, model)
    assert len(seen["steps"]) == seen["backwards"] == 2
    assert seen["losses"] == ["cross_entropy"]
    assert seen["groups"] == [
        [
            {"name": name, "shape": list(p.shape), "kind": "Parameter"}
            for name, p in model.named_parameters()
        ]
    ]
    assert seen["moved"] == [name for name, _ in model.named_parameters()]
    assert seen["moved_buffers"] == [name for name, _ in model.named_buffers()]
    assert seen["given"] == [{"class": "Adam", "count": 6, "kinds": ["Parameter"]}]
    assert not seen["uncleared"]


def test_only_what_moves_is_named(model):
    model.eval()
    seen = watched(lambda m: training(m, [m.classifier[4].bias]), model)
    assert seen["moved"] == ["classifier.4.bias"]
    assert seen["moved_buffers"] == []


def test_a_loop_without_steps_is_stopped_too(model):
    def loop(model):
        while True:
            loss_of(model).backward()

    assert watched(loop, model)["backwards"] == PATIENCE + 1


def test_a_loop_without_backward_passes_is_stopped_too(model):
    def loop(model):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        while True:
            optimizer.step()

    seen = watched(loop, model)
    assert seen["backwards"] == 0
    assert seen["moved"] == []
    assert len(seen["steps"]) == 4  # of many


def test_gradients_that_are_kept_are_seen_and_those_that_add_up_on_purpose_are_not(model):
    def kept(model):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        while True:
            loss_of(model).backward()
            optimizer.step()

    def added(model):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        while True:
            optimizer.zero_grad(set_to_none=False)
            loss_of(model, slice(0, 2)).backward()
            loss_of(model, slice(2, 4)).backward()
            optimizer.step()

    assert watched(kept, model)["uncleared"]
    assert not watched(added, model)["uncleared"]


def test_a_step_at_a_rate_of_0_is_no_round(model):
    def warming_up(model):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for step in range(9):
            optimizer.param_groups[0]["lr"] = 0.1 * max(0, step - 2)
            optimizer.zero_grad()
            loss_of(model).backward()
            optimizer.step()

    assert watched(warming_up, model)["backwards"] == 5


def test_a_loader_starts_over_while_gradients_add_up_and_no_step_comes(model):
    def gathering(model):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        loader = DataLoader(range(3))
        for number, _ in enumerate(loader):
            loss_of(model).backward()
            if number % 8 == 7:
                optimizer.step()
                optimizer.zero_grad()
        passes.append(number + 1)
        passes.append(len(list(loader)))

    passes = []
    watch = Watch(model, 2)
    with watching(watch):
        gathering(model)
    assert (len(watch.steps), passes) == (1, [9, 3])


def test_numbers_that_a_cast_has_rounded_have_not_moved():
    numbers = torch.rand(9)
    assert not moved(numbers.bfloat16(), numbers)
    assert moved(numbers.bfloat16() * 2, numbers)


def test_generators_and_keywords_reach_the_optimizer(model):
    seen = watched(lambda m: training(m, m.classifier.parameters()), model)
    assert [p["name"] for p in seen["groups"][0]] == ["classifier.4.weight", "classifier.4.bias"]
    assert seen["given"][0]["count"] == 2

    def by_keyword(model):
        optimizer = torch.optim.Adam(params=model.parameters(), lr=0.1)
        loss_of(model).backward()
        optimizer.step()

    assert len(watched(by_keyword, model, rounds=1)["groups"][0]) == 6


def test_an_optimizer_that_refuses_is_noted(model):
    watch = Watch(model, 2)
    with pytest.raises(TypeError), watching(watch):
        torch.optim.Adam(["classifier.4.weight"])
    assert watch.seen()["given"] == [{"class": "Adam", "count": 1, "kinds": ["str"]}]
    assert watch.seen()["groups"] == []


def test_an_optimizer_that_never_steps_is_known_all_the_same(model):
    watch = Watch(model, 2)
    with watching(watch):
        torch.optim.Adam(model.classifier.parameters())
    assert [p["name"] for p in watch.seen()["groups"][0]] == [
        "classifier.4.weight",
        "classifier.4.bias",
    ]


def test_a_layer_that_was_replaced_has_no_name_any_more(model):
    old = list(model.classifier[4].parameters())

    def loop(model):
        model.classifier[4] = nn.Conv2d(4, 2, 1)
        training(model, old)

    assert [p["name"] for p in watched(lambda m: loop(m), model)["groups"][0]] == ["", ""]


def test_torch_is_as_before_afterwards(model):
    before = (
        torch.optim.Adam.step,
        torch.optim.Optimizer.__init__,
        torch.autograd.backward,
        nn.functional.cross_entropy,
    )
    training(model, steps=1)  # torch itself wraps `step` when the first Adam is made
    before = (torch.optim.Adam.step, *before[1:])
    watched(training, model)
    after = (
        torch.optim.Adam.step,
        torch.optim.Optimizer.__init__,
        torch.autograd.backward,
        nn.functional.cross_entropy,
    )
    assert after == before


def test_a_snapshot_brings_everything_back(model):
    state = {name: value.clone() for name, value in model.state_dict().items()}
    model.classifier[4].bias.requires_grad = False
    layer, found = model.classifier[4], Snapshot(model)
    training(model, steps=1)
    model.requires_grad_(False)
    model.eval()
    model.classifier[4] = nn.Conv2d(4, 9, 3)
    model.classifier.add_module("5", nn.ReLU())
    found.restore()
    assert model.classifier[4] is layer
    assert len(model.classifier) == 5
    assert all(module.training for module in model.modules())
    assert [n for n, p in model.named_parameters() if not p.requires_grad] == ["classifier.4.bias"]
    assert all(p.grad is None for p in model.parameters())
    torch.testing.assert_close(model.state_dict(), state, rtol=0, atol=0)


def test_what_is_not_a_number_stays_what_it_was():
    nan = torch.tensor([torch.nan, 1.0])
    assert not moved(nan, nan.clone())
    assert moved(nan, torch.tensor([torch.nan, 2.0]))
