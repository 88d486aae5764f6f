"""Give a network its weights by the order in which a forward pass uses them.

Names, grouping and registration order differ from student to student; the order of execution does
not. A *slot* is a convolution or a BatchNorm, numbered by first use: "conv.0", "norm.2". Each slot
takes its numbers from a row of a pool, reshaped to whatever shape the slot has, so two networks
with the same operations get the same weights, right or wrong alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from .trace import Tracer

KINDS = {"conv2d": "conv", "conv_transpose2d": "conv", "batch_norm": "norm"}
ROLES = {
    "conv": ("weight", "bias"),
    "norm": ("weight", "bias", "running_mean", "running_var"),
}


class Slots:
    """The tensors of a network by slot and role, as a trace met them."""

    def __init__(self, tracer: Tracer, module: object) -> None:
        self.tensors: dict[str, Tensor] = {}
        named = _by_storage(module)
        self.registered: dict[str, str] = {}  # slot.role -> the student's own name
        seen: dict[tuple[str, int], str] = {}
        counts = {"conv": 0, "norm": 0}
        for entry, weights in zip(tracer.entries, tracer.weights, strict=True):
            kind = KINDS.get(entry["op"])
            if kind is None:
                continue
            anchor = next((t for t in weights.values() if t is not None), None)
            key = (kind, anchor.data_ptr() if anchor is not None else -1 - len(seen))
            if key not in seen:
                seen[key] = f"{kind}.{counts[kind]}"
                counts[kind] += 1
            entry["parameters"] = [seen[key]]
            for role in ROLES[kind]:
                tensor = weights.get(role)
                if tensor is not None:
                    self._add(f"{seen[key]}.{role}", tensor, named)

    def _add(self, slot: str, tensor: Tensor, named: dict[int, tuple[str, Tensor]]) -> None:
        name, owner = named.get(tensor.data_ptr(), ("", tensor))
        same = owner.shape == tensor.shape
        self.tensors.setdefault(slot, owner if same else tensor)
        if name:
            self.registered.setdefault(slot, name)

    def load(self, pools: Mapping[str, Tensor]) -> None:
        """Fill every slot from its row of `pools["conv"]` (slots, n) or `pools["norm"]`.

        Convolutions get values of scale 1/sqrt(fan in), so that activations keep their size;
        BatchNorm weights from 1 to 3 of either sign, so that a ReLU cut off at 6 shows; variances
        between 0.5 and 1.5.
        """
        for slot, tensor in self.tensors.items():
            kind, number, role = slot.split(".")
            pool = pools[kind]
            row = pool[(int(number) * 4 + ROLES[kind].index(role)) % len(pool)]
            with torch.no_grad():
                tensor.copy_(shaped(row, tensor, kind, role))

    def gradients(self) -> dict[str, Tensor]:
        """Return the gradient of each slot that has one."""
        return {s: t.grad for s, t in self.tensors.items() if t.grad is not None}

    def describe(self) -> dict[str, Any]:
        """Return the shape and the student's own name of every slot."""
        return {
            slot: {"shape": list(t.shape), "name": self.registered.get(slot, "")}
            for slot, t in self.tensors.items()
        }


def _by_storage(module: object) -> dict[int, tuple[str, Tensor]]:
    if not isinstance(module, nn.Module):
        return {}
    both = [*module.named_parameters(), *module.named_buffers()]
    return {tensor.data_ptr(): (name, tensor) for name, tensor in both if tensor.numel()}


def shaped(row: Tensor, like: Tensor, kind: str, role: str) -> Tensor:
    """Return the numbers of a pool row in the shape of `like`, scaled for what they are."""
    count = like.numel()
    repeated = row.repeat(math.ceil(count / len(row)))[:count].to(like.dtype)
    values = repeated.view(like.shape)  # uniform in -1 to 1
    if kind == "conv":
        fan_in = like[0].numel() if like.dim() > 1 else 9
        return values * math.sqrt(3 / fan_in) if like.dim() > 1 else values * 0.3
    if role == "weight":
        return torch.where(values < 0, 2 * values - 1, 2 * values + 1)
    if role == "running_var":
        return 1 + values / 2
    return values * 0.3
