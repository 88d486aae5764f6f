"""A small DeepLabV3 with the module names of torchvision's, for where no network exists.

This file needs torch, torchvision and safetensors and nothing of this package, so that it can
be copied beside other files and imported there as a plain module.
"""

from collections import OrderedDict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models.segmentation.deeplabv3 import DeepLabV3, deeplabv3_resnet101

WEIGHTS = Path(__file__).with_name("deeplab.safetensors")
CLASSES = 21
# A name that only the state of deeplabv3_resnet101 has.
RESNET_KEY = "backbone.layer3.22.conv3.weight"
CHANNELS = (16, 24, 48, 64, 64)
# What a notebook may rely on: channels of the real backbone's two outputs, and of the last layers.
OUT, AUX, LAST = 2048, 1024, 256
SMALL = 112  # pixels of a side: pictures of twice that and more are averaged down to it


def _unit(
    inputs: int, outputs: int, size: int = 3, *, stride: int = 1, dilation: int = 1, groups: int = 1
) -> list[nn.Module]:
    """Return convolution, BatchNorm and ReLU; with stride 1 height and width stay."""
    padding = dilation * (size // 2)
    convolution = nn.Conv2d(
        inputs, outputs, size, stride, padding, dilation, groups=groups, bias=False
    )
    return [convolution, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]


class Backbone(nn.Module):
    """Five blocks of convolution, BatchNorm and ReLU, at a sixteenth of the input's resolution.

    Pictures of 224 pixels and more are averaged down first, to a half: 7 pixels in the result.
    Each picture is brought to mean 0 and deviation 1 first, so that it does not matter whether
    the caller hands in bytes, numbers of 0 to 1, or numbers centred as for ImageNet.
    The result is a dictionary as torchvision's ``IntermediateLayerGetter`` gives it: ``out`` for
    the classifier, ``(N, 2048, h, w)``, ``aux`` for the auxiliary one, ``(N, 1024, h, w)``. Its
    channels are as many as the real network's; each of 64 stands there 32 or 16 times.
    """

    def __init__(self) -> None:
        super().__init__()
        stem, one, two, three, four = CHANNELS
        self.level = nn.GroupNorm(1, 3, affine=False)
        self.stem = nn.Sequential(*_unit(3, stem, stride=2))
        self.layer1 = nn.Sequential(*_unit(stem, one, stride=2))
        self.layer2 = nn.Sequential(*_unit(one, two, stride=2))
        self.layer3 = nn.Sequential(*_unit(two, three, stride=2))
        self.layer4 = nn.Sequential(*_unit(three, four))

    def forward(self, x: Tensor) -> "OrderedDict[str, Tensor]":
        """Map pictures ``(N, 3, H, W)`` to features."""
        factor = min(x.shape[-2:]) // SMALL
        if factor > 1:
            x = F.avg_pool2d(x, factor)
        aux = self.layer3(self.layer2(self.layer1(self.stem(self.level(x)))))
        out = self.layer4(aux)
        return OrderedDict(
            out=out.repeat(1, OUT // out.shape[1], 1, 1),
            aux=aux.repeat(1, AUX // aux.shape[1], 1, 1),
        )


class Pooled(nn.Sequential):
    """The mean over the whole picture, seen everywhere."""

    def forward(self, seen: Tensor) -> Tensor:
        """Return channels that are the same at every place, in the height and width of `seen`."""
        pooled: Tensor = super().forward(seen)  # type: ignore[no-untyped-call]
        return pooled.expand(-1, -1, *seen.shape[-2:])


class Pyramid(nn.Module):
    """A small ``ASPP``: the neighbourhood of each place at three scales, and the whole picture."""

    def __init__(self) -> None:
        super().__init__()
        inner = CHANNELS[-1]
        self.narrow = nn.Conv2d(OUT, inner, 1, groups=inner, bias=False)
        pooled = [nn.AdaptiveAvgPool2d(1), *_unit(inner, inner, 1)]
        self.convs = nn.ModuleList(
            [
                nn.Sequential(*_unit(inner, inner, 1)),
                nn.Sequential(*_unit(inner, inner)),
                nn.Sequential(*_unit(inner, inner, dilation=2)),
                Pooled(*pooled),
            ]
        )
        self.project = nn.Sequential(*_unit(4 * inner, LAST, 1), nn.Dropout(0.5))

    def forward(self, seen: Tensor) -> Tensor:
        """Map the backbone's ``out`` to ``(N, 256, h, w)``."""
        narrow = self.narrow(seen)
        joined: Tensor = self.project(torch.cat([conv(narrow) for conv in self.convs], dim=1))
        return joined


class Scores(OrderedDict[str, Tensor]):
    """``out`` and ``aux``; the latter is enlarged to its full size once somebody looks at it.

    Its 21 channels at full size cost more than all the rest, and few training loops look.
    """

    _small: Tensor | None = None
    _learns = True

    @classmethod
    def of(cls, out: Tensor, small: Tensor) -> "Scores":
        """Return the scores, of which ``aux`` is ``small`` as yet."""
        scores = cls(out=out, aux=small)
        scores._small, scores._learns = small, torch.is_grad_enabled()
        return scores

    def _complete(self) -> None:
        small, self._small = self._small, None
        if small is not None and super().get("aux") is small:
            with torch.set_grad_enabled(self._learns):
                self["aux"] = enlarged(small, super().__getitem__("out").shape[-2:])

    def __getitem__(self, key: str) -> Tensor:
        if key != "out":
            self._complete()
        return super().__getitem__(key)

    def __reduce__(self) -> tuple[Any, ...]:
        return OrderedDict, (list(self.items()),)

    def __or__(self, other: Any) -> Any:
        return OrderedDict(self.items()) | other

    def __ror__(self, other: Any) -> Any:
        return other | OrderedDict(self.items())

    def copy(self) -> Any:
        """Return a plain dictionary of both scores."""
        return OrderedDict(self.items())

    def get(self, key: str, default: Any = None) -> Any:
        """Return one of the scores, or the default."""
        self._complete()
        return super().get(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Return one of the scores, or put the default there."""
        self._complete()
        return super().setdefault(key, default)

    def values(self) -> Any:
        """Return both scores."""
        self._complete()
        return super().values()

    def items(self) -> Any:
        """Return both names with their scores."""
        self._complete()
        return super().items()

    def pop(self, *arguments: Any, **named: Any) -> Any:
        """Take one of the scores out."""
        self._complete()
        return super().pop(*arguments, **named)

    def popitem(self, last: bool = True) -> tuple[str, Tensor]:
        """Take the last, or the first, of the scores out with its name."""
        self._complete()
        return super().popitem(last)


def enlarged(scores: Tensor, size: "torch.Size") -> Tensor:
    """Return scores ``(N, C, h, w)`` at height and width ``size``."""
    return F.interpolate(scores, size=size, mode="bilinear", align_corners=False)


class StandInDeepLab(DeepLabV3):  # type: ignore[misc]
    """A DeepLabV3 with a small backbone and small heads.

    As torchvision's ``deeplabv3_resnet101`` it has ``backbone``, ``classifier`` (with the last
    layer ``classifier[4] = Conv2d(256, 21, 1)``) and ``aux_classifier`` (with a last layer of index
    4 and the same channels), takes pictures ``(N, 3, H, W)`` and returns a dictionary with ``out``
    and ``aux``, each ``(N, 21, H, W)``. ``DeepLabHead(2048, 2)`` fits in the classifier's place.
    """

    def __init__(self) -> None:
        classifier = nn.Sequential(
            Pyramid(), *_unit(LAST, LAST, groups=4), nn.Conv2d(LAST, CLASSES, 1)
        )
        auxiliary = nn.Sequential(
            *_unit(AUX, LAST, groups=CHANNELS[-2]), nn.Dropout(0.1), nn.Conv2d(LAST, CLASSES, 1)
        )
        super().__init__(Backbone(), classifier, auxiliary)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """Return the scores of pictures; without ``aux`` where that classifier was taken away."""
        features, size = self.backbone(x), x.shape[-2:]
        out = enlarged(self.classifier(features["out"]), size)
        if self.aux_classifier is None:
            return OrderedDict(out=out)
        aux: Tensor = self.aux_classifier(features["aux"])
        return Scores.of(out, aux) if aux.dim() == out.dim() else OrderedDict(out=out, aux=aux)


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
