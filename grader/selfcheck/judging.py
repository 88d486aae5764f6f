"""Judges some checks, asking only what these look at."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable, Iterator, Mapping

import torch

from grader import catalog, recorded, requests
from grader.draws import PUBLIC_SEED, Draw
from grader.model import CheckResult, Evidence, ExecutedNotebook, Replies, Request, Submission
from grader.on_demand import OnDemand
from grader.requests import Ask

CONV = "conv2d."


@functools.cache
def _family(family: str) -> tuple[Request, ...]:
    return tuple(catalog.requests(Draw(PUBLIC_SEED), [family]))


def asked(names: Iterable[str]) -> dict[str, Request]:
    """Return the public requests of these checks, by id: the same numbers for everybody."""
    families = dict.fromkeys(name.partition(".")[0] for name in names)
    return {request.id: request for family in families for request in _family(family)}


@contextlib.contextmanager
def reference(questions: Mapping[str, Request]) -> Iterator[Replies]:
    """Yield the right replies: the recorded ones, else those of the reference, when looked at."""
    if recorded.there():
        yield recorded.load(questions.values())
        return
    from grader import oracle  # not in the students' package
    from grader.agent.serve import Agent
    from grader.standin.world import build_world, default_world_root

    with oracle.namespace(build_world(default_world_root())) as names:
        ask = functools.partial(oracle.ask, agent=Agent(names))
        yield OnDemand(ask, {}, questions)


def judge(
    names: Iterable[str], ask: Ask, submission: Submission, executed: ExecutedNotebook
) -> tuple[CheckResult, ...]:
    """Return the verdicts of the checks called `names`, and of those that they rest on.

    Args:
        names: of checks.
        ask: puts one request to the student's code.
        submission: what is known of the file.
        executed: how its cells ran.
    """
    wanted = catalog.with_prerequisites(names)
    questions = asked(wanted)
    replies = OnDemand(ask, {}, questions)
    if any(name.startswith(CONV) for name in wanted):
        _ask_conv2d(ask, replies)
    with reference(questions) as right, _one_thread():
        return catalog.judge(Evidence(submission, executed, replies), right, wanted)


def _ask_conv2d(ask: Ask, replies: OnDemand) -> None:
    """Put all calls of MyConv2d at once, and look for the smallest that fails."""
    calls = [request for id_, request in replies.requests.items() if id_.startswith(CONV)]
    answers = requests.ask_all(ask, calls)
    replies.add(zip(calls, answers, strict=True))
    replies.add(list(catalog.explore(ask, replies)))


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Compute on one thread, as the recorded numbers were computed."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
