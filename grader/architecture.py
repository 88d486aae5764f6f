"""Reads a trace as an architecture: which convolution is fed by what, through which operations.

A *feed* is a path back from a convolution's input to where its values come from: an earlier
convolution, or the network's input, with the operations on the way. The diagram of the
assignment and the network as it ran are both such architectures, so they can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

INPUT = "x"
UNKNOWN = "?"
PASSED_THROUGH = {
    "contiguous", "clone", "to", "float", "double", "detach", "type", "identity", "requires_grad_",
    "alias", "type_as", "cuda", "cpu",
}  # fmt: skip
ENDS = {"argmax", "softmax", "log_softmax"}
MAX_DEPTH = 80


class Unreadable(Exception):
    """The trace is not one of a network that this module can follow."""


@dataclass(frozen=True)
class Feed:
    """Values on their way into a join: their origin and the operations since, in order."""

    origin: int | str  # the number of a convolution, INPUT or UNKNOWN
    ops: tuple[str, ...]


@dataclass(frozen=True)
class Join:
    """What goes into a convolution, or comes out of the network."""

    kind: str  # "plain", "cat" or "add"
    feeds: tuple[Feed, ...]
    after: tuple[str, ...] = ()  # operations between the join and the convolution


@dataclass(frozen=True)
class Conv:
    """One convolution in execution order."""

    width: int
    join: Join
    by: str
    slot: str
    stride: int


@dataclass(frozen=True)
class Architecture:
    """A network as it ran."""

    convs: tuple[Conv, ...]
    output: Join

    def block_ops(self, number: int) -> tuple[str, ...]:
        """Return the operations behind convolution `number` on its way to the next one."""
        following = [c.join for c in self.convs[number + 1 :]] + [self.output]
        for join in following:
            for feed in join.feeds:
                if feed.origin == number:
                    return feed.ops + (join.after if join.kind == "plain" else ())
        return ()


def read(entries: Sequence[Mapping[str, Any]]) -> Architecture:
    """Return the architecture that a trace describes. Raises Unreadable."""
    try:
        return _Reader(entries).read()
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"a trace that cannot be followed: {error}") from None


class _Reader:
    def __init__(self, entries: Sequence[Mapping[str, Any]]) -> None:
        self.entries = entries
        self.numbers = {
            i: n for n, i in enumerate(i for i, e in enumerate(entries) if e["op"] == "conv2d")
        }

    def read(self) -> Architecture:
        if not self.numbers:
            raise Unreadable("a forward pass without any convolution")
        convs = tuple(self._conv(i) for i in self.numbers)
        return Architecture(convs, self._join(len(self.entries) - 1))

    def _conv(self, index: int) -> Conv:
        entry = self.entries[index]
        stride = entry["attributes"].get("stride", 1)
        return Conv(
            width=int(entry["shape"][1]),
            join=self._join(entry["inputs"][0] if entry["inputs"] else UNKNOWN),
            by=str(entry["by"]),
            slot=str(entry["parameters"][0]) if entry["parameters"] else "",
            stride=max(stride) if isinstance(stride, list) else int(stride or 1),
        )

    def _join(self, node: int | str) -> Join:
        """Walk back to a join, or to an origin if there is none."""
        ops, node = self._walk(node)
        kind = self.entries[node]["op"] if isinstance(node, int) else ""
        if not isinstance(node, int) or kind not in ("cat", "add"):
            return Join("plain", (Feed(self._origin(node), ops),))
        return Join(kind, tuple(self._feeds(node, kind)), ops)

    def _feeds(self, node: int, kind: str) -> list[Feed]:
        found = []
        for source in self.entries[node]["inputs"]:
            ops, origin = self._walk(source)
            nested = isinstance(origin, int) and self.entries[origin]["op"] == kind
            if nested and not ops:
                found += self._feeds(int(origin), kind)
            else:
                found.append(Feed(self._origin(origin), ops))
        return found

    def _origin(self, node: int | str) -> int | str:
        return self.numbers.get(node, UNKNOWN) if isinstance(node, int) else node

    def _walk(self, node: int | str) -> tuple[tuple[str, ...], int | str]:
        """Follow operations of one input back to a convolution, a join, or the input."""
        ops: list[str] = []
        for _ in range(MAX_DEPTH):
            if not isinstance(node, int) or node in self.numbers:
                break
            entry = self.entries[node]
            if entry["op"] in ("cat", "add") and len(entry["inputs"]) > 1:
                break
            name = self._name(entry)
            if name:
                ops.append(name)
            node = entry["inputs"][0] if entry["inputs"] else UNKNOWN
        return tuple(reversed(ops)), node

    def _name(self, entry: Mapping[str, Any]) -> str:
        """Return the short name of an operation; '' for one that changes nothing."""
        op, attributes = entry["op"], entry["attributes"]
        if op in PASSED_THROUGH:
            return ""
        if op == "batch_norm":
            return "bn"
        if op == "clamp" and attributes.get("min") == 0 and attributes.get("max") is None:
            return "relu"
        if op == "max_pool2d":
            return "pool" if _is_two_by_two(attributes) else "pool_other"
        if op == "interpolate":
            return self._upsampling(entry)
        return str(op)

    def _upsampling(self, entry: Mapping[str, Any]) -> str:
        mode = entry["attributes"].get("mode") or "nearest"
        source = entry["inputs"][0]
        before = self.entries[source]["shape"] if isinstance(source, int) else entry["shape"]
        if [2 * n for n in before[2:]] != list(entry["shape"][2:]):
            return f"up_{mode}_other_scale" if before[2:] != entry["shape"][2:] else ""
        return "up" if mode.startswith("nearest") else f"up_{mode}"


def _is_two_by_two(attributes: Mapping[str, Any]) -> bool:
    def pair(value: Any) -> tuple[int, ...]:
        return tuple(value) if isinstance(value, list) else (value, value)

    stride = attributes.get("stride") or attributes["kernel_size"]
    plain = not attributes.get("ceil_mode") and pair(attributes.get("padding") or 0) == (0, 0)
    return pair(attributes["kernel_size"]) == (2, 2) == pair(stride) and plain


def diagram(name: str, num_filters: int, num_colours: int) -> Architecture:
    """Return the assignment's diagram of `name`, "CNN" or "UNet"."""
    nf, nc = num_filters, num_colours
    down, same, up = ("pool", "bn", "relu"), ("bn", "relu"), ("up", "bn", "relu")
    ops = (down, down, same, up, up)
    widths = (nf, 2 * nf, 2 * nf, nf, nc, nc)
    skips: dict[int, Feed] = {}
    if name == "UNet":
        skips = {3: Feed(1, down), 4: Feed(0, down), 5: Feed(INPUT, ())}
    convs = []
    for number, width in enumerate(widths):
        feeds: tuple[Feed, ...] = (
            Feed(INPUT, ()) if number == 0 else Feed(number - 1, ops[number - 1]),
        )
        kind = "plain"
        if number in skips:
            kind, feeds = "cat", (*feeds, skips[number])
        convs.append(Conv(width, Join(kind, feeds), "MyConv2d", f"conv.{number}", 1))
    return Architecture(tuple(convs), Join("plain", (Feed(5, ()),)))
