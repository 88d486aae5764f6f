"""Give a network its weights by the order in which a forward pass uses them.

Names, grouping and registration order differ from student to student; the order of execution does
not. A *slot* is a convolution or a BatchNorm, numbered by first use: "conv.0", "norm.2". Each slot
takes its numbers from a row of a pool, reshaped to whatever shape the slot has, so two networks
with the same operations get the same weights, right or wrong alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from .calls import plain_name, repeats
from .trace import Tracer, conv_weights, patched_convolutions

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
            _fill(tensor, pools, kind, int(number), role)

    @property
    def all_listed(self) -> bool:
        """Whether every tensor that learns is one of the module's own."""
        return all(slot in self.registered for slot in self.tensors if "running" not in slot)

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
    return {tensor.data_ptr(): (unwrapped(name), tensor) for name, tensor in both if tensor.numel()}


def unwrapped(name: str) -> str:
    """Return the name of a parameter without those of what a network is wrapped in.

    >>> unwrapped("_orig_mod.module.block1._orig_mod.weight"), unwrapped("module.bias")
    ('block1.weight', 'bias')
    """
    name = name.replace("_orig_mod.", "")
    return name.removeprefix("module.")


class Loader(Tracer):
    """Fills each slot at its first use: layers that forward makes anew are not there before."""

    def __init__(
        self, source: Tensor, conv_classes: tuple[type, ...], pools: Mapping[str, Tensor]
    ) -> None:
        super().__init__(source, conv_classes)
        self.pools = pools
        self._filled: dict[str, dict[int, list[Tensor]]] = {"conv": {}, "norm": {}}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        name = plain_name(getattr(func, "__name__", ""))
        bound = self._bind(name, args, kwargs or {})
        if name in KINDS and not self.depth and not repeats(name, bound):
            self._first_use(KINDS[name], bound)
        return super().__torch_function__(func, types, args, kwargs)

    def convolution(
        self, module: nn.Module, call: Callable[..., Any], args: Any, kwargs: Any
    ) -> Any:
        """Run the forward of a MyConv2d with the weights of its slot."""
        if not self.depth:
            self._first_use("conv", conv_weights(module))
        return super().convolution(module, call, args, kwargs)

    def _first_use(self, kind: str, weights: Mapping[str, Any]) -> None:
        tensors = {r: weights[r] for r in ROLES[kind] if isinstance(weights.get(r), Tensor)}
        anchor = next(iter(tensors.values()), None)
        filled = self._filled[kind]
        if anchor is None or anchor.data_ptr() in filled:
            return
        number = len(filled)
        filled[anchor.data_ptr()] = list(tensors.values())  # kept alive: no address comes twice
        self.depth += 1  # what is done here is none of the network's operations
        for role, tensor in tensors.items():
            _fill(tensor, self.pools, kind, number, role)
        self.depth -= 1


def run_loaded(module: Callable[[Tensor], Any], loader: Loader) -> Any:
    """Run `module` on the loader's source."""
    with patched_convolutions(loader), loader:
        return module(loader.source)


def _fill(tensor: Tensor, pools: Mapping[str, Tensor], kind: str, number: int, role: str) -> None:
    pool = pools[kind]
    row = pool[(number * 4 + ROLES[kind].index(role)) % len(pool)]
    with torch.no_grad():
        tensor.copy_(shaped(row, tensor, kind, role))


def shaped(row: Tensor, like: Tensor, kind: str, role: str) -> Tensor:
    """Return the numbers of a pool row in the shape of `like`, scaled for what they are."""
    count = like.numel()
    repeated = row.repeat(math.ceil(count / len(row)))[:count].to(like.dtype)
    values = repeated.view(like.shape)  # uniform in -1 to 1
    if kind == "conv" and role == "weight" and like.dim() > 1:
        return values * math.sqrt(3 / like[0].numel())
    if kind == "conv":
        return values * 0.3
    if role == "weight":
        return torch.where(values < 0, 2 * values - 1, 2 * values + 1)
    if role == "running_var":
        return 1 + values / 2
    return values * 0.3
