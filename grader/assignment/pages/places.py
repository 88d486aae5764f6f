"""Where findings stand in the page: what a cell defines, and what each check is about."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ = r"[ \t]{0,40}"  # bounded, so that a search is linear whatever a cell holds
SOUGHT = {
    "MyConv2d": re.compile(rf"^{_}class[ \t]{_}MyConv2d\b", re.MULTILINE),
    "CNN": re.compile(rf"^{_}class[ \t]{_}CNN\b", re.MULTILINE),
    "UNet": re.compile(rf"^{_}class[ \t]{_}UNet\b", re.MULTILINE),
    "train": re.compile(rf"^{_}def[ \t]{_}train{_}\(", re.MULTILINE),
    "selection": re.compile(r"^[^#\n]*\blearned_parameters\b", re.MULTILINE),
    "head": re.compile(
        rf"^[^#\n]*\bclassifier{_}(?:\[{_}-?\d{{1,9}}{_}\]|\.{_}\w{{1,40}}|){_}=[^=]", re.MULTILINE
    ),
    "freezing": re.compile(rf"^[^#\n]*\brequires_grad(?:_{_}\(|{_}=[^=])", re.MULTILINE),
    "deeplab": re.compile(r"^[^#\n]*\b(?:torch\.hub\.load\b|deeplabv3)", re.MULTILINE),
}
TOLD = {"counts": re.compile(r"\b(?:weights|connections)\b", re.IGNORECASE)}
PLACES: Mapping[str, tuple[str, ...]] = {
    "conv2d": ("MyConv2d",),
    "cnn": ("CNN",),
    "unet": ("UNet",),
    "counts": ("counts",),
    "training.cnn_accuracy": ("CNN",),
    "training.unet_accuracy": ("UNet",),
    "finetune.selection": ("selection", "train"),
    "finetune.loop": ("selection", "train"),
    "finetune.only_head_moves": ("selection", "train"),
    "finetune.head": ("head", "deeplab"),
    "finetune.frozen": ("freezing", "head", "deeplab"),
    "finetune.mean_iou": ("head", "deeplab"),
}
