"""A table of a network's layers, their output shapes and their numbers of parameters."""

# ruff: noqa: ARG001 - the signatures are those of what this stands in for

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

RULE = "-" * 64


def summary(
    model: nn.Module,
    input_size: Any,
    batch_size: int = -1,
    device: str = "cuda",
    **options: object,
) -> None:
    """Print one line a layer, in the order of execution, for an input of `input_size`.

    Args:
        model: any network; it is left as it was, buffers included.
        input_size: shape of one input without the batch axis, or a list of such shapes.
        batch_size: printed in place of the number of images.
        device: ignored; the input goes where the parameters are.
        options: ignored.
    """
    sizes = [input_size] if isinstance(input_size[0], int) else list(input_size)
    parameter = next(model.parameters(), torch.zeros(()))
    inputs = [parameter.new_zeros((2, *size)) for size in sizes]
    lines: list[tuple[str, list[int], int]] = []
    training = {module: module.training for module in model.modules()}
    hooks = [m.register_forward_hook(_line(lines, batch_size)) for m in _leaves(model)]
    try:
        with torch.no_grad():
            model.eval()(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
        for module, mode in training.items():
            module.training = mode
    _show(lines, model)


def _leaves(model: nn.Module) -> list[nn.Module]:
    return [m for m in model.modules() if not list(m.children()) or _own(m)]


def _own(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters(recurse=False))


def _line(lines: list[tuple[str, list[int], int]], batch_size: int) -> Any:
    def hook(module: nn.Module, inputs: Any, output: Any) -> None:
        shape = [batch_size, *output.shape[1:]] if isinstance(output, Tensor) else []
        lines.append((f"{type(module).__name__}-{len(lines) + 1}", shape, _own(module)))

    return hook


def _show(lines: list[tuple[str, list[int], int]], model: nn.Module) -> None:
    parameters = list(model.parameters())
    rows = [f"{name:>22}  {shape!s:>24} {count:>14,}" for name, shape, count in lines]
    total = sum(p.numel() for p in parameters)
    trainable = sum(p.numel() for p in parameters if p.requires_grad)
    head = f"{'Layer (type)':>22}  {'Output Shape':>24} {'Param #':>14}"
    sums = [f"Total params: {total:,}", f"Trainable params: {trainable:,}"]
    print("\n".join([RULE, head, RULE, *rows, RULE, *sums, RULE]))
