"""The right UNets: the reference with some of its three concatenations the other way round.

Who has the reference's operations computes them; a student has only the recorded values.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.assignment.networks.graph import Graph
from grader.assignment.networks.joins import SKIPS
from grader.model import Reply

if TYPE_CHECKING:  # it needs torch, which takes seconds
    from grader.assignment.networks.twin import Twin

Array = np.ndarray[Any, Any]
Flips = tuple[bool, ...]
GRADIENT = "grad."


def every() -> Iterator[Flips]:
    """Yield each way to order the concatenations, that of the reference first."""
    yield from itertools.product((False, True), repeat=len(SKIPS))


def computed(own: Graph, arrays: Mapping[str, Array], flips: Flips) -> Twin:
    """Return what the reference gives with the concatenations of `flips` turned.

    Args:
        own: the operations that the reference ran.
        arrays: of the request.
        flips: one for each concatenation.
    """
    from grader.assignment.networks import twin

    joined = [i for i, node in enumerate(own.nodes) if node.op == "cat"]
    turned = {i for i, flip in zip(joined, flips, strict=True) if flip}
    nodes = tuple(
        replace(node, inputs=node.inputs[::-1]) if i in turned else node
        for i, node in enumerate(own.nodes)
    )
    return twin.run(replace(own, nodes=nodes), arrays)


def known(reply: Reply, flips: Flips) -> Twin | None:
    """Return what stands in the reference's reply, or was recorded beside it, if anything."""
    prefix = _prefix(flips)
    arrays = {n.removeprefix(prefix): a for n, a in reply.arrays.items() if n.startswith(prefix)}
    if "output" not in arrays:
        return None
    from grader.assignment.networks.twin import Twin

    gradients = {n.removeprefix(GRADIENT): a for n, a in arrays.items() if n.startswith(GRADIENT)}
    return Twin(arrays["output"], gradients)


def recording(own: Graph, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return the arrays to be recorded beside the reference's reply, for `known` to read."""
    found: dict[str, Array] = {}
    for flips in filter(any, every()):
        made = computed(own, arrays, flips)
        found[f"{_prefix(flips)}output"] = made.output
        found |= {f"{_prefix(flips)}{GRADIENT}{slot}": a for slot, a in made.gradients.items()}
    return found


def _prefix(flips: Flips) -> str:
    """Return what the arrays of a turned reference begin with; its own have no prefix."""
    return f"flips.{''.join('01'[flip] for flip in flips)}." if any(flips) else ""
