"""The small DeepLabV3 has torchvision's names, and its pretrained features carry to flowers."""

import ast
import copy
import importlib.util
import pickle
import shutil
import sys
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models.segmentation.deeplabv3 import DeepLabHead
from torchvision.models.segmentation.fcn import FCNHead

from grader.assignment.world import deeplab
from grader.assignment.world.flowers import draw_flowers

SOURCE = Path(deeplab.__file__)
WEIGHTS = SOURCE.with_name("deeplab.safetensors")


@pytest.fixture(scope="module")
def model() -> nn.Module:
    return deeplab.build_deeplab(WEIGHTS)


def test_modules_have_torchvisions_names(model):
    assert [name for name, _ in model.named_children()] == [
        "backbone",
        "classifier",
        "aux_classifier",
    ]
    assert [name for name, _ in model.classifier.named_children()] == ["0", "1", "2", "3", "4"]
    last = model.classifier[4]
    assert isinstance(last, nn.Conv2d)
    assert (last.in_channels, last.out_channels, last.kernel_size) == (256, 21, (1, 1))
    assert model.aux_classifier[4].out_channels == 21


def test_names_that_start_with_and_contain_classifier_4(model):
    """Both must be there, or two mistakes of the catalogue could not be told apart."""
    names = [name for name, _ in model.named_parameters()]
    assert [name for name in names if name.startswith("classifier.4")] == [
        "classifier.4.weight",
        "classifier.4.bias",
    ]
    assert [name for name in names if "classifier.4" in name][2:] == [
        "aux_classifier.4.weight",
        "aux_classifier.4.bias",
    ]
    assert any(name.startswith("backbone.") for name in names)
    assert all(parameter.requires_grad for parameter in model.parameters())


@pytest.mark.parametrize(("height", "width"), [(64, 64), (224, 224), (50, 70)])
def test_forward_gives_out_and_aux_at_the_size_of_the_input(model, height, width):
    with torch.no_grad():
        outputs = model.eval()(torch.rand(2, 3, height, width))
    assert isinstance(outputs, OrderedDict)
    assert list(outputs) == ["out", "aux"]
    for scores in outputs.values():
        assert scores.shape == (2, 21, height, width)
        assert torch.isfinite(scores).all()


@pytest.mark.parametrize(("side", "places"), [(64, 4), (96, 6), (128, 8), (224, 7), (448, 7)])
def test_backbone_has_the_real_channels_and_costs_no_more_for_larger_pictures(model, side, places):
    features = model.backbone(torch.rand(1, 3, side, side))
    assert isinstance(features, OrderedDict)
    assert features["out"].shape == (1, 2048, places, places)
    assert features["aux"].shape == (1, 1024, places, places)


def test_what_fits_the_real_network_fits_here(model):
    """As in torchvision's tutorial, and as students replace the auxiliary head beside the other."""
    own = deeplab.build_deeplab(WEIGHTS)
    own.classifier = DeepLabHead(2048, 2)
    own.aux_classifier[4] = nn.Conv2d(256, 2, 1)
    scores = own(torch.rand(2, 3, 64, 64))
    assert [scores[name].shape for name in ("out", "aux")] == [(2, 2, 64, 64)] * 2
    own.aux_classifier = FCNHead(1024, 2)
    assert own(torch.rand(2, 3, 64, 64))["aux"].shape == (2, 2, 64, 64)
    own.aux_classifier = None
    assert list(own(torch.rand(2, 3, 64, 64))) == ["out"]


