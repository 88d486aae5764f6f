"""Call the student's MyConv2d with given weights."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from .errors import PartAnswer
from .errors import describe as describe_error
from .network import DTYPES, build, describe
from .trace import conv_weights


def run(
    namespace: Mapping[str, Any], params: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Answer a `conv2d` request.

    params: class, args and kwargs of the constructor, dtype ("float32", "float64", "as_built").
    tensors: none, to see the values at construction; or "input" (N, in, H, W), "weight" and "bias"
    as flat numbers in the order of the student's own shapes, "cotangent" as flat numbers in the
    order of the output; optionally "again", the input of a second call of the same object.
    Raises PartAnswer with what is known of the object if a call of it raises.
    """
    with _uninitialised_memory_shown():
        module = build(namespace, params)
    _convert_plain_tensors(module, DTYPES.get(params.get("dtype", "float32")))
    weights = conv_weights(module) if isinstance(module, nn.Module) else {}
    found = {role: tensor for role, tensor in weights.items() if tensor is not None}
    values = describe(module)
    values["shapes"] = {role: list(tensor.shape) for role, tensor in found.items()}
    values["registered"] = _registered(module, found)
    if "input" not in tensors:
        return values, {f"initial.{role}": t.detach().clone() for role, t in found.items()}
    try:
        _load(found, tensors)
        return values, _call(module, tensors, found, values)
    except Exception as error:
        raise PartAnswer(values) from error


@contextlib.contextmanager
def _uninitialised_memory_shown() -> Iterator[None]:
    """Make `torch.empty` give nan, not whatever the memory held."""
    before = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warn_only)


def _convert_plain_tensors(module: object, dtype: torch.dtype | None) -> None:
    """Give tensors that `Module.to` does not know of the dtype asked for, so that calls can run."""
    if dtype is None or not isinstance(module, nn.Module):
        return
    for name, value in list(vars(module).items()):
        if isinstance(value, Tensor) and value.is_floating_point() and value.dtype != dtype:
            converted = value.detach().to(dtype).requires_grad_(value.requires_grad)
            setattr(module, name, converted)


def _registered(module: object, found: Mapping[str, Tensor]) -> list[str]:
    """Return the roles whose tensors an optimizer would be given."""
    if not isinstance(module, nn.Module):
        return []
    known = {id(parameter) for parameter in module.parameters()}
    return [role for role, tensor in found.items() if id(tensor) in known]


def _load(found: Mapping[str, Tensor], tensors: Mapping[str, Tensor]) -> None:
    for role, tensor in found.items():
        if tensor.numel() == tensors[role].numel():
            with torch.no_grad():
                tensor.copy_(tensors[role].view(tensor.shape))


def _call(
    module: Any, tensors: Mapping[str, Tensor], found: Mapping[str, Tensor], values: dict[str, Any]
) -> dict[str, Tensor]:
    leaf = tensors["input"].clone().requires_grad_()
    x = leaf.clone()  # like another layer's output: a leaf could not be written into
    output = module(x)
    arrays = {}
    values["input_changed"] = not torch.equal(x.detach(), tensors["input"])
    if values["input_changed"]:
        arrays["input_after"] = x.detach().clone()
    if not isinstance(output, Tensor):
        values["output_type"] = type(output).__name__
        return arrays
    arrays["output"] = output.detach().clone()
    if output.requires_grad and "cotangent" in tensors:
        arrays |= _gradients(output, tensors["cotangent"], {"input": leaf, **found}, values)
    return arrays | _again(module, tensors, values)


def _gradients(
    output: Tensor, cotangent: Tensor, leaves: Mapping[str, Tensor], values: dict[str, Any]
) -> dict[str, Tensor]:
    flat = cotangent.flatten()
    repeated = flat.repeat(math.ceil(output.numel() / len(flat)))[: output.numel()]
    try:
        (output * repeated.view(output.shape)).sum().backward()
    except Exception as error:  # noqa: BLE001 - the student's graph; its output stands all the same
        values["backward_error"] = describe_error(error)
        return {}
    return {f"grad.{n}": t.grad for n, t in leaves.items() if t.is_leaf and t.grad is not None}


def _again(module: Any, tensors: Mapping[str, Tensor], values: dict[str, Any]) -> dict[str, Tensor]:
    if "again" not in tensors:
        return {}
    x = tensors["again"].clone()
    try:
        output = module(x)
    except Exception as error:  # noqa: BLE001 - the first call's output stands all the same
        values["again_error"] = describe_error(error)
        return {}
    arrays = {} if torch.equal(x, tensors["again"]) else {"again_after": x}
    return arrays | ({"again": output.detach().clone()} if isinstance(output, Tensor) else {})
