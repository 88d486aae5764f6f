"""What a verdict rests on: what its check looked at, the answers, and the right ones."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from grader.assignment import right
from grader.assignment.checks.views import view
from grader.assignment.conv2d import calls
from grader.basics import storage
from grader.basics.exits import BadInput, shown
from grader.judging import catalog, in_process, oracle
from grader.judging.draws import Draw
from grader.kernel.agent.serve import Agent
from grader.model import (
    CheckGrade,
    Evidence,
    ExecutedNotebook,
    GradeReport,
    NoAnswer,
    Outcome,
    Replies,
    Reply,
    Request,
    Submission,
)

Array = np.ndarray[Any, Any]
MOST = 2  # requests that are shown of a verdict
RTOL = 1e-6  # beyond it, relative to the largest number, two arrays differ


class Noted(Replies):
    """Replies that note which of them are looked at."""

    def __init__(self, replies: Replies) -> None:
        known = {id_: replies.peek(id_) for id_ in replies}
        super().__init__(known, replies.requests)
        self.seen: dict[str, None] = {}

    def peek(self, key: str) -> Reply:
        """Return the reply whatever its outcome, and note that it was looked at."""
        self.seen[key] = None
        return super().peek(key)


class Due(Replies):
    """The reference's replies, each computed when it is looked at first."""

    def __init__(self, requests: Mapping[str, Request], agent: Agent) -> None:
        super().__init__({}, requests)
        self._agent = agent

    def peek(self, key: str) -> Reply:
        """Return a reply, whatever its outcome."""
        if key not in self._replies and key in self.requests:
            self._replies[key] = oracle.ask(self.requests[key], self._agent)
        return super().peek(key)


@dataclass(frozen=True)
class Exchange:
    """One request: what came back, and by name the arrays that came and that were due.

    `orders` holds what is due in each accepted order within concatenations, for what has some:
    whoever mends the class may choose another than the one it was graded with.
    """

    request: Request
    reply: Reply
    arrays: Mapping[str, tuple[Array | None, Array]]
    orders: tuple[Mapping[str, Array], ...] = ()

    @property
    def differs(self) -> bool:
        """Return whether something else came back than was due."""
        if self.reply.outcome is not Outcome.OK:
            return True
        return any(gap(came, due) is not None for came, due in self.arrays.values())


def gap(came: Array | None, due: Array) -> Array | None:
    """Return how far each number is off; None where all agree. Empty for another shape."""
    if came is None or came.shape != due.shape:
        return np.zeros(0)
    off = np.abs(np.nan_to_num(came, nan=np.inf) - due)
    return None if off.max(initial=0.0) <= RTOL * np.abs(due).max(initial=1.0) else off


@dataclass(frozen=True)
class Case:
    """A verdict and what it rests on."""

    report: GradeReport
    check: CheckGrade
    exchanges: tuple[Exchange, ...]
    seed: int


def load(folder: Path, report: GradeReport) -> Evidence:
    """Return the evidence of a graded submission. Raises BadInput where it is not all there."""
    place = folder / storage.EVIDENCE
    try:
        asked = {r.id: r for r in catalog.requests(Draw(seed_of(report)))}
        return Evidence(
            storage.from_json(Submission, (place / storage.SUBMISSION).read_bytes()),
            storage.from_json(ExecutedNotebook, (place / "executed.json").read_bytes()),
            storage.load_replies(place, asked),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{shown(place)}: the evidence cannot be read ({type(error).__name__}); grade it again"
        ) from None


def seed_of(report: GradeReport) -> int:
    """Return the seed that a submission was graded with. Raises BadInput if it is not known."""
    try:
        return int(report.environment["seed"])
    except (KeyError, ValueError):
        raise BadInput(
            f"{shown(report.submission.id)}: its report does not say with which seed it was "
            "graded; grade it again"
        ) from None


def case(folder: Path, report: GradeReport, check: CheckGrade, world: Path) -> Case:
    """Return a verdict with the requests that say most about it.

    Args:
        folder: of the submission.
        report: of it.
        check: the verdict in question.
        world: the data folder that the reference is asked in.
    """
    evidence = load(folder, report)
    noted = Noted(evidence.replies)
    with _asked(noted.requests, world) as due:
        entry = catalog.catalogue()[check.id]
        with contextlib.suppress(NoAnswer):
            list(entry.function(Evidence(evidence.submission, evidence.notebook, noted), due))
        family = check.id.partition(".")[0]
        asked = [
            noted.requests[id_]
            for id_ in noted.seen
            if id_ in noted.requests and id_.partition(".")[0] == family
        ]
        made = [_exchange(request, evidence, due, check.id) for request in asked]
        chosen = _chosen([exchange for exchange in made if exchange is not None])
        found = tuple(replace(e, orders=_orders(evidence, due, e.request)) for e in chosen)
    return Case(report, check, found, seed_of(report))


@contextlib.contextmanager
def _asked(requests: Mapping[str, Request], world: Path) -> Iterator[Due]:
    with right.names(world) as names:
        yield Due(requests, in_process.agent(names))


def _chosen(found: list[Exchange]) -> list[Exchange]:
    """Return the exchanges that are shown: what differs, the plainest first."""
    wrong = [exchange for exchange in found if exchange.differs] or found
    return sorted(wrong, key=lambda e: _plainness(e.request))[:MOST]


def _plainness(request: Request) -> tuple[int, str]:
    if request.kind == "conv2d" and "input" in request.arrays:
        return calls.size(request), request.id
    return 0, ""


def _exchange(request: Request, evidence: Evidence, due: Due, check: str) -> Exchange | None:
    """Return a request of a kind that can be put by a few lines of torch; None for others."""
    reply = evidence.replies.peek(request.id)
    wanted = "grad." if check.endswith(".gradients") else ""
    if request.kind == "network":
        arrays = _network(evidence, due, request.id, wanted)
    elif request.kind == "conv2d" and "input" in request.arrays:
        right = due.peek(request.id).arrays
        arrays = {n: a for n, a in right.items() if n.startswith(wanted or "output")}
    else:
        return None
    return Exchange(request, reply, {n: (reply.arrays.get(n), a) for n, a in arrays.items()})


def _orders(evidence: Evidence, due: Due, request: Request) -> tuple[Mapping[str, Array], ...]:
    """Return what is due of a network in each accepted order; nothing of what has none."""
    part, _, key = request.id.partition(".")
    if request.kind != "network":
        return ()
    return tuple(
        {"output": right.output, **{f"grad.{name}": a for name, a in right.gradients.items()}}
        for right in view(evidence, due, part).orders(key)
    )


def _network(evidence: Evidence, due: Due, id_: str, wanted: str) -> Mapping[str, Array]:
    """Return what was due of a network: in the student's order of concatenation, if that is told.

    Where an answer is missing that would tell it, the reference's.
    """
    part, _, key = id_.partition(".")
    seen = view(evidence, due, part)
    with contextlib.suppress(NoAnswer):
        if not wanted:
            return {"output": seen.right_output(key)}
        if key == "train":
            return {f"grad.{name}": array for name, array in seen.right_gradients().items()}
    return {n: a for n, a in due.peek(id_).arrays.items() if n.startswith(wanted or "output")}
