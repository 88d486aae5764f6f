"""Runs a traced network again, with our own torch and the weights that we gave it.

If a student's values equal those of the twin, then the trace tells the truth about the network,
and whatever is read from it is proved. The twin has no `detach`: a gradient that a student cut
differs from the twin's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from grader.agent.loading import ROLES, shaped

Array = np.ndarray[Any, Any]
MAX_ENTRIES = 120
MAX_NUMBERS = 1 << 22  # of one tensor: a forged trace must not cost memory


class NoTwin(Exception):
    """The trace holds an operation that is not run again here."""


@dataclass(frozen=True)
class Twin:
    """What the traced network gives: the output, and gradients by slot as in a network reply."""

    output: Array
    gradients: Mapping[str, Array]


def _args(attributes: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {n: _pair(attributes[n]) for n in names if attributes.get(n) not in (None, [])}


def _pair(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


POOL = ("kernel_size", "stride", "padding", "ceil_mode")
UNARY: dict[str, Callable[..., Tensor]] = {
    "relu": lambda x, a: F.relu(x),
    "clamp": lambda x, a: torch.clamp(x, **_args(a, "min", "max")),
    "max_pool2d": lambda x, a: F.max_pool2d(x, **_args(a, *POOL)),
    "avg_pool2d": lambda x, a: F.avg_pool2d(x, **_args(a, *POOL)),
    "interpolate": lambda x, a: F.interpolate(
        x, **_args(a, "size", "scale_factor", "mode", "align_corners")
    ),
    "softmax": lambda x, a: F.softmax(x, dim=a.get("dim", 1)),
    "log_softmax": lambda x, a: F.log_softmax(x, dim=a.get("dim", 1)),
    "leaky_relu": lambda x, a: F.leaky_relu(x, a.get("negative_slope", 0.01)),
    "sigmoid": lambda x, a: torch.sigmoid(x),
    "tanh": lambda x, a: torch.tanh(x),
    "gelu": lambda x, a: F.gelu(x),
    "elu": lambda x, a: F.elu(x),
    "pixel_shuffle": lambda x, a: F.pixel_shuffle(x, a["upscale_factor"]),
}
SAME = {"contiguous", "clone", "to", "float", "double", "detach", "identity", "alias"}


def run(
    entries: Sequence[Mapping[str, Any]],
    slots: Mapping[str, Any],
    arrays: Mapping[str, Array],
) -> Twin:
    """Run a trace on the arrays of its request ("input", "conv", "norm", "cotangent").

    Raises NoTwin when that is not possible.
    """
    if len(entries) > MAX_ENTRIES:
        raise NoTwin(f"{len(entries)} operations")
    try:
        return _run(entries, slots, arrays)
    except NoTwin:
        raise
    except Exception as error:
        raise NoTwin(f"{type(error).__name__}: {error}") from error


def _run(
    entries: Sequence[Mapping[str, Any]],
    slots: Mapping[str, Any],
    arrays: Mapping[str, Array],
) -> Twin:
    weights = _weights(slots, arrays)
    x = torch.from_numpy(arrays["input"]).clone().requires_grad_()
    made: list[Tensor] = []
    for entry in entries:
        inputs = [x if i == "x" else made[i] for i in entry["inputs"]]
        made.append(_apply(entry, inputs, weights))
    output = made[-1]
    cotangent = arrays.get("cotangent")
    gradients: dict[str, Array] = {}
    if cotangent is not None and cotangent.shape == tuple(output.shape):
        (output * torch.from_numpy(cotangent)).sum().backward()
        gradients = {n: w.grad.numpy() for n, w in weights.items() if w.grad is not None}
        if x.grad is not None:
            gradients["input"] = x.grad.numpy()
    return Twin(output.detach().numpy(), gradients)


def _weights(slots: Mapping[str, Any], arrays: Mapping[str, Array]) -> dict[str, Tensor]:
    weights = {}
    for slot, about in slots.items():
        kind, number, role = slot.split(".")
        shape = tuple(int(n) for n in about["shape"])
        if len(shape) > 4 or np.prod(shape, dtype=np.float64) > MAX_NUMBERS:
            raise NoTwin(f"{slot} has the shape {shape}")
        pool = torch.from_numpy(arrays[kind])
        row = pool[(int(number) * 4 + ROLES[kind].index(role)) % len(pool)]
        like = torch.empty(shape, dtype=torch.from_numpy(arrays["input"]).dtype)
        weights[slot] = shaped(row, like, kind, role).clone().requires_grad_("running" not in role)
    return weights


def _apply(entry: Mapping[str, Any], inputs: list[Tensor], weights: Mapping[str, Tensor]) -> Tensor:
    op, attributes = entry["op"], entry["attributes"]
    slot = entry["parameters"][0] if entry["parameters"] else ""
    if np.prod(entry["shape"], dtype=np.float64) > MAX_NUMBERS:
        raise NoTwin(f"a tensor of shape {entry['shape']}")
    if op == "conv2d":
        options = _args(attributes, "stride", "padding", "dilation", "groups")
        return F.conv2d(
            inputs[0], weights[f"{slot}.weight"], weights.get(f"{slot}.bias"), **options
        )
    if op == "batch_norm":
        return _batch_norm(inputs[0], entry, weights)
    if op == "cat":
        return torch.cat(inputs, dim=attributes.get("dim", attributes.get("axis", 0)))
    if op == "add" and len(inputs) == 2:
        return inputs[0] + inputs[1]
    if op == "dropout" and not attributes.get("training", True):
        return inputs[0]
    if op in SAME:
        return inputs[0].clone()
    if op not in UNARY:
        raise NoTwin(f"the operation {op}")
    return UNARY[op](inputs[0], attributes)


def _batch_norm(x: Tensor, entry: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Tensor:
    slot, attributes = entry["parameters"][0], entry["attributes"]
    state = {role: weights.get(f"{slot}.{role}") for role in ROLES["norm"]}
    mean, var = state["running_mean"], state["running_var"]
    return F.batch_norm(
        x,
        None if mean is None else mean.detach().clone(),
        None if var is None else var.detach().clone(),
        state["weight"],
        state["bias"],
        training=bool(attributes.get("training")),
        eps=float(attributes.get("eps", 1e-5)),
    )
