"""A small DeepLabV3 with the module names of torchvision's, for where no network exists.

This file needs torch, torchvision and safetensors and nothing of this package, so that it can
be copied beside other files and imported there as a plain module.
"""

from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torchvision.models.segmentation.deeplabv3 import (
    DeepLabHead,
    DeepLabV3,
    deeplabv3_resnet101,
)
from torchvision.models.segmentation.fcn import FCNHead

CLASSES = 21
# A name that only the state of deeplabv3_resnet101 has.
RESNET_KEY = "backbone.layer3.22.conv3.weight"
CHANNELS = (16, 24, 48, 64, 64)


def _stage(inputs: int, outputs: int, *, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(
            inputs, outputs, 3, stride=stride, padding=dilation, dilation=dilation, bias=False
        ),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Backbone(nn.Module):
    """Five blocks of convolution, BatchNorm and ReLU, at a sixteenth of the input's resolution.

    Each picture is brought to mean 0 and deviation 1 first, so that it does not matter whether
    the caller hands in bytes, numbers of 0 to 1, or numbers centred as for ImageNet.
    The result is a dictionary as torchvision's ``IntermediateLayerGetter`` gives it: ``out`` for
    the classifier, ``aux`` for the auxiliary one, each ``(N, 64, H/16, W/16)``.
    """

    def __init__(self) -> None:
        super().__init__()
        stem, one, two, three, four = CHANNELS
        self.level = nn.GroupNorm(1, 3, affine=False)
        self.stem = _stage(3, stem, stride=2)
        self.layer1 = _stage(stem, one, stride=2)
        self.layer2 = _stage(one, two, stride=2)
        self.layer3 = _stage(two, three, stride=2)
        self.layer4 = _stage(three, four, dilation=2)

    def forward(self, x: Tensor) -> "OrderedDict[str, Tensor]":
        """Map pictures ``(N, 3, H, W)`` to features."""
        aux = self.layer3(self.layer2(self.layer1(self.stem(self.level(x)))))
        return OrderedDict(out=self.layer4(aux), aux=aux)


class StandInDeepLab(DeepLabV3):  # type: ignore[misc]
    """A DeepLabV3 with a small backbone.

    As torchvision's ``deeplabv3_resnet101`` it has ``backbone``, ``classifier`` (with the last
    layer ``classifier[4] = Conv2d(256, 21, 1)``) and ``aux_classifier`` (with a last layer of index
    4), takes pictures ``(N, 3, H, W)`` and returns a dictionary with ``out`` and ``aux``, each
    ``(N, 21, H, W)``.
    """

    def __init__(self) -> None:
        super().__init__(
            Backbone(), DeepLabHead(CHANNELS[-1], CLASSES), FCNHead(CHANNELS[-2], CLASSES)
        )


def build_deeplab(weights: Path | None) -> DeepLabV3:
    """Build the network in training mode, as ``torch.hub`` hands it out.

    Args:
        weights: a safetensors file with a state in float16 or float32: the small network's, or
            that of torchvision's ``deeplabv3_resnet101``, which is then built instead. ``None``
            leaves the small network at its random start.

    Raises:
        FileNotFoundError: if there is no such file.
        RuntimeError: if the file holds other names or shapes than the network.
    """
    if weights is None:
        return StandInDeepLab()
    state = {name: _as_float32(value) for name, value in load_file(weights).items()}
    if RESNET_KEY in state:
        model = deeplabv3_resnet101(weights=None, weights_backbone=None, aux_loss=True)
    else:
        model = StandInDeepLab()
    model.load_state_dict(state)
    return model


def _as_float32(value: Tensor) -> Tensor:
    return value.float() if value.dtype == torch.float16 else value
