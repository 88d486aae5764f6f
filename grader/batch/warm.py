"""What the submissions of a run share: the requests, and the reference's replies to them.

Workers are forked from a process that has imported all that they need (`preload.py`) and had these
made beside it (`ahead.py`), so a submission costs neither the imports nor the reference.
Everything here runs on one thread: a fork of a process that ever ran torch on two threads hangs
as soon as it uses two itself.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from grader.batch import ahead, forking
from grader.batch.settings import Settings
from grader.judging import catalog, oracle
from grader.judging.draws import Draw
from grader.kernel.sandbox.settings import ALLOCATOR
from grader.model import Replies, Reply, Request
from grader.model.assignment import chosen

SEED, WORLD = "GRADER_PRELOAD_SEED", "GRADER_PRELOAD_WORLD"


class Reference(Replies):
    """The reference's replies, computed all at once when the first of them is looked at."""

    def __init__(
        self, requests: Iterable[Request], world: Path, known: Mapping[str, Reply] | None = None
    ) -> None:
        super().__init__(known or {}, {request.id: request for request in requests})
        self._world = world

    def complete(self) -> None:
        """Compute the replies, unless they are there."""
        if not self._replies:
            put = [request for request in self.requests.values() if not request.reserve]
            self._replies = dict(oracle.answer(put, self._world).items())

    def peek(self, key: str) -> Reply:
        """Return a reply, whatever its outcome."""
        self.complete()
        return super().peek(key)

    def __iter__(self) -> Iterator[str]:
        self.complete()
        return super().__iter__()

    def __len__(self) -> int:
        self.complete()
        return super().__len__()


@dataclass(frozen=True)
class Shared:
    """The questions of a run and the right answers; never in a sandbox."""

    requests: tuple[Request, ...]
    reference: Reference

    @property
    def asked(self) -> dict[str, Request]:
        """Return every request, by id."""
        return {request.id: request for request in self.requests}


@functools.lru_cache(maxsize=1)
def shared(seed: int, world: Path) -> Shared:
    """Return what the submissions of the run with this seed share; made once a process."""
    torch.set_num_threads(1)
    for begun in _ahead.pop((seed, world), ()):
        with contextlib.suppress(ahead.NotDone):
            requests, replies = begun.result()
            return Shared(requests, Reference(requests, world, replies))
    requests = tuple(catalog.requests(Draw(seed)))
    return Shared(requests, Reference(requests, world))


_ahead: dict[tuple[int, Path], list[ahead.Ahead]] = {}


def _make(seed: int, world: Path) -> tuple[tuple[Request, ...], dict[str, Reply]]:
    """Return the requests of a run and the reference's replies to them."""
    made = shared(seed, world)
    return made.requests, {id_: made.reference.peek(id_) for id_ in made.reference}


def world_at(place: Path | None, code: Sequence[str] | None = None) -> Path:
    """Return the data folder of a run on this machine: the given one, else the stand-in.

    Args:
        place: the given one.
        code: of the notebook that finds it there; None for all of the stand-in.
    """
    return place if place is not None else chosen().data.stand_in(code)


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that tell `grader.batch.preload` what to make."""
    world = "" if settings.world is None else str(settings.world)
    kernels = settings.isolation if settings.device == "cpu" else ""
    wanted = {SEED: str(settings.seed), WORLD: world, forking.KERNELS: kernels}
    return {**wanted, **ALLOCATOR}


def preload() -> None:
    """Begin to make what the environment asks for; what is forked from here finds it made."""
    seed, place = os.environ.pop(SEED, None), os.environ.pop(WORLD, "")
    if seed is None:
        return
    catalog.catalogue()  # its modules take a while to import
    world = world_at(Path(place) if place else None)
    if ahead.possible():
        torch.set_num_threads(1)
        _ahead[int(seed), world] = [ahead.Ahead(lambda: _make(int(seed), world))]
    else:
        shared(int(seed), world).reference.complete()
