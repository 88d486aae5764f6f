"""Runs a traced network again, with our own torch and the weights that we gave it.

If a student's values equal those of the twin, then the trace tells the truth about the network,
and whatever is read from it is proved. The twin has no `detach`: a gradient that a student cut
differs from the twin's, and equals that of a twin cut at the same edge.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from grader.agent.loading import ROLES, shaped
from grader.networks.graph import ACTIVATIONS, INPUT, PASSED_THROUGH, UNKNOWN, Graph, Node

Array = np.ndarray[Any, Any]
Edge = tuple[int, int]  # the number of a node, and a position among its inputs
MAX_NUMBERS = 1 << 24  # of all tensors together: a forged trace must not cost memory
MAX_PRODUCTS = 1 << 29  # of all sliding windows together, nor time


class NoTwin(Exception):
    """The graph holds an operation that is not run again here, or too large a one."""


@dataclass(frozen=True)
class Twin:
    """What the traced network gives: the output, and gradients by slot as in a network reply."""

    output: Array
    gradients: Mapping[str, Array]


def run(graph: Graph, arrays: Mapping[str, Array], cut: Collection[Edge] = ()) -> Twin:
    """Run a graph on the arrays of its request ("input", "conv", "norm", perhaps "cotangent").

    Args:
        graph: the network.
        arrays: "input" (N, C, H, W) and the pools of `grader.agent.loading`; gradients are those
            of the sum of output · cotangent, if there is one of the output's shape.
        cut: edges through which no gradient flows.

    Raises:
        NoTwin: that is not possible.
    """
    try:
        _Run(graph, _weights(graph, None), torch.from_numpy(arrays["input"]).to("meta")).output()
        weights = _weights(graph, arrays)
        output = _Run(graph, weights, torch.from_numpy(arrays["input"]), cut).output()
        return Twin(output.detach().numpy(), _gradients(output, weights, arrays.get("cotangent")))
    except NoTwin:
        raise
    except Exception as error:
        raise NoTwin(f"{type(error).__name__}: {error}") from error


def with_eps(graph: Graph, eps: float) -> Graph:
    """Return a graph in which every BatchNorm has this eps."""

    def changed(node: Node) -> Node:
        same = node.op != "batch_norm"
        return node if same else replace(node, attributes={**(node.attributes or {}), "eps": eps})

    return replace(graph, nodes=tuple(map(changed, graph.nodes)))


def _gradients(
    output: Tensor, weights: Mapping[str, Tensor], cotangent: Array | None
) -> dict[str, Array]:
    if cotangent is None or cotangent.shape != tuple(output.shape) or not output.requires_grad:
        return {}
    (output * torch.from_numpy(cotangent)).sum().backward()
    return {name: w.grad.numpy() for name, w in weights.items() if w.grad is not None}


def _weights(graph: Graph, arrays: Mapping[str, Array] | None) -> dict[str, Tensor]:
    """Return the tensors of the slots that are used; without arrays, as shapes alone."""
    used = {graph.nodes[i].slot for i in graph.needed()}
    slots = {n: s for n, s in graph.slots.items() if n.rpartition(".")[0] in used}
    if sum(math.prod(shape) for shape in slots.values()) > MAX_NUMBERS:
        raise NoTwin("more weights than any network of the assignment has")
    if arrays is None:
        return {n: torch.empty(s, dtype=torch.float64, device="meta") for n, s in slots.items()}
    weights = {}
    for slot, shape in slots.items():
        kind, number, role = slot.split(".")
        pool = torch.from_numpy(arrays[kind])
        row = pool[(int(number) * 4 + ROLES[kind].index(role)) % len(pool)]
        like = torch.empty(shape, dtype=torch.float64)
        weights[slot] = shaped(row, like, kind, role).clone().requires_grad_("running" not in role)
    return weights


class _Run:
    """One pass through a graph; on the meta device it only finds out how large it would be."""

    def __init__(
        self, graph: Graph, weights: Mapping[str, Tensor], x: Tensor, cut: Collection[Edge] = ()
    ) -> None:
        self.graph, self.weights, self.x, self.cut = graph, weights, x, cut
        self.numbers = self.products = 0

    def output(self) -> Tensor:
        made: dict[int | str, Tensor] = {INPUT: self.x}
        for index in self.graph.needed():
            node = self.graph.nodes[index]
            if UNKNOWN in node.inputs:
                raise NoTwin(f"{node.op} of a tensor from elsewhere")
            inputs = [
                made[ref].detach() if (index, position) in self.cut else made[ref]
                for position, ref in enumerate(node.inputs)
            ]
            made[index] = self._apply(node, inputs)
            self._count(node, made[index])
        return made[self.graph.output]

    def _count(self, node: Node, result: Tensor) -> None:
        self.numbers += result.numel()
        window = node.get("kernel_size", 1)
        taps = math.prod(window) if isinstance(window, list) else window * window
        if node.op in CONVOLUTIONS:
            taps = self.weights[f"{node.slot}.weight"][0].numel()
        self.products += result.numel() * taps
        if self.numbers > MAX_NUMBERS or self.products > MAX_PRODUCTS:
            raise NoTwin(f"{node.op} makes a tensor of shape {tuple(result.shape)}")

    def _apply(self, node: Node, inputs: list[Tensor]) -> Tensor:
        if node.op in CONVOLUTIONS:
            weight = self.weights[f"{node.slot}.weight"]
            bias = self.weights.get(f"{node.slot}.bias")
            names = ("stride", "padding", "dilation", "groups", "output_padding")
            return CONVOLUTIONS[node.op](inputs[0], weight, bias, **_args(node, *names))
        if inputs[0].is_meta and node.op in SAME_SHAPE:
            return inputs[0]
        if node.op == "batch_norm":
            return self._batch_norm(node, inputs[0])
        if node.op == "cat":
            return torch.cat(inputs, dim=node.get("dim", node.get("axis", 0)))
        if node.op == "add" and len(inputs) == 2:
            return inputs[0] + inputs[1]
        if node.op == "dropout" and (node.get("p", 0.5) == 0 or not node.get("training", True)):
            return inputs[0]
        if node.op in PASSED_THROUGH:
            return inputs[0]
        if node.op not in UNARY:
            raise NoTwin(f"the operation {node.op}")
        return UNARY[node.op](inputs[0], node)

    def _batch_norm(self, node: Node, x: Tensor) -> Tensor:
        state = {role: self.weights.get(f"{node.slot}.{role}") for role in ROLES["norm"]}
        mean, var = state["running_mean"], state["running_var"]
        return F.batch_norm(
            x,
            None if mean is None else mean.detach().clone(),
            None if var is None else var.detach().clone(),
            state["weight"],
            state["bias"],
            training=bool(node.get("training")),
            eps=float(node.get("eps", 1e-5)),
        )


def _args(node: Node, *names: str) -> dict[str, Any]:
    found = {name: node.get(name) for name in names}
    pairs = {n: tuple(v) if isinstance(v, list) else v for n, v in found.items()}
    return {n: v for n, v in pairs.items() if v not in (None, ())}


POOL = ("kernel_size", "stride", "padding", "ceil_mode")
CONVOLUTIONS: dict[str, Callable[..., Tensor]] = {
    "conv2d": F.conv2d,
    "conv_transpose2d": F.conv_transpose2d,
}
SAME_SHAPE = ACTIVATIONS | {"batch_norm", "clamp", "threshold", "softmax", "log_softmax"}
UNARY: dict[str, Callable[[Tensor, Node], Tensor]] = {
    "relu": lambda x, n: F.relu(x),
    "clamp": lambda x, n: torch.clamp(x, float(n.get("min", "-inf")), float(n.get("max", "inf"))),
    "threshold": lambda x, n: F.threshold(x, **_args(n, "threshold", "value")),
    "max_pool2d": lambda x, n: F.max_pool2d(x, **_args(n, *POOL)),
    "avg_pool2d": lambda x, n: F.avg_pool2d(x, **_args(n, *POOL)),
    "interpolate": lambda x, n: F.interpolate(
        x, **_args(n, "size", "scale_factor", "mode", "align_corners")
    ),
    "softmax": lambda x, n: F.softmax(x, dim=n.get("dim", 1)),
    "log_softmax": lambda x, n: F.log_softmax(x, dim=n.get("dim", 1)),
    "leaky_relu": lambda x, n: F.leaky_relu(x, n.get("negative_slope", 0.01)),
    "relu6": lambda x, n: F.relu6(x),
    "sigmoid": lambda x, n: torch.sigmoid(x),
    "tanh": lambda x, n: torch.tanh(x),
    "gelu": lambda x, n: F.gelu(x),
    "elu": lambda x, n: F.elu(x),
    "pixel_shuffle": lambda x, n: F.pixel_shuffle(x, n.get("upscale_factor")),
}
