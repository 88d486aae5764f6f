"""Part C: which parameters learn, the new head, and the training loop."""

import copy
import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from reference import finetune
from reference.finetune import (
    Settings,
    evaluate,
    freeze,
    learned_parameters,
    mean_iou,
    replace_head,
    train,
    train_epoch,
)
from reference.flowers import initialize_loader

SIZE = 16


def head(in_channels):
    return nn.Sequential(
        nn.Conv2d(in_channels, 256, 1),
        nn.BatchNorm2d(256),
        nn.ReLU(),
        nn.Dropout(0.1),
        nn.Conv2d(256, 21, 1),
    )


class Segmenter(nn.Module):
    """A small network with the module names and the output of the assignment's DeepLab."""

    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 4, 3, stride=2, padding=1), nn.BatchNorm2d(4))
        self.classifier = head(4)
        self.aux_classifier = head(4)

    def forward(self, x):
        features = self.backbone(x).relu()
        scores = self.classifier(features)
        return {"out": F.interpolate(scores, x.shape[-2:], mode="bilinear", align_corners=False)}


@pytest.fixture
def model():
    torch.manual_seed(0)
    return Segmenter()


@pytest.fixture
def prepared(model):
    freeze(model)
    replace_head(model)
    return model


def settings(**changes):
    options = {"gpu": False, "train_batch_size": 2, "val_batch_size": 2, "epochs": 2, "plot": False}
    return Settings(**(options | changes))


def run(model, root, **changes):
    history = []
    train(settings(**changes), model, root=root, image_size=SIZE, report=history.append)
    return history


def moved(model, before):
    return {
        name for name, value in model.state_dict().items() if not torch.equal(value, before[name])
    }


def test_learned_parameters_are_the_last_layers_alone(model):
    layer = model.classifier[4]
    found = learned_parameters(model)
    assert [id(parameter) for parameter in found] == [id(layer.weight), id(layer.bias)]


def test_learned_parameters_of_a_fortieth_layer_are_others():
    model = nn.ModuleDict({"classifier": nn.Sequential(*(nn.Linear(1, 1) for _ in range(41)))})
    assert len(learned_parameters(model)) == 2


def test_freezing_stops_every_parameter(model):
    freeze(model)
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_the_new_head_is_fresh_and_learns(prepared, model):
    layer = prepared.classifier[4]
    assert type(layer) is nn.Conv2d
    assert (layer.in_channels, layer.out_channels, layer.kernel_size) == (256, 2, (1, 1))
    learning = [name for name, p in prepared.named_parameters() if p.requires_grad]
    assert learning == ["classifier.4.weight", "classifier.4.bias"]
    assert len(prepared.classifier) == 5
    assert prepared.aux_classifier[4].out_channels == 21


def test_the_new_head_is_on_the_models_device():
    model = Segmenter().to("meta")
    replace_head(model)
    assert model.classifier[4].weight.device.type == "meta"


def test_a_network_without_such_a_head_is_refused():
    with pytest.raises(AttributeError, match="classifier"):
        replace_head(nn.Sequential())
    with pytest.raises(TypeError, match=r"^classifier=Linear.*but should be an nn\.Sequential$"):
        replace_head(nn.ModuleDict({"classifier": nn.Linear(1, 1)}))


def test_training_moves_the_head_and_running_statistics_only(prepared, flowers):
    before = copy.deepcopy(prepared.state_dict())
    run(prepared, flowers)
    names = moved(prepared, before)
    parameters = {name for name, _ in prepared.named_parameters()}
    assert names & parameters == {"classifier.4.weight", "classifier.4.bias"}
    assert names - parameters == {
        f"{layer}.{buffer}"
        for layer in ("backbone.1", "classifier.1")
        for buffer in ("running_mean", "running_var", "num_batches_tracked")
    }


def test_training_moves_the_head_only_even_if_nothing_is_frozen(model, flowers):
    replace_head(model)
    before = copy.deepcopy(model.state_dict())
    run(model, flowers, epochs=1)
    parameters = {name for name, _ in model.named_parameters()}
    assert moved(model, before) & parameters == {"classifier.4.weight", "classifier.4.bias"}


def test_training_learns_to_find_the_flower(prepared, flowers):
    history = run(prepared, flowers, epochs=25, learn_rate=0.02)
    assert [epoch.number for epoch in history] == list(range(1, 26))
    assert history[-1].train_loss < history[0].train_loss / 2
    assert history[-1].score > 0.75


