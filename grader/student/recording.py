"""Records what the public checks need of the reference: numbers, and nothing of how it is made.

`python -m grader.student.recording FOLDER` writes the two files that `recorded.py` reads;
`grader bundle student` puts them into the students' package.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from grader.assignment.networks import flips, graph
from grader.judging import catalog, oracle, recorded
from grader.judging.draws import PUBLIC_SEED, Draw
from grader.kernel.colab.world import build_world, default_world_root
from grader.model import Replies, Reply, Request

KINDS = ("network", "finetune_state")  # the only replies that checks compare with


def record(place: Path) -> None:
    """Write the recorded replies into the folder `place`."""
    asked = {r.id: r for r in catalog.requests(Draw(PUBLIC_SEED)) if r.kind in KINDS}
    replies = oracle.answer(asked.values(), build_world(default_world_root()))
    recorded.save(place, kept(replies, asked), asked)


def kept(replies: Replies, asked: Mapping[str, Request]) -> Iterator[Reply]:
    """Yield what is recorded of each reply."""
    for id_, request in asked.items():
        reply = replies[id_]
        yield _network(reply, request) if request.kind == "network" else _state(reply)


def _network(reply: Reply, request: Request) -> Reply:
    """Return output and gradients alone: no trace, no name, no weight."""
    arrays = {
        name: array
        for name, array in reply.arrays.items()
        if name == "output" or name.startswith(flips.GRADIENT)
    }
    if request.params["class"] == "UNet":
        own = graph.read(reply.values, request.arrays["input"].shape)
        arrays |= flips.recording(own, request.arrays)
    return replace(reply, values={}, arrays=arrays)


def _state(reply: Reply) -> Reply:
    """Return the shapes and norms of the network, not which of its parameters should learn."""
    rows = [[name, shape, False, norm] for name, shape, _, norm in reply.values["parameters"]]
    head = reply.values["head"]
    return replace(reply, values={"parameters": rows, "head": head, "idle": []}, arrays={})


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m grader.student.recording FOLDER")
    record(Path(sys.argv[1]))
