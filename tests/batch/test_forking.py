"""The process that workers are forked from: one as long as it is prepared for the right thing."""

import multiprocessing
import os

import pytest

from grader.batch import forking

SEED = "GRADER_TEST_SEED"


def parent_and_seed(sender):
    sender.send((os.getppid(), os.environ.get(SEED)))


def worker():
    """Return which process a worker is forked from, and what that was prepared for."""
    receiver, sender = forking.context().Pipe(duplex=False)
    process = forking.context().Process(target=parent_and_seed, args=(sender,))
    process.start()
    found = receiver.recv()
    process.join()
    return found


@pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods(), reason="nothing is forked here"
)
def test_what_was_prepared_for_another_run_is_replaced():
    forking.warm({SEED: "1"})
    first, seed = worker()
    assert seed == "1"
    forking.warm({SEED: "1"})
    forking.warm({})  # nothing need be prepared: any will do
    assert worker() == (first, "1")
    forking.warm({SEED: "2"})
    second, seed = worker()
    assert seed == "2"
    assert second != first
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
