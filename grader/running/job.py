"""What travels to a worker. Light: the run needs no torch, which the worker has already."""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from grader.model import HandIn
from grader.settings import Settings

OUTPUT = "out"  # in the room: what the run takes over
SCRATCH = "t"  # in the room; short, since sockets lie below it


@dataclass(frozen=True)
class Job:
    """One submission to grade, as it travels to a worker, be it on another machine."""

    hand_in: HandIn
    settings: Settings


def work(connection: Connection, job: Job, room: Path) -> None:
    """Grade one submission; see `worker.main`."""
    from grader.running import worker

    worker.main(connection, job, room)
