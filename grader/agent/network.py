"""Build one of the student's networks, load it, run it, and say what came out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from .loading import Slots
from .trace import Tracer, patched_convolutions, trace

DTYPES = {"float32": torch.float32, "float64": torch.float64}
CONV_CLASS = "MyConv2d"


class NotBuilt(Exception):
    """The name that was asked for does not exist."""


def build(namespace: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
    """Return `namespace[class](*args)`, freshly seeded, in the dtype asked for."""
    name = params["class"]
    if name not in namespace:
        raise NotBuilt(f"the notebook defines no {name}")
    torch.manual_seed(params.get("seed", 0))
    built = namespace[name](*params["args"], **params.get("kwargs", {}))
    if isinstance(built, nn.Module):
        built = built.to(DTYPES[params.get("dtype", "float32")])
    return built


def conv_classes(namespace: Mapping[str, Any]) -> tuple[type, ...]:
    """Return MyConv2d and its subclasses that redefine `forward`."""
    base = namespace.get(CONV_CLASS)
    if not isinstance(base, type):
        return ()
    found = [base]
    others = [v for v in list(namespace.values()) if isinstance(v, type) and v is not base]
    return (*found, *(v for v in others if issubclass(v, base)))


def run(
    namespace: Mapping[str, Any], params: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Answer a `network` request.

    params: class, args, dtype, mode ("train" or "eval"), seed.
    tensors: "input"; optionally "cotangent", the gradient of a scalar by the output; "conv" and
    "norm", the pools of `loading.Slots.load`.
    """
    module = build(namespace, params)
    x = tensors["input"]
    values = describe(module)
    _set_mode(module, params["mode"])
    classes = conv_classes(namespace)
    tracer = trace(module, x.clone(), classes)
    slots = Slots(tracer, module)
    values |= {"trace": tracer.entries, "slots": slots.describe()}
    slots.load({k: tensors[k] for k in ("conv", "norm") if k in tensors})
    torch.manual_seed(params.get("seed", 0))
    arrays = _forward_backward(module, x, tensors.get("cotangent"), slots, values)
    values["unstable"] = _unstable(module, slots, x, classes)
    return values, arrays


def describe(module: Any) -> dict[str, Any]:
    """Return what can be said of a network without running it."""
    if not isinstance(module, nn.Module):
        return {"is_module": False, "type": type(module).__name__, "parameters": []}
    return {
        "is_module": True,
        "type": type(module).__name__,
        "parameters": [[name, list(p.shape)] for name, p in module.named_parameters()],
    }


def _set_mode(module: Any, mode: str) -> None:
    if isinstance(module, nn.Module):
        module.train(mode == "train")


def _forward_backward(
    module: Any, x: Tensor, cotangent: Tensor | None, slots: Slots, values: dict[str, Any]
) -> dict[str, Tensor]:
    x = x.clone().requires_grad_(cotangent is not None)
    before = x.detach().clone()
    output = module(x)
    values["input_changed"] = not torch.equal(x.detach(), before)
    if not isinstance(output, Tensor):
        values["output_type"] = type(output).__name__
        return {}
    values["output_shape"] = list(output.shape)
    arrays = {"output": output.detach().clone()}
    if cotangent is None or output.shape != cotangent.shape:
        return arrays
    if not output.requires_grad:
        values["no_gradient"] = True
        return arrays
    (output * cotangent).sum().backward()
    if x.grad is not None:
        arrays["grad.input"] = x.grad
    arrays |= {f"grad.{slot}": grad for slot, grad in slots.gradients().items()}
    arrays |= {f"state.{s}": t.detach().clone() for s, t in slots.tensors.items() if "running" in s}
    return arrays


def _unstable(module: Any, slots: Slots, x: Tensor, classes: tuple[type, ...]) -> list[str]:
    """Return the slots whose tensors are made anew in each forward pass."""
    again = Tracer(x, classes)
    with torch.no_grad(), patched_convolutions(again), again:
        module(x)
    fresh = Slots(again, module)
    return [
        slot
        for slot, tensor in fresh.tensors.items()
        if slot in slots.tensors and tensor.data_ptr() != slots.tensors[slot].data_ptr()
    ]
