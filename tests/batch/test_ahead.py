"""What is made ahead is there for every fork, and what was not made is said."""

import os
import signal
import sys
import warnings

import pytest

from grader.assignment.world.building import build_world, default_world_root
from grader.batch import ahead, warm
from grader.batch.ahead import Ahead, NotDone

pytestmark = pytest.mark.skipif(not ahead.possible(), reason="nothing is forked here")


@pytest.fixture(autouse=True)
def filters():
    with warnings.catch_warnings():
        yield


def failing():
    sys.stderr.close()
    raise OSError("no")


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_result_is_read_as_often_as_it_is_asked_for():
    work = Ahead(lambda: {"big": b"x" * 1_000_000, "pid": os.getpid()})
    first, second = work.result(), work.result()
    assert first == second
    assert first["pid"] != os.getpid()
    assert len(first["big"]) == 1_000_000


def test_a_fork_may_ask_too():
    work = Ahead(lambda: 413)
    again = Ahead(lambda: work.result() + 1)
    assert again.result() == 414


@pytest.mark.parametrize("make", [failing, killed, lambda: lambda: 0])
def test_work_that_fails_is_not_done(make):
    with pytest.raises(NotDone):
        Ahead(make).result()


@pytest.fixture
def prepared(monkeypatch):
    """Have the process prepare for a run with seed 5, and make the shared things of it."""

    def prepare(make):
        monkeypatch.setenv(warm.SEED, "5")
        monkeypatch.setenv(warm.WORLD, "")
        monkeypatch.setattr(warm, "_make", make)
        warm.shared.cache_clear()
        warm.preload()
        return warm.shared(5, build_world(default_world_root()))

    yield prepare
    warm.shared.cache_clear()


def test_what_was_made_ahead_is_what_would_be_made(prepared):
    made = prepared(lambda *_: ((), {"one": 1}))
    assert made.requests == ()
    assert dict(made.reference._replies) == {"one": 1}


def test_what_was_not_made_is_made_where_it_is_needed(prepared):
    made = prepared(lambda *_: failing())
    assert len(made.requests) > 50
    assert not made.reference._replies