READS = {
    "by name": lambda scores: scores["aux"],
    "get": lambda scores: scores.get("aux"),
    "values": lambda scores: list(scores.values())[1],
    "items": lambda scores: dict(scores.items())["aux"],
    "copy": lambda scores: dict(scores)["aux"],
    "unpacked": lambda scores: dict(**scores)["aux"],
    "ordered": lambda scores: OrderedDict(scores)["aux"],
    "own copy": lambda scores: scores.copy()["aux"],
    "pop": lambda scores: scores.pop("aux"),
    "popitem": lambda scores: scores.popitem()[1],
    "deep copy": lambda scores: copy.deepcopy(scores)["aux"],
    "pickled": lambda scores: pickle.loads(pickle.dumps(scores))["aux"],  # noqa: S301 - our own
    "union": lambda scores: ({} | scores)["aux"],
    "setdefault": lambda scores: scores.setdefault("aux", None),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_aux_is_there_in_full_size_however_it_is_read(model, read):
    with torch.no_grad():
        scores = model.eval()(torch.rand(1, 3, 64, 64))
    assert read(scores).shape == (1, 21, 64, 64)


def test_aux_learns_where_the_network_learned_and_may_be_set():
    own = deeplab.build_deeplab(WEIGHTS)
    scores = own(torch.rand(2, 3, 64, 64))
    with torch.no_grad():
        late = scores["aux"]
    late.sum().backward()
    assert own.aux_classifier[4].weight.grad is not None
    scores = own(torch.rand(2, 3, 64, 64))
    scores["aux"] = None
    assert scores["aux"] is None
    assert scores.get("other", 3) == 3


def test_scale_of_the_pixels_does_not_matter(model):
    pictures = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        fractions, as_bytes, centred = (
            model.eval()(pixels)["out"] for pixels in (pictures, pictures * 255, pictures * 4 - 2)
        )
    torch.testing.assert_close(as_bytes, fractions, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(centred, fractions, rtol=1e-3, atol=1e-3)


def test_shipped_weights_are_small_half_precision_and_loaded_as_float32(model):
    assert WEIGHTS.stat().st_size < 2_000_000
    stored = load_file(WEIGHTS)
    assert {value.dtype for value in stored.values()} == {torch.float16, torch.int64}
    loaded = model.state_dict()
    assert set(loaded) == set(stored)
    assert {value.dtype for value in loaded.values()} == {torch.float32, torch.int64}
    assert all(torch.isfinite(value).all() for value in loaded.values())


def test_without_weights_the_start_is_random():
    torch.manual_seed(0)
    first, second = deeplab.build_deeplab(None), deeplab.build_deeplab(None)
    assert not torch.equal(first.classifier[4].weight, second.classifier[4].weight)
    assert first.training


def test_missing_and_foreign_weights_raise(tmp_path):
    with pytest.raises(FileNotFoundError):
        deeplab.build_deeplab(tmp_path / "none.safetensors")
    save_file({"other": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(RuntimeError, match="Missing key"):
        deeplab.build_deeplab(tmp_path / "other.safetensors")


def test_real_network_is_built_for_its_weights(tmp_path, monkeypatch):
    """Told by a name that only the real state has; a stub stands for its 61 million numbers."""

    class Real(nn.Module):
        def __init__(self, **settings: object) -> None:
            super().__init__()
            assert settings == {"weights": None, "weights_backbone": None, "aux_loss": True}
            block: nn.Module = nn.Module()
            block.weight = nn.Parameter(torch.zeros(2))
            for name in reversed(deeplab.RESNET_KEY.split(".")[:-1]):
                block = nn.ModuleDict({name: block})
            self.backbone = block["backbone"]

    monkeypatch.setattr(deeplab, "deeplabv3_resnet101", Real)
    save_file({deeplab.RESNET_KEY: torch.ones(2)}, tmp_path / "real.safetensors")
    built = deeplab.build_deeplab(tmp_path / "real.safetensors")
    assert isinstance(built, Real)
    assert built.state_dict()[deeplab.RESNET_KEY].tolist() == [1, 1]


def test_real_state_has_the_name_that_tells_it():
    with torch.device("meta"):
        real = deeplab.deeplabv3_resnet101(weights=None, weights_backbone=None, aux_loss=True)
    assert deeplab.RESNET_KEY in real.state_dict()


def test_file_stands_alone(tmp_path):
    """It is copied beside other files, where this package cannot be imported."""
    imported = set()
    for node in ast.walk(ast.parse(SOURCE.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(str(node.module).split(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"torch", "torchvision", "safetensors"}
    copy = shutil.copy(SOURCE, tmp_path / "copied_deeplab.py")
    spec = importlib.util.spec_from_file_location("copied_deeplab", copy)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.build_deeplab(WEIGHTS).classifier[4].out_channels == 21


# Fine-tuning: 40 steps of a new last layer on features computed once.


def flowers(count: int, seed: int) -> tuple[Tensor, Tensor]:
    images, masks = draw_flowers(count, np.random.default_rng(seed))
    pictures = torch.from_numpy(images).float() / 255
    larger = F.interpolate(pictures, size=(128, 128), mode="bilinear", align_corners=False)
    return larger, (torch.from_numpy(masks) > 0.5).long()


def features(model: nn.Module, pictures: Tensor) -> Tensor:
    with torch.no_grad():
        # A slice of a DeepLabHead would be built as a DeepLabHead.
        return nn.Sequential(*list(model.classifier)[:4])(model.backbone(pictures)["out"])


def scores(layer: nn.Module, maps: Tensor) -> Tensor:
    return F.interpolate(layer(maps), size=(64, 64), mode="bilinear", align_corners=False)


def mean_iou(predicted: Tensor, wanted: Tensor) -> float:
    overlaps = [
        ((predicted == kind) & (wanted == kind)).sum()
        / ((predicted == kind) | (wanted == kind)).sum()
        for kind in (0, 1)
    ]
    return float(sum(overlaps) / 2)


def tuned_iou(model: nn.Module, training: tuple, held_out: tuple, *, seed: int) -> float:
    maps, held_out_maps = features(model, training[0]), features(model, held_out[0])
    torch.manual_seed(seed)
    layer = nn.Conv2d(256, 2, 1)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.03)
    for _ in range(40):
        optimizer.zero_grad()
        F.cross_entropy(scores(layer, maps), training[1]).backward()
        optimizer.step()
    return mean_iou(scores(layer, held_out_maps).argmax(dim=1), held_out[1])


@pytest.fixture(scope="module")
def training() -> tuple[Tensor, Tensor]:
    return flowers(96, seed=1)


@pytest.fixture(scope="module")
def held_out() -> tuple[Tensor, Tensor]:
    return flowers(48, seed=2)


def test_last_layer_learns_flowers_on_pretrained_features(model, training, held_out):
    background = mean_iou(torch.zeros_like(held_out[1]), held_out[1])
    assert background < 0.45
    for seed in (0, 1):
        assert tuned_iou(model.eval(), training, held_out, seed=seed) > 0.60


def test_last_layer_learns_little_on_random_features(training, held_out):
    torch.manual_seed(0)
    random = deeplab.build_deeplab(None)
    with torch.no_grad():
        for _ in range(3):
            random(training[0])  # settles BatchNorm's statistics
    assert tuned_iou(random.eval(), training, held_out, seed=0) < 0.5


def test_last_layer_learns_little_from_shuffled_masks(model, training, held_out):
    order = torch.randperm(len(training[1]), generator=torch.Generator().manual_seed(0))
    shuffled = (training[0], training[1][order])
    assert tuned_iou(model.eval(), shuffled, held_out, seed=0) < 0.5
