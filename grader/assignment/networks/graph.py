"""A trace as a graph: bounded, without loops, and pruned to what the output is made of.

A trace is a student's claim. What is read here may be untrue, but it cannot be endless: every
input of an operation comes before it. Operations that were written by hand (an upsampling made
of `repeat_interleave`, say) are replaced by what they seem to be; `twin.py` proves or refutes that
by values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

INPUT = "x"
UNKNOWN = "?"
Ref = int | str  # the number of a node, INPUT or UNKNOWN
Shape = tuple[int, ...]

MAX_NODES = 400
MAX_INPUTS = 16
PASSED_THROUGH = {
    "contiguous", "clone", "to", "float", "double", "detach", "type", "identity", "requires_grad",
    "alias", "type_as", "cuda", "cpu", "half", "bfloat16",
}  # fmt: skip
RANDOM = {
    "randn_like", "rand_like", "randint_like", "randn", "rand", "randint", "normal", "bernoulli",
    "poisson", "uniform", "randperm", "multinomial",
}  # fmt: skip
CONVOLUTIONS = {"conv2d", "conv_transpose2d"}
ACTIVATIONS = {
    "relu", "leaky_relu", "relu6", "elu", "selu", "gelu", "silu", "sigmoid", "tanh", "hardtanh",
    "softplus", "prelu", "rrelu", "celu", "mish", "hardswish", "logsigmoid", "softsign",
}  # fmt: skip
POOLINGS = {"max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d"}
KNOWN = CONVOLUTIONS | ACTIVATIONS | POOLINGS | RANDOM | PASSED_THROUGH | {
    "batch_norm", "interpolate", "pixel_shuffle", "dropout", "cat", "add", "clamp", "threshold",
    "softmax", "log_softmax", "argmax",
}  # fmt: skip

BY_HAND = {"zeros_like", "zeros", "new_zeros", "full_like", "tensor"}
COMPARED = {"gt", "ge", "__gt__", "__ge__"}
BELOW = {"lt", "le", "__lt__", "__le__"}
LARGEST = {"max", "maximum"}
WRITTEN = "__setitem__"  # what is made piece by piece is known by its last piece
# One of them, perhaps a comparison; what is below 0 may also be put to 0.
RELU_BY_HAND = ({"max"}, {"maximum"}, {"where"}, {"mul"})
RELU_BY_MASK = ({"masked_fill"}, {"where"}, {WRITTEN})


class Unreadable(Exception):
    """The trace is not one of a network that can be followed."""


@dataclass(frozen=True)
class Node:
    """One operation of a forward pass."""

    op: str
    inputs: tuple[Ref, ...]
    shape: Shape
    slot: str = ""  # of its parameters, for instance "conv.0"
    by: str = ""  # the class of the MyConv2d that ran it
    attributes: Mapping[str, Any] | None = None

    def get(self, name: str, default: Any = None) -> Any:
        """Return an argument of the operation."""
        found = (self.attributes or {}).get(name)
        return default if found is None else found


@dataclass(frozen=True)
class Graph:
    """The operations of one forward pass, in order, and the shapes of its parameters."""

    nodes: tuple[Node, ...]
    output: int
    input_shape: Shape
    slots: Mapping[str, Shape]  # "conv.0.weight": (32, 1, 3, 3)

    def shape(self, ref: Ref) -> Shape | None:
        """Return the shape of a tensor, as far as it is known."""
        if isinstance(ref, int):
            return self.nodes[ref].shape
        return self.input_shape if ref == INPUT else None

    def needed(self) -> list[int]:
        """Return the numbers of the nodes that the output is made of, in order."""
        found, waiting = {self.output}, [self.output]
        while waiting:
            for ref in self.nodes[waiting.pop()].inputs:
                if isinstance(ref, int) and ref not in found:
                    found.add(ref)
                    waiting.append(ref)
        return sorted(found)


def read(values: Mapping[str, Any], input_shape: Sequence[int]) -> Graph:
    """Return the graph of a network reply. Raises Unreadable for anything else."""
    try:
        return _with_known_operations(_graph(values, tuple(input_shape)))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"a trace that cannot be followed: {error}") from None


def _graph(values: Mapping[str, Any], input_shape: Shape) -> Graph:
    entries = values["trace"]
    if not 0 < len(entries) <= MAX_NODES:
        raise Unreadable(f"a forward pass of {len(entries)} operations")
    nodes = tuple(_node(number, entry) for number, entry in enumerate(entries))
    output = values.get("output_node", len(nodes) - 1)
    if type(output) is not int or not 0 <= output < len(nodes):
        raise Unreadable("an output that no traced operation made")
    slots = {str(name): _shape(about["shape"]) for name, about in values["slots"].items()}
    return Graph(nodes, output, input_shape, slots)


def _node(number: int, entry: Mapping[str, Any]) -> Node:
    inputs = tuple(entry["inputs"])
    if len(inputs) > MAX_INPUTS or not all(_is_earlier(ref, number) for ref in inputs):
        raise Unreadable(f"operation {number} has the inputs {inputs[:4]}")
    attributes = entry["attributes"]
    if not isinstance(attributes, Mapping):
        raise Unreadable(f"operation {number} has no attributes")
    parameters = entry["parameters"]
    slot = str(parameters[0]) if parameters else ""
    return Node(
        str(entry["op"]), inputs, _shape(entry["shape"]), slot, str(entry["by"]), attributes
    )


def _is_earlier(ref: Any, number: int) -> bool:
    return (
        ref in (INPUT, UNKNOWN) if isinstance(ref, str) else type(ref) is int and 0 <= ref < number
    )


def _shape(value: Sequence[Any]) -> Shape:
    shape = tuple(value)
    if len(shape) > 8 or not all(type(n) is int and 0 <= n < 1 << 40 for n in shape):
        raise Unreadable(f"the shape {shape[:8]}")
    return shape


def _with_known_operations(graph: Graph) -> Graph:
    """Replace layers that were written by hand by what they seem to be."""
    nodes: list[Node] = []
    unfinished = set(_unfinished(graph.nodes))
    for number, node in enumerate(graph.nodes):
        nodes.append(node)
        if node.op in KNOWN or len(node.shape) != 4 or number in unfinished:
            continue
        if node.op == WRITTEN and (joined := _joined(graph, number)):
            nodes[number] = joined
            continue
        region, sources = _region(nodes, number)
        if len(sources) == 1:
            source = sources.pop()
            before = nodes[source].shape if isinstance(source, int) else graph.input_shape
            ops = {nodes[part].op for part in region} - PASSED_THROUGH
            nodes[number] = _seeming(ops, source, before, node.shape) or node
    return replace(graph, nodes=tuple(nodes))


def _unfinished(nodes: Sequence[Node]) -> Iterator[Ref]:
    """Yield what is but a piece of what a later operation makes: a write, a largest of largest."""
    for node in nodes:
        if node.op == WRITTEN:
            yield from node.inputs[:1]
        elif node.op in LARGEST:
            pieces = (ref for ref in node.inputs if isinstance(ref, int))
            yield from (p for p in pieces if (nodes[p].op, nodes[p].shape) == (node.op, node.shape))


def _joined(graph: Graph, number: int) -> Node | None:
    """Return the concatenation that writes into an empty tensor seem to be, by their channels."""
    nodes, shape, ref, pieces = graph.nodes, graph.nodes[number].shape, number, list[Ref]()
    while nodes[ref].op == WRITTEN and len(nodes[ref].inputs) == 2:
        before, piece = nodes[ref].inputs
        pieces.insert(0, piece)
        if not isinstance(before, int):
            break
        ref = before
    found = [graph.shape(piece) or () for piece in pieces]
    whole = len(pieces) > 1 and all(len(s) == len(shape) for s in found)
    if not whole or sum(s[1] for s in found) != shape[1]:
        return None
    return Node("cat", tuple(pieces), shape, attributes={"dim": 1})


def _region(nodes: Sequence[Node], number: int) -> tuple[set[int], set[Ref]]:
    """Return the unknown operations behind a node, and the tensors that they are made from.

    Tensors that are made of nothing, such as an index, are left out.
    """
    region, sources, waiting = {number}, set[Ref](), [number]
    while waiting:
        for ref in nodes[waiting.pop()].inputs:
            if ref == UNKNOWN or ref in region:
                continue
            if isinstance(ref, int) and _behind(nodes, ref).op not in KNOWN:
                region.add(ref)
                waiting.append(ref)
            else:
                sources.add(ref)
    return region, sources


def _behind(nodes: Sequence[Node], number: int) -> Node:
    """Return the operation behind casts and the like, such as the `>` of `(x > 0).float()`."""
    node = nodes[number]
    while node.op in PASSED_THROUGH and node.inputs and isinstance(node.inputs[0], int):
        node = nodes[node.inputs[0]]
    return node


def _seeming(ops: set[str], source: Ref, before: Shape, after: Shape) -> Node | None:
    """Return the layer that operations by hand seem to be, by how they change the size."""
    if len(before) != 4 or before[:2] != after[:2]:
        return None
    compared = "mul" not in ops or bool(ops & COMPARED)
    relu = compared and ops - BY_HAND - COMPARED in RELU_BY_HAND
    masked = bool(ops & BELOW) and ops - BY_HAND - BELOW in RELU_BY_MASK
    if before == after and (relu or masked):
        return Node("relu", (source,), after)
    double = tuple(2 * n for n in before[2:]) == after[2:]
    half = tuple(2 * n for n in after[2:]) == before[2:] and all(after)
    if double and all(before):
        return Node("interpolate", (source,), after, attributes={"scale_factor": 2})
    if half and any("max" in op for op in ops):
        return Node("max_pool2d", (source,), after, attributes={"kernel_size": 2})
    if half and any("mean" in op for op in ops):
        return Node("avg_pool2d", (source,), after, attributes={"kernel_size": 2})
    return None