def test_the_same_seed_gives_the_same_run(prepared, flowers):
    first, second, other = (
        run(copy.deepcopy(prepared), flowers, seed=seed, epochs=1) for seed in (3, 3, 4)
    )
    assert first == second
    assert first != other


@pytest.mark.parametrize(
    ("scores", "best"), [([0.2, 0.6, 0.4], 2), ([0.0, 0.0], 1), ([math.nan, 0.1], 2)]
)
def test_the_weights_with_the_best_score_are_kept(prepared, flowers, monkeypatch, scores, best):
    figures = iter(scores)
    monkeypatch.setattr(finetune, "evaluate", lambda *_: (1.0, next(figures)))
    states = []
    train(
        settings(epochs=len(scores), experiment_name="mine", checkpoint_name="net"),
        prepared,
        root=flowers,
        image_size=SIZE,
        report=lambda _: states.append(copy.deepcopy(prepared.state_dict())),
    )
    kept = torch.load(flowers / "outputs/mine/net-best.ckpt", weights_only=True)
    matching = [
        number
        for number, state in enumerate(states, start=1)
        if all(torch.equal(state[name], kept[name]) for name in state)
    ]
    assert matching == [best]


def test_the_learning_curve_is_drawn_if_it_is_asked_for(prepared, flowers):
    run(prepared, flowers, epochs=1, plot=True, experiment_name="mine")
    picture = flowers / "outputs" / "mine" / "learning_curve.png"
    assert picture.read_bytes()[:4] == b"\x89PNG"


def test_an_epoch_takes_the_steps_of_the_loop_written_out(prepared):
    prepared.classifier[3] = nn.Identity()  # no chance
    generator = torch.Generator().manual_seed(0)
    loader = [
        (torch.rand(2, 3, 8, 8, generator=generator), torch.randint(2, (2, 8, 8))) for _ in range(3)
    ]
    expected = copy.deepcopy(prepared).train()
    prepared.eval()
    losses = train_epoch(prepared, loader, torch.optim.SGD(learned_parameters(prepared), lr=0.1))
    for (images, masks), loss in zip(loader, losses, strict=True):
        weight, bias = expected.classifier[4].weight, expected.classifier[4].bias
        scores = expected(images)["out"].log_softmax(dim=1)
        surprise = -scores.gather(1, masks[:, None]).mean()
        gradients = torch.autograd.grad(surprise, (weight, bias))
        with torch.no_grad():
            weight -= 0.1 * gradients[0]
            bias -= 0.1 * gradients[1]
        assert loss == pytest.approx(surprise.item(), rel=1e-5)
    torch.testing.assert_close(prepared.state_dict(), expected.state_dict())


def test_evaluation_counts_pixels_one_by_one(prepared, flowers):
    _, valid = initialize_loader(1, 2, flowers, SIZE)
    pixels, surprise = [], 0.0
    expected = copy.deepcopy(prepared).eval()
    for images, masks in valid:
        scores = expected(images)["out"]
        surprise += F.cross_entropy(scores, masks, reduction="sum").item()
        pixels += zip(
            scores.argmax(dim=1).flatten().tolist(), masks.flatten().tolist(), strict=True
        )
    ious = [
        sum(p == m == label for p, m in pixels) / sum(label in pair for pair in pixels)
        for label in (0, 1)
    ]
    result = evaluate(prepared, valid)
    assert result.mean_iou == pytest.approx(sum(ious) / 2, rel=1e-6)
    assert result.loss == pytest.approx(surprise / len(pixels), rel=1e-5)


def test_evaluation_does_not_depend_on_the_batches_and_changes_nothing(prepared, flowers):
    before = copy.deepcopy(prepared.state_dict())
    prepared.train()
    results = [evaluate(prepared, initialize_loader(1, n, flowers, SIZE)[1]) for n in (1, 2, 3)]
    assert results[1] == pytest.approx(results[0], rel=1e-5)
    assert results[2] == pytest.approx(results[0], rel=1e-5)
    assert not moved(prepared, before)
    assert prepared.training


def test_mean_iou_leaves_out_absent_classes():
    assert mean_iou(torch.tensor([3, 1]), torch.tensor([4, 2])) == pytest.approx(0.625)
    assert mean_iou(torch.tensor([0, 5]), torch.tensor([0, 10])) == pytest.approx(0.5)
    assert mean_iou(torch.tensor([0, 0]), torch.tensor([7, 3])) == 0
    assert math.isnan(mean_iou(torch.tensor([0, 0]), torch.tensor([0, 0])))
