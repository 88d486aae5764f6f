"""What the operations of a trace are called in an architecture."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from grader.assignment.networks.graph import PASSED_THROUGH, RANDOM, Graph, Node, Ref

PERMUTING = {"permute", "transpose", "movedim", "swapaxes", "swapdims"}


def name(node: Node, graph: Graph, noise: Collection[Ref]) -> str:
    """Return the short name of an operation; '' for one that changes nothing.

    `noise` are the nodes that are made of random numbers alone.
    """
    if node.op in PASSED_THROUGH or (node.op == "dropout" and node.get("p", 0.5) == 0):
        return ""
    if node.op in RANDOM or any(i in noise for i in node.inputs):
        return "noise"
    if node.op == "batch_norm":
        return "bn"
    if _is_relu(node):
        return "relu"
    if node.op == "max_pool2d":
        return "pool" if _is_two_by_two(node.attributes or {}) else "pool_other"
    before = (graph.shape(node.inputs[0]) if node.inputs else None) or ()
    if node.op == "interpolate":
        return _upsampling(node, before)
    if node.op in PERMUTING and before[:2] == node.shape[:2]:
        return "rows_and_columns"
    return node.op


def _upsampling(node: Node, before: tuple[int, ...]) -> str:
    mode = str(node.get("mode", "nearest"))
    if tuple(2 * n for n in before[2:]) != node.shape[2:]:
        return f"up_{mode}_other_scale" if before[2:] != node.shape[2:] else ""
    return "up" if mode.startswith("nearest") else f"up_{mode}"


def largest(value: Any) -> int:
    """Return a setting that may be a number for each direction: the largest."""
    return max(map(int, value)) if isinstance(value, list) else int(value)


def conv_settings(node: Node) -> Iterator[str]:
    """Yield what is set on an nn.Conv2d beyond its channels, kernel, stride and padding."""
    for name in ("dilation", "groups"):
        if largest(node.get(name, 1)) != 1:
            yield f"{name}={largest(node.get(name))}"


def _is_relu(node: Node) -> bool:
    if node.op == "clamp":
        return bool(node.get("min") == 0 and node.get("max", "inf") == "inf")
    if node.op == "threshold":
        return bool(node.get("threshold", 1) == 0 and node.get("value", 1) == 0)
    return node.op == "relu" or (node.op == "leaky_relu" and node.get("negative_slope") == 0)


def _is_two_by_two(attributes: Mapping[str, Any]) -> bool:
    def pair(value: Any) -> tuple[int, ...]:
        return tuple(value) if isinstance(value, list) else (value, value)

    stride = attributes.get("stride") or attributes["kernel_size"]
    plain = pair(attributes.get("padding") or 0) == (0, 0)
    return pair(attributes["kernel_size"]) == (2, 2) == pair(stride) and plain
