"""Calls of torch's operations: one name for each, arguments by name, and what they amount to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

# The names of the arguments of the operations that matter, to tell an attribute from a tensor.
ARGUMENTS = {
    "conv2d": ("input", "weight", "bias", "stride", "padding", "dilation", "groups"),
    "conv_transpose2d": (
        "input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation",
    ),
    "batch_norm": (
        "input", "running_mean", "running_var", "weight", "bias", "training", "momentum", "eps",
    ),
    "max_pool2d": ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode"),
    "avg_pool2d": ("input", "kernel_size", "stride", "padding", "ceil_mode"),
    "interpolate": ("input", "size", "scale_factor", "mode", "align_corners"),
    "cat": ("tensors", "dim"),
    "dropout": ("input", "p", "training"),
    "softmax": ("input", "dim"),
    "log_softmax": ("input", "dim"),
    "pixel_shuffle": ("input", "upscale_factor"),
    "leaky_relu": ("input", "negative_slope"),
    "clamp": ("input", "min", "max"),
    "threshold": ("input", "threshold", "value"),
}  # fmt: skip
ALIASES = {
    "clamp_min": "clamp",
    "clip": "clamp",
    "hstack": "cat",
    "concat": "cat",
    "concatenate": "cat",
    "max_pool2d_with_indices": "max_pool2d",
    "_threshold": "threshold",
    "upsample": "interpolate",
    "dropout2d": "dropout",
    "feature_dropout": "dropout",
    "alpha_dropout": "dropout",
    "feature_alpha_dropout": "dropout",
    "__add__": "add",
    "__radd__": "add",
    "__iadd__": "add",
    "__mul__": "mul",
    "__rmul__": "mul",
    "__matmul__": "matmul",
    "__sub__": "sub",
    "__truediv__": "div",
}


def plain_name(name: str) -> str:
    """Return the name of an operation, in place or not.

    >>> plain_name("relu_"), plain_name("__iadd__"), plain_name("concat")
    ('relu', 'add', 'cat')
    """
    name = ALIASES.get(name, name)
    return name if name.startswith("_") else ALIASES.get(name.rstrip("_"), name.rstrip("_"))


def repeats(called: str, bound: Mapping[str, Any]) -> int:
    """Return how often `conv_transpose2d` repeats each pixel in both directions; 0 if it does not.

    That is nearest upsampling, by a kernel of ones as wide as its stride, a channel each, that
    nothing learns. `bound` are the arguments of the call, by name.
    """
    weight, stride = bound.get("weight"), bound.get("stride", 1)
    if called != "conv_transpose2d" or not isinstance(weight, Tensor) or weight.requires_grad:
        return 0
    sides = set(weight.shape[2:]) | set(stride if isinstance(stride, (tuple, list)) else [stride])
    usual = {"padding": 0, "output_padding": 0, "dilation": 1}
    settings = (bound.get(name, value) in (value, (value, value)) for name, value in usual.items())
    alone = weight.shape[1] == 1 and bound.get("groups", 1) == weight.shape[0]
    if len(sides) != 1 or not alone or bound.get("bias") is not None or not all(settings):
        return 0
    return int(sides.pop()) if torch.equal(weight, torch.ones_like(weight)) else 0
