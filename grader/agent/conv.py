"""Call the student's MyConv2d with given weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from .network import build, describe
from .trace import conv_weights


def run(
    namespace: Mapping[str, Any], params: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Answer a `conv2d` request.

    params: class, args (in, out, kernel), kwargs (padding), dtype. tensors: "input" (N, in, H, W),
    "weight" and "bias" as flat numbers in the order of the student's own shapes, "cotangent".
    The arrays of the answer: the values at construction, the output, the gradients.
    """
    module = build(namespace, params)
    values = describe(module)
    weights = conv_weights(module) if isinstance(module, nn.Module) else {}
    found = {role: tensor for role, tensor in weights.items() if tensor is not None}
    values["shapes"] = {role: list(t.shape) for role, t in found.items()}
    arrays = {f"initial.{role}": t.detach().clone() for role, t in found.items()}
    if "input" not in tensors:
        return values, arrays
    for role, tensor in found.items():
        if tensor.numel() == tensors[role].numel():
            with torch.no_grad():
                tensor.copy_(tensors[role].view(tensor.shape))
    return values, arrays | _call(module, tensors, found, values)


def _call(
    module: Any, tensors: Mapping[str, Tensor], found: Mapping[str, Tensor], values: dict[str, Any]
) -> dict[str, Tensor]:
    x = tensors["input"].clone()
    before = x.clone()
    x.requires_grad_()
    output = module(x)
    values["input_changed"] = not torch.equal(x.detach(), before)
    if not isinstance(output, Tensor):
        values["output_type"] = type(output).__name__
        return {}
    arrays = {"output": output.detach().clone()}
    cotangent = tensors.get("cotangent")
    if cotangent is None or cotangent.shape != output.shape or not output.requires_grad:
        return arrays
    (output * cotangent).sum().backward()
    if x.grad is not None:
        arrays["grad.input"] = x.grad
    arrays |= {f"grad.{role}": t.grad for role, t in found.items() if t.grad is not None}
    return arrays
