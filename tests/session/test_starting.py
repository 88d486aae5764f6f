"""A kernel that starts and does not answer costs a second start, never a student a point."""

import pytest

from grader.sandbox import SandboxError
from grader.session.connection import BoundedClient
from tests.session.kernels import outcomes, running


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
