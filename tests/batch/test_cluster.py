"""The same work on a Dask cluster: a real scheduler, real workers, one of them killed."""

import os
import signal
from dataclasses import replace

import dask
import pytest

from grader.basics.exits import BadInput
from grader.batch import batch, cluster, supervisor
from grader.batch.settings import Settings
from grader.model import HandIn, Verdict
from grader.scoring import rubric

distributed = pytest.importorskip("distributed")  # in the extra [test], so always in CI

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # distributed's own, of tornado and of closing
]


def settings():
    return Settings("none", None, 1, rubric.load())


@pytest.fixture(scope="module")
def scheduler():
    with (
        dask.config.set({"distributed.worker.daemon": False}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as started,
    ):
        yield started


def pids(address):
    with distributed.Client(address, set_as_default=False) as client:
        return client.run(os.getpid)


def test_a_worker_that_is_killed_costs_nothing(scheduler):
    """Submissions without a notebook take the whole way but for the kernel."""
    hand_ins = [HandIn(f"student {number}", {"notes.txt": b"x"}) for number in range(5)]
    parcels = []
    victim = next(iter(pids(scheduler.scheduler_address).values()))

    def finished(hand_in, parcel):
        assert hand_in.id == parcel.id
        parcels.append(parcel)
        if len(parcels) == 2:
            os.kill(victim, signal.SIGKILL)

    with cluster.dask(scheduler.scheduler_address, "none") as engine:
        engine = replace(engine, task=supervisor.grade)  # these need no reference made ready
        batch.run(engine, hand_ins, settings(), finished)
    assert sorted(p.id for p in parcels) == sorted(h.id for h in hand_ins)  # none lost or doubled
    assert {p.verdict for p in parcels} == {Verdict.STUDENT_ERROR}
    assert all("report.json" in p.files for p in parcels)
    assert victim not in pids(scheduler.scheduler_address).values()


def test_no_scheduler_is_one_line(monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS", 1)
    with (
        pytest.raises(BadInput, match="no scheduler answers there"),
        cluster.dask("tcp://127.0.0.1:9", "none"),
    ):
        pass


def test_what_is_wrong_with_a_machine_is_named(monkeypatch):
    digest = cluster.keys.code_digest()
    assert cluster.what_is_wrong(digest, "none") == ""
    assert "another version" in cluster.what_is_wrong("0", "none")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(cluster.sandbox, "choose_isolation", refuse)
    assert cluster.what_is_wrong(digest, "auto") == "bubblewrap is not installed"


def refuse(tier):
    raise BadInput("bubblewrap is not installed")
