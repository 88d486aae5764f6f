"""Two questions to a notebook's MyConv2d, and their right answers, which stay outside."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.assignment.asking import conv2d
from grader.kernel.session.execution import NotebookRunner
from grader.model import CheckResult, Outcome, Replies, Reply, Request, Status


def _request(seed: int, size: int) -> Request:
    rng = np.random.default_rng(seed)
    arrays = {
        "input": rng.normal(size=(2, 2, size, size + 1)),
        "weight": rng.normal(size=2 * 3 * 9),
        "bias": rng.normal(size=3),
    }
    return conv2d(f"r{seed}", (2, 3, 3), arrays)


REQUESTS = {request.id: request for request in (_request(1, 5), _request(2, 7))}


def ask(runner: NotebookRunner) -> dict[str, Reply]:
    """Put two questions with different inputs to the notebook's MyConv2d."""
    return {id_: runner.ask(request) for id_, request in REQUESTS.items()}


def right(request: Request) -> Any:
    """Return the right answer, which never enters the sandbox."""
    import torch
    from torch.nn import functional as F

    given = {name: torch.from_numpy(array) for name, array in request.arrays.items()}
    weight = given["weight"].reshape(3, 2, 3, 3)
    return F.conv2d(given["input"], weight, given["bias"], padding=1).numpy()


def judge(replies: Replies) -> tuple[CheckResult, ...]:
    """Return the verdict of one small check: are the values right?"""
    found = []
    for id_ in replies:
        reply = replies.peek(id_)
        if reply.outcome is not Outcome.OK:
            found.append(CheckResult(id_, Status.ERROR))
            continue
        output, wanted = reply.arrays.get("output"), right(REQUESTS[id_])
        same = output is not None and output.shape == wanted.shape and np.allclose(output, wanted)
        found.append(CheckResult(id_, Status.PASSED if same else Status.FAILED))
    return tuple(found)
