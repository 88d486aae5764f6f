"""Many submissions through a `concurrent.futures.Executor`: this machine's, or a cluster's."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass

from grader.batch import forking, pages, rooms, supervisor
from grader.batch.job import Job
from grader.batch.settings import Settings
from grader.batch.supervisor import Parcel, Tell
from grader.model import HandIn, Verdict
from grader.scoring import reporting

AHEAD = 2  # jobs in the executor's hands for each that runs: memory stays flat in a large class


@dataclass(frozen=True)
class Engine:
    """Where the work is done, how many submissions at once, and what does one there."""

    executor: Executor
    jobs: int
    task: Callable[[Job], Parcel] = supervisor.grade

    def submit(self, job: Job) -> Future[Parcel]:
        """Begin with one submission."""
        return self.executor.submit(self.task, job)


@contextlib.contextmanager
def local(
    jobs: int, environment: Mapping[str, str], tell: Tell = lambda *_: None
) -> Iterator[Engine]:
    """Yield this machine: a thread a submission, each of which waits for a worker process.

    Args:
        jobs: submissions at once.
        environment: what the process that workers are forked from prepares; see `warm.py`.
        tell: called with stage, done and total of a submission, on any thread.
    """
    rooms.sweep()
    supervisor.allow()
    forking.warm(environment)
    executor = ThreadPoolExecutor(jobs, thread_name_prefix="supervisor")
    try:
        yield Engine(executor, jobs, functools.partial(supervisor.grade, tell=tell))
    except BaseException:  # an interrupt, or a full disk: nothing more will be asked of it
        supervisor.stop_all()
        forking.cut_off()
        raise
    finally:
        supervisor.stop_all()
        executor.shutdown(wait=True, cancel_futures=True)


def default_jobs() -> int:
    """Return how many submissions to grade at once: a core each."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(
    engine: Engine,
    hand_ins: Iterable[HandIn],
    settings: Settings,
    finished: Callable[[HandIn, Parcel], None],
) -> None:
    """Grade hand-ins; `finished` is called for each, on this thread, in the order they end."""
    running: dict[Future[Parcel], HandIn] = {}
    for hand_in in hand_ins:
        running[engine.submit(Job(hand_in, settings))] = hand_in
        while len(running) >= AHEAD * engine.jobs:
            _take(running, settings, finished)
    while running:
        _take(running, settings, finished)


def _take(
    running: dict[Future[Parcel], HandIn],
    settings: Settings,
    finished: Callable[[HandIn, Parcel], None],
) -> None:
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        hand_in = running.pop(future)
        finished(hand_in, _result(future, hand_in, settings))


def _result(future: Future[Parcel], hand_in: HandIn, settings: Settings) -> Parcel:
    try:
        return future.result()
    except (KeyboardInterrupt, CancelledError):
        raise
    except Exception as error:  # noqa: BLE001 - an engine may fail in ways of its own
        reason = f"the engine failed: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
        report = reporting.withheld(
            hand_in, Verdict.GRADER_FAILURE, reason, settings.rubric, settings.isolation
        )
        return Parcel(hand_in.id, report.verdict, reason, pages.of_withheld(report), 0.0)
