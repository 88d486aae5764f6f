"""Workers that misbehave, each named by its sin: what a compromised or broken one could do."""

import json
import os
import signal
import time
from dataclasses import replace

import numpy as np

from grader.basics import storage
from grader.batch import worker
from grader.model import GradeReport, Submission, Verdict
from grader.scoring import reporting, rubric


def good_report(job, **changes) -> GradeReport:
    report = GradeReport(Submission(job.hand_in.id), "graded", 1.0, 3.2, "none")
    return replace(report, **changes)


def leave(room, report):
    storage.save_report(room / worker.OUTPUT, report)


def done(connection):
    connection.send_bytes(json.dumps({"done": True}).encode())


def honest(connection, job, room):
    connection.send_bytes(json.dumps({"stage": ["running", 1, 2]}).encode())
    leave(room, good_report(job))
    done(connection)


def exits(connection, job, room):
    os._exit(3)


def crashes_with_a_trace(connection, job, room):
    os.write(2, b"thread '<unnamed>' panicked at src/lib.rs\n" * 9999)
    os.abort()


def killed(connection, job, room):
    os.kill(os.getpid(), signal.SIGKILL)


def hangs(connection, job, room):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)


def chatters_for_ever(connection, job, room):
    while True:
        connection.send_bytes(json.dumps({"stage": ["running", 1, 2]}).encode())


def says_garbage(connection, job, room):
    connection.send_bytes(b"\xff\x00{")
    time.sleep(600)


def says_too_much(connection, job, room):
    connection.send_bytes(b"[" * (1 << 20))
    time.sleep(600)


def says_deep_json(connection, job, room):
    connection.send_bytes(b"[" * 10_000)
    time.sleep(600)


def forgets_the_report(connection, job, room):
    done(connection)


def writes_half_a_report(connection, job, room):
    storage.write(room / worker.OUTPUT / "report.json", b'{"submission": {"id": "ann"')
    done(connection)


def grades_another(connection, job, room):
    leave(room, good_report(job, submission=Submission("eve")))
    done(connection)


def contradicts_itself(connection, job, room):
    leave(room, good_report(job, verdict=Verdict.GRADER_FAILURE))
    done(connection)


def links_to_a_secret(connection, job, room):
    leave(room, good_report(job))
    (room / worker.OUTPUT / "evidence.txt").symlink_to("/etc/passwd")
    done(connection)


def links_hard(connection, job, room):
    leave(room, good_report(job))
    os.link(room / worker.OUTPUT / "report.json", room / worker.OUTPUT / "again.json")
    done(connection)


def writes_ten_gigabytes(connection, job, room):
    leave(room, good_report(job))
    with (room / worker.OUTPUT / "big").open("wb") as file:
        file.truncate(10 << 30)
    done(connection)


def needs_too_much_memory(connection, job, room):
    worker._limit_memory()
    try:
        held = [np.empty(1 << 28, np.uint8) for _ in range(64)]
        assert held
    except MemoryError:
        os._exit(9)


def withholds(connection, job, room):
    report = reporting.withheld(
        job.hand_in, Verdict.SANDBOX_FAILURE, "no namespace", rubric.load(), "bubblewrap"
    )
    leave(room, report)
    done(connection)
