"""Reads a graph as an architecture: which convolution is fed by what, through which operations.

A *feed* is a path back from a convolution's input to where its values come from: an earlier
convolution, or the network's input, with the operations on the way. The diagram of the
assignment and the network as it ran are both such architectures, so they can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from grader.assignment.networks import operations
from grader.assignment.networks.graph import (
    CONVOLUTIONS,
    INPUT,
    PASSED_THROUGH,
    RANDOM,
    UNKNOWN,
    Graph,
    Node,
    Ref,
    Unreadable,
)

MAX_FEEDS = 8  # of one join, nested ones counted through
MAX_NESTED = 8  # joins within joins
EPS, MOMENTUM = 1e-5, 0.1  # of BatchNorm, unless it is told otherwise
BLOCKS = 6


@dataclass(frozen=True)
class Feed:
    """Values on their way into a join: their origin and the operations since, in order.

    `edge` is where the join takes them in: (number of the node, position among its inputs).
    """

    origin: Ref  # the number of a convolution, INPUT or UNKNOWN
    ops: tuple[str, ...]
    edge: tuple[int, int] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Join:
    """What goes into a convolution, or comes out of the network."""

    kind: str  # "plain", "cat" or "add"
    feeds: tuple[Feed, ...]
    after: tuple[str, ...] = ()  # operations between the join and the convolution


@dataclass(frozen=True)
class Conv:
    """One convolution in execution order; `in_channels` and `kernel` are 0 if unknown.

    `settings` are those of nn.Conv2d that MyConv2d does not have, as a student wrote them.
    """

    width: int
    join: Join
    by: str
    slot: str
    stride: int
    in_channels: int
    kernel: int
    bias: bool = True
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Norm:
    """One BatchNorm: the convolution before it (-1: none), and how it is set up."""

    number: int
    slot: str
    eps: float = EPS
    momentum: float = MOMENTUM
    learns: bool = True  # has a weight and a bias
    tracks: bool = True  # has running statistics
    training: bool = True  # takes the statistics of the batch


@dataclass(frozen=True)
class Architecture:
    """A network as it ran."""

    convs: tuple[Conv, ...]
    output: Join
    norms: tuple[Norm, ...] = ()

    def block_ops(self, number: int) -> tuple[str, ...]:
        """Return the operations behind convolution `number` on its way to the next one."""
        following = [c.join for c in self.convs[number + 1 :]] + [self.output]
        for join in following:
            for feed in join.feeds:
                if feed.origin == number:
                    return feed.ops + (join.after if join.kind == "plain" else ())
        return ()


def read(graph: Graph) -> Architecture:
    """Return the architecture that a graph describes. Raises Unreadable."""
    try:
        return _Reader(graph).read()
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"a trace that cannot be followed: {error}") from None


class _Reader:
    def __init__(self, graph: Graph) -> None:
        self.graph, self.nodes = graph, graph.nodes
        self.needed = graph.needed()
        convs = [i for i in self.needed if self._is_block(i)]
        self.numbers = {index: number for number, index in enumerate(convs)}
        self.noise: set[Ref] = set()  # nodes that are made of random numbers alone
        self.constant: set[Ref] = {UNKNOWN}  # made of nothing that was traced
        for index, node in enumerate(self.nodes):
            if node.op not in RANDOM and self.constant.issuperset(node.inputs):
                self.constant.add(index)
            follows = node.inputs[:1] and node.inputs[0] in self.noise
            single = node.op not in ("cat", "add") or len(node.inputs) < 2
            if node.op in RANDOM or (follows and single and index not in self.numbers):
                self.noise.add(index)
        self.left_out = self.constant | self.noise
        self._followed: dict[tuple[int, int], tuple[tuple[str, ...], Ref]] = {}

    def _is_block(self, index: int) -> bool:
        """Return whether a node opens a block; a transposed one may stand for an upsampling."""
        node = self.nodes[index]
        if node.op != "conv_transpose2d":
            return node.op == "conv2d"
        source = node.inputs[0]
        while isinstance(source, int) and self.nodes[source].op in PASSED_THROUGH:
            source = self.nodes[source].inputs[0]
        return not isinstance(source, int) or self.nodes[source].op not in CONVOLUTIONS

    def read(self) -> Architecture:
        if not self.numbers:
            raise Unreadable("a forward pass without any convolution")
        convs = tuple(self._conv(i) for i in self.numbers)
        output = self._join(self.graph.output)
        for join in (*(c.join for c in convs), output):
            if join.kind == "plain" and join.feeds[0].origin == UNKNOWN:
                raise Unreadable("a convolution's input that cannot be traced back")
        return Architecture(convs, output, tuple(self._norms()))

    def _norms(self) -> Iterator[Norm]:
        for index in self.needed:
            node = self.nodes[index]
            if node.op == "batch_norm" and node.slot:
                origin = self._origin(self._walk(node.inputs[0])[1])
                yield Norm(
                    origin if isinstance(origin, int) else -1,
                    node.slot,
                    float(node.get("eps", EPS)),
                    float(node.get("momentum", MOMENTUM)),
                    f"{node.slot}.weight" in self.graph.slots,
                    f"{node.slot}.running_mean" in self.graph.slots,
                    bool(node.get("training")),
                )

    def _conv(self, index: int) -> Conv:
        node = self.nodes[index]
        shape = self.graph.slots.get(f"{node.slot}.weight", (0, 0, 0, 0))
        transposed = node.op == "conv_transpose2d"
        join, padded = _unpadded(self._join(node.inputs[0] if node.inputs else UNKNOWN))
        return Conv(
            width=node.shape[1],
            join=join,
            by=node.by if not transposed else "transposed",
            slot=node.slot,
            stride=1 if transposed else operations.largest(node.get("stride", 1)),
            in_channels=shape[0 if transposed else 1],
            kernel=0 if transposed else shape[2],
            bias=transposed or f"{node.slot}.bias" in self.graph.slots,
            settings=() if transposed or node.by else (*operations.conv_settings(node), *padded),
        )

    def _join(self, ref: Ref) -> Join:
        """Walk back to a join, or to an origin if there is none."""
        ops, ref = self._walk(ref)
        if not isinstance(ref, int) or not self._joins(self.nodes[ref]):
            return Join("plain", (Feed(self._origin(ref), ops),))
        kind = self.nodes[ref].op
        return Join(kind, tuple(self._feeds(ref, kind)), ops)

    def _feeds(self, index: int, kind: str) -> list[Feed]:
        found: list[Feed] = []
        waiting: list[tuple[int, int]] = [(index, i) for i in self._positions(index)]
        while waiting:
            edge = waiting.pop(0)
            ops, origin = self._walk(self.nodes[edge[0]].inputs[edge[1]])
            nested = isinstance(origin, int) and self._joins(self.nodes[origin])
            if nested and not ops and self.nodes[int(origin)].op == kind:
                waiting[:0] = [(int(origin), i) for i in self._positions(int(origin))]
            else:
                inner, source = self._through(origin, MAX_NESTED)
                found.append(Feed(self._origin(source), inner + ops, edge))
            if len(found) + len(waiting) > MAX_FEEDS:
                raise Unreadable(f"a join of more than {MAX_FEEDS} tensors")
        return found

    def _through(self, ref: Ref, depth: int) -> tuple[tuple[str, ...], Ref]:
        """Follow the longest path back through joins within a join: (operations, origin)."""
        if not isinstance(ref, int) or not self._joins(self.nodes[ref]) or not depth:
            return (), ref
        if (ref, depth) not in self._followed:  # or joins within joins would be followed 8^8 times
            self._followed[ref, depth] = self._longest(ref, depth)
        return self._followed[ref, depth]

    def _longest(self, ref: int, depth: int) -> tuple[tuple[str, ...], Ref]:
        paths = []
        for source in dict.fromkeys(self.nodes[ref].inputs[:MAX_FEEDS]):
            ops, origin = self._walk(source)
            inner, start = self._through(origin, depth - 1)
            paths.append((inner + ops, start))
        ops, start = max(paths, key=lambda path: self._depth(path[1]))
        return (*ops, "sum" if self.nodes[ref].op == "add" else "concatenation"), start

    def _depth(self, ref: Ref) -> int:
        return self.numbers.get(ref, -1) if isinstance(ref, int) else -1

    def _positions(self, index: int) -> range:
        return range(len(self.nodes[index].inputs))

    def _joins(self, node: Node) -> bool:
        """Return whether a node joins two paths; a sum with noise or a constant does not."""
        if len(node.inputs) < 2:
            return False
        if node.op == "cat":
            return int(node.get("dim", node.get("axis", 0))) in (1, -3)
        return node.op == "add" and len(self._made(node)) == len(node.inputs)

    def _made(self, node: Node) -> list[Ref]:
        """Return the inputs that are neither noise nor constants."""
        return [ref for ref in node.inputs if ref not in self.left_out]

    def _origin(self, ref: Ref) -> Ref:
        if not isinstance(ref, int):
            return ref
        if self._joins(self.nodes[ref]):
            return UNKNOWN
        return self.numbers.get(ref, UNKNOWN)

    def _walk(self, ref: Ref) -> tuple[tuple[str, ...], Ref]:
        """Follow operations of one input back to a convolution, a join, or the input."""
        ops: list[str] = []
        while isinstance(ref, int) and ref not in self.numbers:
            node = self.nodes[ref]
            if self._joins(node):
                break
            name = operations.name(node, self.graph, self.noise)
            if name:
                ops.append(name)
            ref = next(iter(self._made(node)), UNKNOWN)
        return tuple(reversed(ops)), ref


def _unpadded(join: Join) -> tuple[Join, tuple[str, ...]]:
    """Return what goes into a convolution without its padding by hand, and what to call that."""
    first = join.feeds[0]
    if join.after[-1:] == ("pad",):
        join = replace(join, after=join.after[:-1])
    elif join.kind == "plain" and first.ops[-1:] == ("pad",):
        join = replace(join, feeds=(replace(first, ops=first.ops[:-1]),))
    else:
        return join, ()
    return join, ("padding with other values than 0",)


def diagram(name: str, args: tuple[int, int, int, int]) -> Architecture:
    """Return the assignment's diagram of `name`, "CNN" or "UNet".

    Args:
        name: of the network.
        args: kernel, num_filters, num_colours, num_in_channels.
    """
    kernel, nf, nc, channels = args
    down, same, up = ("pool", "bn", "relu"), ("bn", "relu"), ("up", "bn", "relu")
    ops = (down, down, same, up, up)
    widths = (nf, 2 * nf, 2 * nf, nf, nc, nc)
    skips = {3: Feed(1, down), 4: Feed(0, down), 5: Feed(INPUT, ())} if name == "UNet" else {}
    convs = []
    for number, width in enumerate(widths):
        feeds = [Feed(number - 1, ops[number - 1]) if number else Feed(INPUT, ())]
        feeds += [skips[number]] if number in skips else []
        taken = sum(channels if f.origin == INPUT else widths[int(f.origin)] for f in feeds)
        join = Join("cat" if len(feeds) > 1 else "plain", tuple(feeds))
        convs.append(Conv(width, join, "MyConv2d", f"conv.{number}", 1, taken, kernel))
    norms = tuple(Norm(number, f"norm.{number}") for number in range(BLOCKS - 1))
    return Architecture(tuple(convs), Join("plain", (Feed(5, ()),)), norms)
