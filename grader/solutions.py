"""Judges a solution made of Python objects, without a notebook, a kernel or a sandbox.

A *solution* is the names that a notebook would leave behind. It answers the requests through the
same agent code as a submission does. Only for code of our own: mutants, right variants, the
reference.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from grader import catalog, oracle
from grader.agent.serve import Agent
from grader.draws import Draw
from grader.model import (
    CheckResult,
    Evidence,
    ExecutedNotebook,
    Replies,
    Request,
    Submission,
)
from grader.standin.world import build_world, default_world_root

SEED = 20260101  # of the laws of the catalogue: neither a run's nor the public one
HANDED_IN = ("handin", "counts")  # parts that look at what was handed in, not at what it computes
ALONE = Submission(id="solution", notebook_name="a2-cnn.ipynb")


@functools.cache
def requests() -> Mapping[str, Request]:
    """Return every request, by id."""
    return {request.id: request for request in catalog.requests(Draw(SEED))}


@functools.cache
def world() -> Path:
    """Return the stand-in data, built once a machine."""
    return build_world(default_world_root())


@functools.cache
def reference() -> Replies:
    """Return the reference's replies, computed once a process."""
    return oracle.answer(requests().values(), world())


def replies(names: Mapping[str, Any], part: str | None = None) -> Replies:
    """Return the replies of the reference with `names` put over it.

    Args:
        names: what the solution defines in place of the reference, for instance {"CNN": ...};
            None takes a name away.
        part: only requests whose id starts with `part` are asked of the solution ("cnn");
            the others are answered by the reference alone, which costs nothing.
    """
    torch.set_num_threads(1)
    answers = {id_: reference().peek(id_) for id_ in requests()}
    with oracle.namespace(world()) as own:
        defined = {name: value for name, value in {**own, **names}.items() if value is not None}
        agent = Agent(defined)
        for id_, request in requests().items():
            if part is None or id_.partition(".")[0] == part:
                answers[id_] = oracle.ask(request, agent)
        ask = functools.partial(oracle.ask, agent=agent)
        found = list(catalog.explore(ask, Replies(answers, requests())))
    answers |= {reply.id: reply for _, reply in found}
    return Replies(answers, {**requests(), **{request.id: request for request, _ in found}})


@functools.cache
def _right() -> Replies:
    return replies({}, "none of them")


def judge(names: Mapping[str, Any], part: str | None = None) -> Mapping[str, CheckResult]:
    """Return the verdict of every check on the reference with `names` put over it.

    For a part of HANDED_IN, `names` are the "submission", and perhaps the executed "notebook",
    that take the place of the reference's.
    """
    executed = ExecutedNotebook("none")
    if part in HANDED_IN:
        evidence = Evidence(names["submission"], names.get("notebook", executed), _right())
    else:
        evidence = Evidence(ALONE, executed, replies(names, part))
    return {result.id: result for result in catalog.judge(evidence, reference())}
