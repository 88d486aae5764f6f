"""Networks and trainings known to be wrong, that the bands must tell from the reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

import reference
import reference.finetune
from grader.assignment.world.deeplab import build_deeplab
from grader.model import Request

Names = Mapping[str, Any]
Change = Callable[[Request], Request]


class FrozenCNN(reference.CNN):
    """Part A's network whose convolutions never learn."""

    def __init__(self, *args: int) -> None:
        super().__init__(*args)
        _freeze_convolutions(self)


class FrozenUNet(reference.UNet):
    """Part B's network whose convolutions never learn."""

    def __init__(self, *args: int) -> None:
        super().__init__(*args)
        _freeze_convolutions(self)


class NoInputSkip(reference.UNet):
    """Part B's network whose last convolution does not see the input."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores, with zeros where the input would be joined."""
        half = self.block1(x)
        quarter = self.block2(half)
        y = self.block4(torch.cat((self.block3(quarter), quarter), dim=1))
        y = self.block5(torch.cat((y, half), dim=1))
        scores: Tensor = self.block6(torch.cat((y, torch.zeros_like(x)), dim=1))
        return scores


def _freeze_convolutions(network: nn.Module) -> None:
    for module in network.modules():
        if isinstance(module, reference.MyConv2d):
            module.requires_grad_(False)


def not_pretrained() -> Names:
    """Return Part C's network with random layers before its new last one."""
    torch.manual_seed(0)
    model = build_deeplab(None)
    reference.finetune.freeze(model)
    reference.finetune.replace_head(model)
    return {"model": model}


def without_steps(request: Request) -> Request:
    """Return a training run whose steps change nothing."""
    return replace(request, params={**request.params, "learn_rate": 0.0})


def shuffled(request: Request) -> Request:
    """Return a training run whose labels belong to other images."""
    labels = np.roll(request.arrays["labels"], 1, axis=0)
    return replace(request, arrays={**request.arrays, "labels": labels})


def unchanged(request: Request) -> Request:
    """Return the request itself."""
    return request


@dataclass(frozen=True)
class Control:
    """Something known to be wrong, that the band must tell from the reference."""

    band: str
    names: Callable[[], Names] = dict
    change: Change = unchanged


CONTROLS = {
    "cnn_frozen_convolutions": Control("cnn_accuracy", lambda: {"CNN": FrozenCNN}),
    "cnn_no_step": Control("cnn_accuracy", change=without_steps),
    "cnn_labels_shuffled": Control("cnn_accuracy", change=shuffled),
    "unet_no_skips": Control("unet_accuracy", lambda: {"UNet": reference.CNN}),
    "unet_no_input_skip": Control("unet_accuracy", lambda: {"UNet": NoInputSkip}),
    "unet_frozen_convolutions": Control("unet_accuracy", lambda: {"UNet": FrozenUNet}),
    "unet_no_step": Control("unet_accuracy", change=without_steps),
    "segmentation_untrained_head": Control("mean_iou", change=without_steps),
    "segmentation_not_pretrained": Control("mean_iou", not_pretrained),
    "segmentation_masks_shuffled": Control("mean_iou", change=shuffled),
}
