"""The worker: a process of its own that grades one submission and then ends.

It is the only part of the grader that parses what a student wrote, and it holds nothing but its
own submission: when it dies, by a flood, a bug or the supervisor's hand, no other is touched. It
writes files into its room and answers with a little JSON over a pipe that no sandbox inherits.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Mapping
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from grader.basics import storage
from grader.basics.exits import full, no_room
from grader.batch import costs, pages
from grader.batch.job import OUTPUT, SCRATCH, Job
from grader.batch.run import Line, Tell
from grader.handin import submissions
from grader.kernel.sandbox import SandboxError, usage
from grader.model import GradeReport, Verdict
from grader.scoring import reporting

MEMORY_BYTES = 4 << 30  # private memory of the worker itself; it needs about 1.3 GiB
_PR_SET_PDEATHSIG = 1
Say = Callable[[Mapping[str, Any]], None]


def main(connection: Connection, job: Job, room: Path) -> None:
    """Grade one submission into `room` and say over `connection` what came of it."""
    _belong_to_the_run()
    _limit_memory()
    tempfile.tempdir = str(room / SCRATCH)
    os.chdir(room)

    def say(message: Mapping[str, Any]) -> None:
        connection.send_bytes(json.dumps(message).encode())

    with contextlib.suppress(BrokenPipeError):  # the run was killed: nobody reads a traceback
        try:
            report = _grade(job, room / OUTPUT, say)
        except OSError as error:
            if not full(error):
                raise
            say({"failed": str(no_room(error, room))})
            return
        say({"done": True, "verdict": report.verdict.value, "reason": report.reason})


def _grade(job: Job, folder: Path, say: Say) -> GradeReport:
    """Return the report; whatever fails withholds it, with the reason."""
    meter = costs.Meter(elsewhere=usage.of_ended_sandboxes)

    def tell(stage: str, done: int, total: int) -> None:
        meter.stage(stage)
        say({"stage": [stage, done, total]})

    try:
        report = _graded(job, folder, tell)
    except SandboxError as error:
        report = _withheld(job, Verdict.SANDBOX_FAILURE, str(error))
    except MemoryError:
        reason = f"the worker needed more than {MEMORY_BYTES >> 30} GiB of memory"
        report = _withheld(job, Verdict.GRADER_FAILURE, reason)
    except Exception as error:  # noqa: BLE001 - ours, whatever it is: never a student's score
        report = _withheld(job, Verdict.GRADER_FAILURE, _told(error))
        storage.write(folder / storage.TRACEBACK, traceback.format_exc().encode(errors="replace"))
    if report.verdict.withheld:
        _write(folder, pages.of_withheld(report))
    storage.write(folder / storage.EVIDENCE / costs.FILE, storage.to_json(meter.cost()))
    return report


def _graded(job: Job, folder: Path, tell: Tell) -> GradeReport:
    """Take the submission through the line and write all that came of it."""
    line = Line(job.settings)
    graded = line.run(submissions.parse(job.hand_in), tell)
    tell("writing the report", 0, 1)
    graded.save_evidence(folder / storage.EVIDENCE)
    _write(folder, pages.of_graded(graded, line.reference))
    storage.save_report(folder, graded.report)
    return graded.report


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        storage.write(folder / name, data)


def _withheld(job: Job, verdict: Verdict, reason: str) -> GradeReport:
    settings = job.settings
    return reporting.withheld(job.hand_in, verdict, reason, settings.rubric, settings.isolation)


def _told(error: Exception) -> str:
    """Return where and how the grader failed, in a line for a bug report."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    said = " ".join(str(error).split())[:200]
    return f"{type(error).__name__} in {Path(frame.filename).name}:{frame.lineno}: {said}"


def _belong_to_the_run() -> None:
    """End when the run ends, however it ends; leave Ctrl-C to the run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":  # the process that forked this one ends with the run
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch_the_run, name="run-watch", daemon=True).start()


def _watch_the_run() -> None:
    run = parent_process()
    if run is not None:
        run.join()
        os._exit(1)


def _limit_memory() -> None:
    """Bound this process; what it starts has bounds of its own, so the hard limit stays."""
    if sys.platform == "win32":
        return
    import resource

    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    soft = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
