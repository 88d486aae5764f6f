"""The processor time of a sandbox, which is killed and never waited for."""

import os

import pytest

from grader.kernel.sandbox import forks, usage

BURN = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end: pass"
CHILD = "import os\nif os.fork() == 0:\n    " + BURN.format(0.6).replace("\n", "\n    ")
CHILD += "\n    os._exit(0)\nos.wait()"


@pytest.mark.parametrize("code", [BURN.format(0.6), CHILD], ids=["itself", "a child"])
@pytest.mark.parametrize("forked", [False, True], ids=["fresh", "forked"])
def test_what_a_kernel_used_is_counted_when_its_sandbox_ends(code, forked, running, world):
    if forked:
        forks.start(forks.environment_inside(), ["ipykernel.kernelapp"])
    before = usage.of_ended_sandboxes()
    try:
        with running(world()) as kernel:
            kernel.run(code)
            assert usage.of_ended_sandboxes() == before
    finally:
        forks.stop()
    assert 0.6 <= usage.of_ended_sandboxes() - before < 6


def test_it_is_counted_as_the_system_does():
    times = os.times()
    of_system = sum((times.user, times.system, times.children_user, times.children_system))
    assert usage.cpu_seconds([os.getpid()]) == pytest.approx(of_system, abs=0.2)


def test_a_process_that_has_ended_counts_nothing():
    assert usage.cpu_seconds([1 << 22]) == 0.0
