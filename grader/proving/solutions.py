"""Judges a solution made of Python objects, without a notebook, a kernel or a sandbox.

A *solution* is the names that a notebook would leave behind. It answers the requests through the
same agent code as a submission does. Only for code of our own: mutants, right variants, the
reference.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch

from grader.judging import catalog, in_process, oracle
from grader.judging.draws import Draw
from grader.judging.on_demand import OnDemand
from grader.kernel.agent.serve import Agent
from grader.model import (
    CheckResult,
    Evidence,
    ExecutedNotebook,
    Replies,
    Reply,
    Request,
    Submission,
)
from grader.model.assignment import chosen

SEED = 20260101  # of the laws of the catalogue: neither a run's nor the public one
ALONE = Submission(id="solution", notebook_name=chosen().notebook)


@functools.cache
def requests() -> Mapping[str, Request]:
    """Return every request, by id."""
    return {request.id: request for request in catalog.requests(Draw(SEED))}


@functools.cache
def world() -> Path:
    """Return the stand-in data, built once a machine."""
    return chosen().data.stand_in(None)


@functools.cache
def reference() -> Replies:
    """Return the reference's replies, computed once a process."""
    return oracle.answer(requests().values(), world())


_segmented: dict[tuple[Any, ...], Reply] = {}


def _ask(request: Request, agent: Agent) -> Reply:
    """Return the answer; the same network is not fine-tuned twice on the same pictures."""
    model = agent.namespace.get("model")
    if request.kind != "segment" or not isinstance(model, torch.nn.Module):
        return oracle.ask(request, agent)
    key = request.id, _digest(model), *map(type, model.modules())
    if key not in _segmented:
        _segmented[key] = oracle.ask(request, agent)
    return _segmented[key]


def _digest(model: torch.nn.Module) -> str:
    """Return a digest of what a network holds: its layers, its numbers, what learns."""
    learning = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    digest = hashlib.sha256(repr((model, learning)).encode())
    for name, value in model.state_dict().items():
        digest.update(name.encode() + value.detach().cpu().double().numpy().tobytes())
    return digest.hexdigest()


@contextlib.contextmanager
def answering(names: Mapping[str, Any], part: str | None = None) -> Iterator[Replies]:
    """Yield the replies of the reference with `names` put over it, each when it is looked at.

    Args:
        names: what the solution defines in place of the reference, for instance {"CNN": ...};
            None takes a name away.
        part: only requests whose id starts with `part` are asked of the solution ("cnn");
            the others are answered by the reference alone, which costs nothing.
    """
    torch.set_num_threads(1)
    known = {
        id_: reference().peek(id_)
        for id_ in requests()
        if part is not None and id_.partition(".")[0] != part
    }
    with chosen().reference(world()) as own:
        defined = {name: value for name, value in {**own, **names}.items() if value is not None}
        ask = functools.partial(_ask, agent=in_process.agent(defined))
        found = OnDemand(ask, known, requests())
        families = chosen().families() if part is None else (part,)
        extra = list(catalog.explore(ask, found, families))
        found.add(extra)
        yield found


def replies(names: Mapping[str, Any], part: str | None = None) -> Replies:
    """Return all replies of a solution; see `answering`."""
    with answering(names, part) as found:
        return Replies({id_: found.peek(id_) for id_ in found.requests}, found.requests)


@functools.cache
def _right() -> Replies:
    return replies({}, "none of them")


def judge(names: Mapping[str, Any], part: str | None = None) -> Mapping[str, CheckResult]:
    """Return the verdict of every check on the reference with `names` put over it.

    For a part that is read off what was handed in, `names` are the "submission", and perhaps the
    executed "notebook", that take the place of the reference's. Checks that look at another part
    than `part` see the reference alone: they are judged once a process.
    """
    if part in chosen().on_file:
        executed = names.get("notebook", ExecutedNotebook("none"))
        return _verdicts(Evidence(names["submission"], executed, _right()), chosen().on_file)
    with answering(names, part) as found:
        return _verdicts(Evidence(ALONE, ExecutedNotebook("none"), found), (part,) if part else ())


@functools.cache
def _unchanged() -> Mapping[str, CheckResult]:
    return _verdicts(Evidence(ALONE, ExecutedNotebook("none"), _right()), ())


def _verdicts(evidence: Evidence, parts: Collection[str]) -> Mapping[str, CheckResult]:
    """Return the verdicts, those of checks of other parts taken from the reference."""
    mine = [
        name
        for name in catalog.catalogue()
        if name.partition(".")[0] in parts or chosen().about(name) in parts
    ]
    results = catalog.judge(evidence, reference(), mine or None)
    judged = {result.id: result for result in results}
    return {**_unchanged(), **judged} if mine else judged
