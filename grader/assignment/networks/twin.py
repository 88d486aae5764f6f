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

from grader.assignment.agent.loading import ROLES, shaped
from grader.assignment.networks import replay
from grader.assignment.networks.graph import (
    ACTIVATIONS,
    INPUT,
    PASSED_THROUGH,
    UNKNOWN,
    Graph,
    Node,
)

Array = np.ndarray[Any, Any]
Edge = tuple[int, int]  # the number of a node, and a position among its inputs
MAX_NUMBERS = 1 << 24  # of all tensors together: a forged trace must not cost memory
MAX_PRODUCTS = 1 << 29  # of all sliding windows together, nor time
FELT = 1e-4  # a gradient; below it, the numbers of a weight hardly show in the output


class NoTwin(Exception):
    """The graph holds an operation that is not run again here, or too large a one."""


@dataclass(frozen=True)
class Twin:
    """What the traced network gives: the output, and gradients by slot as in a network reply.

    `tells` is whether the output depends on every convolution's weights. Where it does not, a
    network would prove nothing by giving the same: anybody can answer with zeros.
    """

    output: Array
    gradients: Mapping[str, Array]
    tells: bool = True


def run(
    graph: Graph,
    arrays: Mapping[str, Array],
    cut: Collection[Edge] = (),
    *,
    seed: int = 0,
) -> Twin:
    """Run a graph on the arrays of its request ("input", "conv", "norm", perhaps "cotangent").

    Args:
        graph: the network.
        arrays: "input" (N, C, H, W) and the pools of the agent's `loading`; gradients are those
            of the sum of output · cotangent, if there is one of the output's shape.
        cut: edges through which no gradient flows.
        seed: of what is drawn at random.

    Raises:
        NoTwin: that is not possible.
    """
    x = torch.from_numpy(arrays["input"])
    try:
        _Run(graph, _weights(graph, None), x.to("meta")).output()
        weights = _weights(graph, arrays)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            ran = _Run(graph, weights, x, cut)
            output = ran.output()
        tells = "cotangent" not in arrays or _tells(ran, weights)
        gradients = _gradients(output, weights, arrays.get("cotangent"))
        return Twin(output.detach().numpy(), gradients, tells)
    except NoTwin:
        raise
    except Exception as error:
        raise NoTwin(f"{type(error).__name__}: {error}") from error


def _tells(ran: _Run, weights: Mapping[str, Tensor]) -> bool:
    """Return whether the output, or what an argmax is taken of, depends on every convolution."""
    node = ran.graph.output
    while not ran.made[node].requires_grad and ran.graph.nodes[node].inputs:
        ref = ran.graph.nodes[node].inputs[0]
        if not isinstance(ref, int):
            return False
        node = ref
    output = ran.made[node]
    kernels = [w for name, w in weights.items() if name.startswith("conv.") and "weight" in name]
    if not output.requires_grad or not kernels:
        return False
    waves = torch.cos(torch.arange(output.numel(), dtype=output.dtype)).view(output.shape)
    found = torch.autograd.grad(
        (output * waves).sum(), kernels, retain_graph=True, allow_unused=True
    )
    return all(grad is not None and float(grad.abs().max()) > FELT for grad in found)


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
        self,
        graph: Graph,
        weights: Mapping[str, Tensor],
        x: Tensor,
        cut: Collection[Edge] = (),
    ) -> None:
        self.graph, self.weights, self.x, self.cut = graph, weights, x, cut
        self.made: dict[int | str, Tensor] = {INPUT: x, UNKNOWN: x.new_empty(0)}
        self.numbers = self.products = 0

    def output(self) -> Tensor:
        for index in self.graph.needed():
            node = self.graph.nodes[index]
            inputs = [
                self.made[ref].detach() if (index, position) in self.cut else self.made[ref]
                for position, ref in enumerate(node.inputs)
            ]
            taps = self._taps(node, inputs)
            result = self.made[index] = self._apply(node, inputs)
            self.numbers += result.numel()
            self.products += result.numel() * taps
            if self.numbers > MAX_NUMBERS or self.products > MAX_PRODUCTS:
                raise NoTwin(f"{node.op} makes a tensor of shape {tuple(result.shape)}")
        return self.made[self.graph.output]

    def _taps(self, node: Node, inputs: list[Tensor]) -> int:
        """Return how many products there are for each number. Raises NoTwin if too many."""
        if node.op in CONVOLUTIONS:
            return max(1, self.weights[f"{node.slot}.weight"][0].numel())
        window = node.get("kernel_size", 1)
        sides = window if isinstance(window, list) else [window, window]
        taps = replay.products(node, inputs)
        for side in sides[:4]:
            taps *= max(1, abs(int(side)))
            if taps > MAX_PRODUCTS:
                raise NoTwin(f"{node.op} with a window of {taps} numbers or more")
        return taps

    def _apply(self, node: Node, inputs: list[Tensor]) -> Tensor:
        if UNKNOWN in node.inputs and (node.op in UNARY or node.op in CONVOLUTIONS):
            raise NoTwin(f"{node.op} of a tensor from elsewhere")
        if node.op in CONVOLUTIONS:
            return self._convolution(node, inputs[0])
        if inputs and inputs[0].is_meta and node.op in SAME_SHAPE:
            return inputs[0]
        if node.op == "batch_norm":
            return self._batch_norm(node, inputs[0])
        if node.op == "cat":
            return torch.cat(inputs, dim=node.get("dim", node.get("axis", 0)))
        if node.op == "add" and len(inputs) == 2 and UNKNOWN not in node.inputs:
            return inputs[0] + inputs[1]
        if node.op in PASSED_THROUGH:
            return inputs[0]
        if node.op not in UNARY:
            return replay.run(node, inputs, self.x)
        return UNARY[node.op](inputs[0], node)

    def _convolution(self, node: Node, x: Tensor) -> Tensor:
        weight = self.weights[f"{node.slot}.weight"]
        bias = self.weights.get(f"{node.slot}.bias")
        names = ("stride", "padding", "dilation", "groups", "output_padding")
        settings = _args(node, *names)
        if node.by and node.op == "conv2d":
            settings |= _fitting(node, x, weight)
        if bias is not None:  # of shape (1, C, 1, 1), say, or one number for all channels
            bias = bias.reshape(-1)
            bias = bias.expand(len(weight)) if bias.numel() == 1 else bias
        return CONVOLUTIONS[node.op](x, weight, bias, **settings)

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


def _fitting(node: Node, x: Tensor, weight: Tensor) -> dict[str, Any]:
    """Return the padding and stride of a MyConv2d by its sizes: it may pad by hand, or be a loop.

    Nothing if what it calls has them already, or if no padding by zeros fits.
    """
    kernel, height, width = weight.shape[2], x.shape[2], x.shape[3]
    told = node.get("padding", 0), node.get("stride", 1)
    tried = [told, *((padding, 1) for padding in range(min(kernel, 32) + 1))]
    for padding, step in tried:
        if type(padding) is not int or type(step) is not int or step < 1:
            continue
        sizes = tuple((n + 2 * padding - kernel) // step + 1 for n in (height, width))
        if sizes == tuple(node.shape[2:]):
            return {"padding": padding, "stride": step}
    return {}


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
