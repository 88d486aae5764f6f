"""A worker may do what it likes: its own submission is withheld, and nothing else happens."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from grader.basics import storage
from grader.batch import forking, rooms, supervisor
from grader.batch.job import Job
from grader.batch.settings import Settings
from grader.kernel.session.deadlines import Deadlines
from grader.model import GradeReport, HandIn, Verdict
from grader.scoring import rubric
from tests import bad_workers

ROOT = Path(__file__).parents[2]


def job():
    settings = Settings("none", None, 1, rubric.load(), deadlines=Deadlines(submission=1))
    return Job(HandIn("ann", {"a2-cnn.ipynb": b"{}"}), settings)


@pytest.fixture(autouse=True)
def short(monkeypatch, tmp_path):
    monkeypatch.setattr(supervisor, "PATIENCE", 4.0)
    monkeypatch.setattr(rooms, "base", lambda: tmp_path)
    supervisor.allow()  # another test's run may have been stopped in this process


@pytest.fixture(autouse=True, scope="module")
def warm():
    """Let the imports be over before a deadline of seconds begins."""
    forking.warm({})
    process = forking.context().Process(target=time.sleep, args=(0,))
    process.start()
    process.join()


def grade(sin, **kwargs):
    return supervisor.grade(job(), target=sin, **kwargs)


def test_an_honest_worker_is_believed(tmp_path):
    told = []
    parcel = grade(bad_workers.honest, tell=lambda *stage: told.append(stage))
    assert told == [("running", 1, 2)]
    assert (parcel.id, parcel.verdict, parcel.withheld) == ("ann", Verdict.OK, False)
    assert list(parcel.files) == ["report.json"]
    assert not list(tmp_path.iterdir())  # nothing is left behind


SINS = {
    bad_workers.exits: "ended with exit code 3",
    bad_workers.killed: "was killed by signal 9",
    bad_workers.hangs: "did not finish in time",
    bad_workers.chatters_for_ever: "did not finish in time",
    bad_workers.says_garbage: "something unexpected",
    bad_workers.says_too_much: "the worker",
    bad_workers.says_deep_json: "something unexpected",
    bad_workers.forgets_the_report: "no proper report",
    bad_workers.writes_half_a_report: "no proper report",
    bad_workers.grades_another: "of another submission",
    bad_workers.contradicts_itself: "contradicts itself",
    bad_workers.links_to_a_secret: "evidence.txt: ",
    bad_workers.links_hard: "a hard link",
    bad_workers.writes_ten_gigabytes: "larger than",
    bad_workers.needs_too_much_memory: "ended with exit code 9",
}


@pytest.mark.parametrize("sin", SINS, ids=lambda sin: sin.__name__)
def test_a_bad_worker_costs_its_own_submission_a_report(sin, tmp_path):
    started = time.monotonic()
    parcel = grade(sin)
    assert time.monotonic() - started < 30
    assert parcel.withheld
    assert parcel.verdict is Verdict.GRADER_FAILURE
    assert SINS[sin] in parcel.reason
    report = storage.from_json(GradeReport, parcel.files["report.json"])
    assert (report.status, report.score, report.submission.id) == ("withheld", 0, "ann")
    assert report.reason == parcel.reason
    mine = {"report.json", "report.html"}
    assert set(parcel.files) - {"worker.log"} == mine  # nothing that it wrote
    assert not list(tmp_path.iterdir())
    assert not [p for p in psutil.Process().children() if p.name() == "worker"]


def test_what_a_worker_prints_lies_beside_its_report_and_not_on_the_terminal(capfd):
    parcel = grade(bad_workers.crashes_with_a_trace)
    assert "killed by signal 6" in parcel.reason
    log = parcel.files["worker.log"]
    assert log.startswith(b"thread '<unnamed>' panicked")
    assert len(log) == supervisor.LOG_LIMIT
    assert capfd.readouterr().err == ""


def test_a_worker_killed_from_outside_is_started_once_more(monkeypatch):
    sins = [bad_workers.killed, bad_workers.honest]
    attempt = supervisor._attempt
    monkeypatch.setattr(supervisor, "_attempt", lambda *a: attempt(*a[:-1], sins.pop(0)))
    assert grade(bad_workers.exits).verdict is Verdict.OK
    assert sins == []


def test_a_sandbox_that_fails_withholds(tmp_path):
    parcel = grade(bad_workers.withholds)
    assert (parcel.verdict, parcel.withheld) == (Verdict.SANDBOX_FAILURE, True)


def test_stopping_ends_workers_and_starts_none(tmp_path):
    supervisor.stop_all()
    try:
        assert "the run was stopped" in grade(bad_workers.honest).reason
    finally:
        supervisor.allow()
    assert grade(bad_workers.honest).verdict is Verdict.OK


def test_a_sweep_between_making_a_room_and_locking_it_costs_nothing(tmp_path, monkeypatch):
    """Each task of a cluster sweeps, while others make their rooms."""
    swept = []

    class Late(rooms.FileLock):
        def acquire(self, *args, **options):
            if not swept:
                swept.append(None)
                swept[0] = rooms.sweep()
            return super().acquire(*args, **options)

    make = rooms.tempfile.mkdtemp

    def made(**options):
        folder = make(**options)
        (Path(folder) / rooms.LOCK).touch()  # a lock's file is there before it is locked
        return folder

    monkeypatch.setattr(rooms.tempfile, "mkdtemp", made)
    monkeypatch.setattr(rooms, "FileLock", Late)
    with rooms.room() as room:
        assert swept == [1]
        assert not room.stat().st_mode & 0o077
        assert (room / rooms.LOCK).is_file()
        assert rooms.sweep() == 0
    assert not list(tmp_path.glob("g-*"))


def test_rooms_of_killed_runs_are_swept_and_others_are_not(tmp_path):
    (tmp_path / "g-abandoned").mkdir()
    (tmp_path / "g-abandoned" / "lock").touch()
    (tmp_path / "g-foreign").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "g-link").symlink_to(tmp_path / "other")
    with rooms.room() as room:
        assert rooms.sweep() == 1
        assert room.is_dir()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["g-foreign", "g-link", "other"]


CUT_OFF = """
import os
from multiprocessing import forkserver
from grader.batch import forking
forking.warm({})
over, job = forkserver.connect_to_new_process([])
os.write(job, b"half a jo")
os.close(job)
print(len(os.read(over, 8)))
"""


def test_a_run_that_is_killed_while_it_hands_over_a_job_leaves_no_traceback():
    command = [sys.executable, "-c", CUT_OFF]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    assert (done.stdout, done.stderr) == ("8\n", "")
