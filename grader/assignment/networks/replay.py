"""Runs the operations again that the assignment's diagram does not have, as their trace tells.

What a student put into a network beside the diagram's layers must be computed as well, or what
was read from the trace would not be proved. Random numbers are the same for the same seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from grader.assignment.agent.arguments import decoded
from grader.assignment.networks.graph import Node

FUNCTIONS = frozenset({
    "softplus", "mish", "selu", "silu", "hardswish", "hardtanh", "hardsigmoid", "celu", "prelu",
    "logsigmoid", "softsign", "tanhshrink", "softshrink", "hardshrink", "softmin", "glu", "pad",
    "instance_norm", "layer_norm", "group_norm", "rms_norm", "local_response_norm", "normalize",
    "lp_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d", "linear", "pixel_unshuffle",
    "channel_shuffle", "rrelu",
})  # fmt: skip
METHODS = frozenset({
    "abs", "add", "sub", "mul", "div", "neg", "pow", "exp", "log", "log1p", "log2", "sqrt", "rsqrt",
    "square", "reciprocal", "sign", "erf", "sin", "cos", "maximum", "minimum", "max", "min", "amax",
    "amin", "mean", "sum", "var", "std", "norm", "flatten", "reshape", "view", "permute",
    "transpose", "movedim", "swapaxes", "swapdims", "squeeze", "unsqueeze", "flip", "roll",
    "expand", "expand_as", "view_as", "repeat", "repeat_interleave", "tile", "narrow", "select",
    "argmax", "argmin", "gt", "ge", "lt", "le", "eq", "ne", "masked_fill", "__getitem__",
    "__rsub__", "__rtruediv__", "__rpow__", "__pow__", "__gt__", "__ge__", "__lt__", "__le__",
    "__neg__", "__setitem__", "__invert__", "__and__", "__or__", "logical_not", "logical_and",
    "logical_or", "bitwise_not", "bitwise_and", "bitwise_or", "floor", "ceil", "round", "trunc",
    "remainder", "sinh", "cosh", "asinh", "atan", "expm1", "exp2", "log10", "lerp", "addcmul",
    "addcdiv", "logsumexp", "prod", "heaviside", "index_select", "new_zeros", "new_empty",
    "new_ones", "new_full", "matmul", "bmm", "bernoulli", "rot90", "cumsum", "unflatten",
    "nan_to_num",
})  # fmt: skip
MAKERS = frozenset({
    "zeros", "ones", "full", "zeros_like", "ones_like", "full_like", "where", "stack", "randn",
    "rand", "randn_like", "rand_like", "normal", "cat", "empty", "empty_like",
})  # fmt: skip
DROPOUTS = frozenset(
    {"dropout", "dropout2d", "feature_dropout", "alpha_dropout", "feature_alpha_dropout"}
)
PRODUCTS = frozenset({"matmul", "bmm", "linear"})
WINDOWS = frozenset({"lp_pool2d", "local_response_norm"})


class NoReplay(ValueError):
    """It is no operation that is run again."""


def run(node: Node, inputs: list[Tensor], like: Tensor) -> Tensor:
    """Return what an operation makes of its inputs. Raises NoReplay, or what torch raises.

    Args:
        node: the operation.
        inputs: its tensors, in order; one that came from elsewhere is an empty tensor.
        like: made tensors are of its dtype, on its device.
    """
    if node.op == "dropout":
        return _dropout(node, inputs[0])
    function, given = _function(node.op), (node.attributes or {}).get("args")
    if function is None or not isinstance(given, list):
        raise NoReplay(f"the operation {node.op}")
    args = decoded(given, inputs, like)
    named = (node.attributes or {}).get("kwargs") or {}
    kwargs = {name: decoded(v, inputs, like) for name, v in named.items() if name not in PLACING}
    if node.op in MAKERS and node.op not in ("where", "stack", "cat"):
        kwargs |= {"dtype": like.dtype, "device": like.device}
    if node.op == "__setitem__":
        target: Tensor = args[0].clone()
        target[args[1]] = args[2]
        return target
    made = function(*args, **kwargs)
    return made if isinstance(made, Tensor) else made[0]


PLACING = frozenset({"device", "dtype", "out", "inplace", "requires_grad", "memory_format"})


def _function(op: str) -> Callable[..., Any] | None:
    if op in FUNCTIONS:
        return getattr(F, op, None)
    op = op.replace("empty", "zeros")  # what is not written has no numbers to tell
    if op in MAKERS:
        return getattr(torch, op, None)
    return getattr(Tensor, op, None) if op in METHODS else None


def _dropout(node: Node, x: Tensor) -> Tensor:
    name = node.get("called", "dropout")
    if name not in DROPOUTS:
        raise NoReplay(f"the operation {name}")
    probability, training = float(node.get("p", 0.5)), bool(node.get("training", True))
    function = getattr(F, name, None) or getattr(torch, name)
    return x if x.is_meta else function(x, probability, training)


def products(node: Node, inputs: list[Tensor]) -> int:
    """Return how many products an operation takes for each number that it makes."""
    if node.op in PRODUCTS and inputs and inputs[0].dim():
        return inputs[0].shape[-1]
    if node.op not in WINDOWS:
        return 1
    given = (node.attributes or {}).get("args") or []
    sizes = [n for arg in given for n in (arg if isinstance(arg, list) else [arg])]
    return math.prod(max(1, abs(n)) for n in sizes if type(n) is int)
