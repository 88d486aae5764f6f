"""Part C's network under each name that torchvision and the hub have, or had, for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.kernel.inside.conftest import Colab

PRETRAINED = {
    "the handout's": "torch.hub.load('pytorch/vision:v0.5.0', 'deeplabv3_resnet101', "
    "pretrained=True)",
    "the hub's, of today": "torch.hub.load('pytorch/vision', 'deeplabv3_resnet101', "
    "weights='DEFAULT', trust_repo=True, force_reload=True)",
    "pretrained": "segmentation.deeplabv3_resnet101(pretrained=True, progress=False)",
    "weights": "segmentation.deeplabv3_resnet101(weights=Weights.DEFAULT)",
    "weights by name": "segmentation.deeplabv3_resnet101(weights='COCO_WITH_VOC_LABELS_V1')",
    "get_model": "torchvision.models.get_model('deeplabv3_resnet101', weights='DEFAULT')",
    "get_model with weights": "torchvision.models.get_model('deeplabv3_resnet101', "
    "weights=Weights.DEFAULT, progress=True)",
    "builder": "torchvision.models.get_model_builder('deeplabv3_resnet101')(weights='DEFAULT')",
    "imported": "deeplabv3_resnet101(weights=Weights.COCO_WITH_VOC_LABELS_V1)",
}
HEAD = """
import torch, torchvision
from torchvision.models import segmentation
from torchvision.models.segmentation import DeepLabV3_ResNet101_Weights as Weights
from torchvision.models.segmentation import deeplabv3_resnet101
handouts = torch.hub.load('pytorch/vision:v0.5.0', 'deeplabv3_resnet101', pretrained=True)
x = torch.rand(1, 3, 32, 32)
"""


@pytest.mark.parametrize("name", PRETRAINED)
def test_it_is_the_same_pretrained_network(colab: Colab, name: str) -> None:
    assert colab.run(HEAD).status == "ok"
    cell = colab.run(f"net = {PRETRAINED[name]}")
    assert cell.status == "ok", cell.error
    assert colab.value("bool(torch.equal(net.eval()(x)['out'], handouts.eval()(x)['out']))")
    assert colab.value("list(net.classifier[4].weight.shape)") == [21, 256, 1, 1]


def test_without_weights_it_may_have_two_classes(colab: Colab) -> None:
    assert colab.run(HEAD).status == "ok"
    made = "torchvision.models.get_model('deeplabv3_resnet101', weights=None, num_classes=2)"
    assert colab.value(f"list({made}.classifier[4].weight.shape)") == [2, 256, 1, 1]


def test_the_pictures_are_prepared_as_the_weights_want(colab: Colab) -> None:
    assert colab.run(HEAD).status == "ok"
    assert colab.value("list(Weights.DEFAULT.transforms()(x[0]).shape)") == [3, 520, 520]
    assert colab.value("Weights.DEFAULT.meta['categories'][0]") == "__background__"
