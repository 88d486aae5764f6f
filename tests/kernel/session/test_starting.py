"""A kernel that starts and does not answer costs a second start, never a student a point."""

import functools

import pytest

from grader.kernel.sandbox import SandboxError, forks
from grader.kernel.session.connection import BoundedClient
from tests.kernel.session import kernels
from tests.kernel.session.kernels import outcomes

running = functools.partial(kernels.running, light=True)


def test_a_kernel_that_never_answers_is_replaced(monkeypatch):
    honest, asked = BoundedClient.wait_for_ready, []

    async def deaf(client, timeout=None):
        asked.append(timeout)
        if len(asked) == 1:
            raise RuntimeError("the kernel did not answer")
        await honest(client, timeout)

    monkeypatch.setattr(BoundedClient, "wait_for_ready", deaf)
    with running("x = 1") as runner:
        assert outcomes(runner) == ["ok"]
        assert runner.executed().restarts == 0
    assert asked == [60, 120]


def test_a_machine_on_which_no_kernel_answers_is_not_the_students_fault(monkeypatch):
    async def deaf(client, timeout=None):
        raise RuntimeError("the kernel did not answer")

    monkeypatch.setattr(BoundedClient, "wait_for_ready", deaf)
    with pytest.raises(SandboxError, match="did not start"), running("x = 1"):
        pass


KILLED = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


def deaf_from(second, until, monkeypatch):
    """Let only those kernels answer that are not the second to the last of these."""
    honest, asked = BoundedClient.wait_for_ready, []

    async def deaf(client, timeout=None):
        asked.append(timeout)
        if second <= len(asked) <= until:
            raise RuntimeError("the kernel did not answer")
        await honest(client, timeout)

    monkeypatch.setattr(BoundedClient, "wait_for_ready", deaf)


def test_a_folder_in_which_no_kernel_starts_again_is_the_notebooks_doing(monkeypatch):
    deaf_from(2, 3, monkeypatch)
    with running(KILLED, "x = 1") as runner:
        assert outcomes(runner) == ["died", "skipped"]


def test_where_no_kernel_starts_elsewhere_either_it_is_ours(monkeypatch):
    deaf_from(2, 99, monkeypatch)
    with pytest.raises(SandboxError, match="did not start"), running(KILLED, "x = 1"):
        pass


def test_closed_folders_are_opened_for_the_kernel_that_takes_another_s_place():
    closes = "import os; os.chmod('/content', 0); os.chmod('/io', 0)"
    with running(closes, KILLED, "x = 1") as runner:
        assert outcomes(runner) == ["ok", "died", "ok"]


def test_where_the_warm_process_has_died_the_kernel_starts_afresh():
    forks.start(forks.environment_inside(), ["ipykernel.kernelapp"])
    try:
        warm = forks.current(forks.environment_inside())
        warm.process.kill()
        warm.process.wait()
        with running("import os; assert os.getppid() == 1") as runner:
            assert outcomes(runner) == ["ok"]
            assert runner.executed().restarts == 0
        assert not forks.started()
    finally:
        forks.stop()


def test_a_kernel_that_takes_another_s_place_is_forked_as_well():
    forks.start(forks.environment_inside(), ["ipykernel.kernelapp"])
    try:
        cells = ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "1 / os.getppid()")
        with running(*cells) as runner:
            assert outcomes(runner) == ["died", "raised"]
    finally:
        forks.stop()
