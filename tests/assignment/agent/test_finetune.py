"""The answers about Part C's network, which is left as it was found."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from grader.assignment.agent import finetune
from grader.kernel.agent.errors import NotBuilt

ASK = {"steps": 2, "arguments": {"epochs": 1}}
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


def test_the_answer_about_training_leaves_the_network_alone(model):
    state = {name: value.clone() for name, value in model.state_dict().items()}
    seen = finetune.train({"model": model, "train": lambda args, model: training(model)}, ASK)
    assert seen["moved"]
    assert seen["raised"] is None
    torch.testing.assert_close(model.state_dict(), state, rtol=0, atol=0)


def test_an_error_of_the_loop_is_part_of_the_answer(model):
    def train(args, model):
        training(model, steps=1)
        raise KeyError("masks")

    seen = finetune.train({"model": model, "train": train}, ASK)
    assert len(seen["steps"]) == 1
    assert seen["raised"]["name"] == "KeyError"


@pytest.mark.parametrize("names", [{}, {"model": 3}, {"model": nn.Identity()}, {"train": 1}])
def test_without_a_network_or_a_loop_there_is_no_answer(names):
    with pytest.raises(NotBuilt, match="`model`" if "model" not in names else "`(model|train)`"):
        finetune.train(names, ASK)


def test_the_loops_settings_are_the_notebooks_with_ours_over_them(model):
    got = []
    mine = SimpleNamespace(epochs=25, margin=3)
    finetune.train({"model": model, "args": mine, "train": lambda args, m: got.append(args)}, ASK)
    assert (got[0].epochs, got[0]["margin"], got[0].gpu) == (1, 3, False)
    mine = {"epochs": 25, "margin": 4}
    finetune.train({"model": model, "args": mine, "train": lambda args, m: got.append(args)}, ASK)
    assert (got[1].epochs, got[1].margin) == (1, 4)


def test_what_else_a_loop_asks_for_comes_from_the_notebook(model):
    got = []

    def train(model, loader, args, rate=5):
        got.append((isinstance(model, nn.Module), loader, rate))

    names = {"model": model, "train": train, "loader": "mine", "rate": 7}
    seen = finetune.train(names, ASK)
    assert seen["raised"] is None
    assert got == [(True, "mine", 5)]
    assert "loader" in finetune.train({"model": model, "train": train}, ASK)["raised"]["message"]


def test_part_a_s_loop_is_not_taken_for_part_c_s(model):
    def train(args, cnn=None):
        training(cnn)

    with pytest.raises(NotBuilt, match=r"no train\(args, model\), only train\(args, cnn\)$"):
        finetune.train({"model": model, "train": train}, ASK)


@pytest.mark.parametrize(
    "loop",
    [
        lambda args, model=None: training(model),
        lambda args, net, show=True: training(net),
        lambda model, *, args: training(model),
        lambda *given: training(given[1]),
    ],
)
def test_a_loop_may_name_its_arguments_as_it_likes(model, loop):
    seen = finetune.train({"model": model, "train": loop}, ASK)
    assert seen["raised"] is None
    assert len(seen["steps"]) == 2


def test_a_loop_may_take_the_network_from_the_notebook(model):
    seen = finetune.train({"model": model, "train": lambda args: training(model)}, ASK)
    assert len(seen["steps"]) == 2


def test_a_last_layer_that_blew_up_starts_anew(model):
    with torch.no_grad():
        model.classifier[4].weight.fill_(torch.inf)

    def train(args, model):
        assert model.classifier[4].weight.isfinite().all()
        training(model)

    seen = finetune.train({"model": model, "train": train}, ASK)
    assert seen["raised"] is None
    assert not model.classifier[4].weight.isfinite().any()


def test_the_state_tells_what_learns_and_how_large_it_is(model):
    model.backbone.requires_grad_(False)
    with torch.no_grad():
        model.classifier[4].bias.copy_(torch.tensor([3.0, 4.0]))
        model.backbone[0].bias.fill_(torch.nan)
    rows = {row[0]: row[1:] for row in finetune.state({"model": model})["parameters"]}
    assert rows["classifier.4.bias"] == [[2], True, 5.0]
    assert rows["backbone.0.bias"] == [[4], False, None]


def test_the_state_looks_into_wrappers(model):
    wrapper = nn.Module()
    wrapper.module = nn.Module()
    wrapper.module.module = model
    found = finetune.state({"model": wrapper})
    assert found["head"]["shape"] == [2, 4, 1, 1]
    assert found["parameters"][0][0] == "backbone.0.weight"


@pytest.mark.parametrize(
    ("layer", "kind", "shape"),
    [
        (nn.Conv2d(4, 3, 5), "Conv2d", [3, 4, 5, 5]),
        (nn.Sequential(nn.Sequential(nn.Conv2d(4, 2, 1))), "Conv2d", [2, 4, 1, 1]),
        (nn.Sequential(nn.Conv2d(4, 2, 1), nn.ReLU()), "Sequential", []),
        (nn.Linear(4, 2), "Linear", [2, 4]),
    ],
)
def test_the_last_layer_is_told_by_its_weight(model, layer, kind, shape):
    model.classifier[4] = layer
    head = finetune.state({"model": model})["head"]
    assert (head["type"], head["shape"]) == (kind, shape)
    assert head["is_conv"] is (kind == "Conv2d")


def test_a_network_without_a_classifier_has_no_head():
    found = finetune.state({"model": nn.Linear(2, 2)})
    assert found["head"] is None
    model = nn.Module()
    model.classifier = nn.Conv2d(2, 2, 1)
    assert finetune.state({"model": model})["head"]["layers"] == 0


def segmenting(model, rate=0.1):
    order = torch.arange(6).reshape(3, 2)
    tensors = {"inputs": IMAGES, "labels": LABELS, "order": order, "held_out": IMAGES[:3]}
    return finetune.segment({"model": model}, {"learn_rate": rate, "seed": 5}, tensors)


def test_fine_tuning_does_not_depend_on_what_the_notebook_taught_the_last_layer(model):
    model.backbone.requires_grad_(False)
    values, first = segmenting(model)
    with torch.no_grad():
        model.classifier[4].weight.fill_(torch.nan)
    _, second = segmenting(model)
    assert values == {"learning": 2}
    assert first["predictions"].shape == (3, 4, 4)
    assert torch.equal(first["losses"], second["losses"])
    assert torch.equal(first["predictions"], second["predictions"])
    assert len(set(first["losses"].tolist())) == 3


def test_with_everything_frozen_fine_tuning_only_predicts(model):
    model.requires_grad_(False)
    values, arrays = segmenting(model)
    assert values == {"learning": 0}
    assert arrays["losses"].numel() == 0
    assert arrays["predictions"].dtype == torch.uint8
