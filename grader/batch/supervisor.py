"""Starts a worker for one submission, bounds it, and takes over what it made.

The supervisor parses no byte that a student wrote. A worker that dies, hangs or says anything that
is not expected costs its own submission a report, which is withheld for a person to look at.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from grader.basics import storage
from grader.basics.exits import full, no_room
from grader.basics.files import Refused, read_plain
from grader.batch import forking, journal, pages, rooms
from grader.batch.job import LOG, OUTPUT, SCRATCH, Job, logged, work
from grader.model import GradeReport, Verdict
from grader.scoring import reporting

REASON_LIMIT = 300  # characters
MESSAGE_LIMIT = 16 << 10  # bytes of one message of a worker
FILE_LIMIT = 256 << 20
TOTAL_LIMIT = 512 << 20
LOG_LIMIT = 64 << 10
ATTEMPTS = 2  # a worker that was killed from outside is started once more
PATIENCE = 600.0  # seconds for judging, pages and restarts, beyond the submission's own deadline
Tell = Callable[[str, int, int], None]
Target = Callable[[Connection, Job, Path], None]


@dataclass(frozen=True)
class Parcel:
    """All that came of one submission: the files of its folder, by relative name."""

    id: str
    verdict: Verdict
    reason: str
    files: Mapping[str, bytes]
    seconds: float

    @property
    def withheld(self) -> bool:
        """Return whether there is no score and a person must look."""
        return self.verdict.withheld


class WorkerFailed(Exception):
    """A worker gave no answer that can be used; says why, and what it printed."""

    printed: Mapping[str, bytes] = {}


class WorkerDied(WorkerFailed):
    """A worker ended without an answer: perhaps somebody else ended it, so it is worth a retry."""


class _Live:
    """The workers that run just now, so that an interrupt can end them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: set[BaseProcess] = set()
        self.stopping = False

    def start(self, process: BaseProcess) -> None:
        """Start a worker, unless the run is being stopped. Raises WorkerFailed."""
        if not self.stopping:
            process.start()  # may wait until the process that it is forked from is warm
            with self._lock:
                self._processes.add(process)
        if self.stopping:
            raise WorkerFailed("the run was stopped")

    def remove(self, process: BaseProcess) -> None:
        with self._lock:
            self._processes.discard(process)

    def stop(self, *, stopping: bool) -> None:
        with self._lock:
            self.stopping = stopping
            for process in self._processes if stopping else ():
                process.kill()


_live = _Live()


def allow() -> None:
    """Let workers start again after `stop_all`."""
    _live.stop(stopping=False)


def stop_all() -> None:
    """End every worker of this process and let none start."""
    _live.stop(stopping=True)


def grade(job: Job, tell: Tell = lambda *_: None, target: Target = work) -> Parcel:
    """Grade one submission in a worker of its own. Never raises for what the worker does.

    Args:
        job: the submission.
        tell: called with stage, done and total as the worker gets on.
        target: what the worker runs.
    """
    started = time.monotonic()
    reason, printed = "", dict[str, bytes]()
    for _ in range(ATTEMPTS):
        try:
            return _attempt(job, tell, started, target)
        except WorkerFailed as failed:
            reason, printed = str(failed), {**printed, **failed.printed}
            journal.failed(job.hand_in.id, reason)
            if not isinstance(failed, WorkerDied):
                break
        except OSError as error:
            if not full(error):
                raise
            reason = str(no_room(error, rooms.base()))
            break
    report = reporting.withheld(
        job.hand_in,
        Verdict.GRADER_FAILURE,
        reason,
        job.settings.rubric,
        job.settings.isolation,
    )
    return _parcel(report, {**pages.of_withheld(report), **printed}, started)


def _attempt(job: Job, tell: Tell, started: float, target: Target) -> Parcel:
    with rooms.room() as room:
        (room / SCRATCH).mkdir(mode=0o711)  # sandboxes of other users lie below it
        (room / OUTPUT).mkdir(mode=0o700)
        room.chmod(0o711)
        try:
            with _worker(target, job, room) as (process, receiver):
                end = time.monotonic() + job.settings.deadlines.submission + PATIENCE
                _listen(receiver, process, end, tell)
            files = collect(room / OUTPUT)
            report = _checked(files, job)
        except WorkerFailed as failed:
            failed.printed = _printed(room)
            raise
        return _parcel(report, {**files, **_printed(room)}, started)


def _printed(room: Path) -> dict[str, bytes]:
    """Return what a worker printed, as a file beside the report; {} for nothing, as is usual."""
    try:
        with (room / LOG).open("rb") as file:
            data = file.read(LOG_LIMIT)
    except OSError:
        return {}
    return {LOG: data} if data else {}


@contextlib.contextmanager
def _worker(target: Target, job: Job, room: Path) -> Iterator[tuple[BaseProcess, Connection]]:
    """Yield a running worker and the end of the pipe that it speaks into; it is gone after."""
    context = forking.context()
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=logged, args=(target, sender, job, room), name="worker")
    try:
        _live.start(process)
        sender.close()
        yield process, receiver
    finally:
        receiver.close()
        if process.pid is not None:
            process.kill()
            process.join()
        _live.remove(process)


def _listen(receiver: Connection, process: BaseProcess, end: float, tell: Tell) -> None:
    """Return when the worker says that it is done. Raises WorkerFailed."""
    while True:
        left = end - time.monotonic()
        if left <= 0 or not receiver.poll(left):
            raise WorkerFailed("the worker did not finish in time")
        try:
            message = _message(receiver.recv_bytes(MESSAGE_LIMIT))
        except (EOFError, OSError):
            process.join(1)
            raise WorkerDied(f"the worker {_how(process.exitcode)}") from None
        if message.get("done") is True:
            return
        if isinstance(message.get("failed"), str):
            raise WorkerFailed(message["failed"][:REASON_LIMIT])
        match message.get("stage"):
            case [str(stage), int(done), int(total)]:
                tell(stage[:80], done, total)
            case _:
                raise WorkerFailed("the worker said something unexpected")


def _message(data: bytes) -> dict[str, Any]:
    try:
        message = json.loads(data)
    except (ValueError, RecursionError):
        message = None
    return message if isinstance(message, dict) else {}


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was killed by signal {-code}"
    return f"ended with exit code {code}"


def collect(folder: Path) -> dict[str, bytes]:
    """Return the plain files below a folder by relative name, within limits.

    Raises WorkerFailed for what may not be taken over.
    """
    files: dict[str, bytes] = {}
    left = TOTAL_LIMIT
    for path in sorted(folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        name = path.relative_to(folder).as_posix()
        try:
            files[name] = data = read_plain(path, min(FILE_LIMIT, left), alone=True)
        except Refused as refused:
            raise WorkerFailed(f"the worker left {name}: {refused}") from None
        left -= len(data)
    return files


def _checked(files: Mapping[str, bytes], job: Job) -> GradeReport:
    """Return the report among a worker's files, read by its schema. Raises WorkerFailed."""
    try:
        report = storage.from_json(GradeReport, files[storage.REPORT])
    except (storage.Unreadable, KeyError) as error:
        raise WorkerFailed(f"the worker left no proper report: {error}") from None
    if report.submission.id != job.hand_in.id:
        raise WorkerFailed("the worker's report is of another submission")
    if report.verdict.withheld != (report.status == "withheld"):
        raise WorkerFailed("the worker's report contradicts itself")
    return report


def _parcel(report: GradeReport, files: Mapping[str, bytes], started: float) -> Parcel:
    seconds = time.monotonic() - started
    return Parcel(report.submission.id, report.verdict, report.reason, files, seconds)
