"""The reference answers the same requests, through the same agent code, in this process."""

from __future__ import annotations

import contextlib
import functools
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch

import reference
import reference.convention
import reference.counts
import reference.finetune
from grader.kernel import colab as standin
from grader.kernel.agent.serve import Agent
from grader.kernel.colab.deeplab import build_deeplab
from grader.kernel.requests import typed
from grader.model import Outcome, Replies, Reply, Request, StudentError

WEIGHTS = Path(standin.__file__).with_name("deeplab.safetensors")
IMAGE_SIZE = 64  # of the flowers in the reference's own fine-tuning steps
FLOWERS = ("jpg", "trimaps", "datasplits.mat")


@contextlib.contextmanager
def namespace(world: Path) -> Iterator[dict[str, Any]]:
    """Yield the names that the reference solution would leave behind in a notebook.

    Args:
        world: the data folder, as `grader.kernel.colab.world` makes it; nothing is written to it.
    """
    torch.manual_seed(0)
    model = build_deeplab(WEIGHTS)
    reference.finetune.freeze(model)
    reference.finetune.replace_head(model)
    with tempfile.TemporaryDirectory(prefix="grader-reference-") as folder:
        for name in FLOWERS:
            (Path(folder) / name).symlink_to(world / name)
        train = functools.partial(
            reference.finetune.train, root=folder, image_size=IMAGE_SIZE, report=lambda _: None
        )
        yield {
            "MyConv2d": reference.MyConv2d,
            "CNN": reference.CNN,
            "UNet": reference.UNet,
            "model": model,
            "train": train,
        }


def ask(request: Request, agent: Agent) -> Reply:
    """Return the reference's answer to one request."""
    if request.kind == "counts":
        return Reply(request.id, Outcome.OK, {"conventions": conventions()})
    tensors = {name: torch.from_numpy(array) for name, array in request.arrays.items()}
    head, arrays = agent.answer(request.kind, request.params, tensors)
    error = head["error"] and StudentError(**head["error"])
    found = {name: array.numpy() for name, array in arrays.items()}
    outcome = Outcome(head["outcome"])
    return typed(request, Reply(request.id, outcome, head["values"], found, error))


def answer(requests: Iterable[Request], world: Path) -> Replies:
    """Return the reference's answers to all requests; the numbers do not depend on the order."""
    asked = {request.id: request for request in requests}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the kernels run on one thread too: the same sums in the same order
    try:
        with namespace(world) as names:
            agent = Agent(names)
            return Replies({id_: ask(request, agent) for id_, request in asked.items()}, asked)
    finally:
        torch.set_num_threads(threads)


@functools.cache
def conventions() -> str:
    """Return the answers to Part A, question 3, as a JSON list, the plainest convention first.

    Each entry has a "name", and under "1" and "2" (for the doubled input) "weights", "outputs"
    and "connections" as rows (i, j, coefficient of NF^i · NC^j). Equal answers come once.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for convention in reference.convention.all_conventions():
        entry = {str(scale): _rows(convention, scale) for scale in (1, 2)}
        found.setdefault(str(entry), {"name": convention.describe(), **entry})
    return json.dumps(list(found.values()))


def _rows(convention: reference.convention.Convention, scale: int) -> dict[str, Any]:
    counted = reference.counts.polynomials(convention, scale=scale)
    return {
        label: [[i, j, int(c)] for (i, j), c in polynomial.terms]
        for label, polynomial in counted.items()
    }
