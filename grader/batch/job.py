"""What travels to a worker. Light: the run needs no torch, which the worker has already."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from grader.batch.settings import Settings
from grader.model import HandIn

OUTPUT = "out"  # in the room: what the run takes over
LOG = "worker.log"  # in the room: what it and its libraries print; beside the report, if anything
SCRATCH = "t"  # in the room; short, since sockets lie below it


@dataclass(frozen=True)
class Job:
    """One submission to grade, as it travels to a worker, be it on another machine."""

    hand_in: HandIn
    settings: Settings


def work(connection: Connection, job: Job, room: Path) -> None:
    """Grade one submission; see `worker.main`."""
    from grader.batch import worker

    worker.main(connection, job, room)


def logged(
    target: Callable[[Connection, Job, Path], None], connection: Connection, job: Job, room: Path
) -> None:
    """Call `target`; what is printed meanwhile, by libraries that crash too, goes into a file."""
    log = os.open(room / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for flow in (1, 2):
        os.dup2(log, flow)
    os.close(log)
    target(connection, job, room)
