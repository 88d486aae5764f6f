"""A Dask cluster as the place where submissions are graded.

Submissions travel as bytes and results come back as bytes: the machines of the cluster share
nothing but this package. Dask runs a task again whose machine died (`RETRIES`).
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Iterator
from typing import Any

from grader.basics.exits import BadInput
from grader.batch import forking, keys, rooms, supervisor
from grader.batch.batch import Engine
from grader.batch.job import Job
from grader.batch.supervisor import Parcel
from grader.kernel import sandbox

RETRIES = 3
SECONDS = 20  # until a scheduler must have answered
DAEMON = "DASK_DISTRIBUTED__WORKER__DAEMON=False"


@contextlib.contextmanager
def dask(address: str, tier: str) -> Iterator[Engine]:
    """Yield a cluster whose machines were looked at: same version, working sandbox.

    Args:
        address: of the scheduler, for instance "tcp://host:8786".
        tier: what `--sandbox` asks for; it must hold on every machine.

    Raises:
        BadInput: there is no cluster, or one of its machines cannot grade; one line.
    """
    with _client(address) as client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise BadInput(f"--scheduler {address}: this cluster has no workers; start some")
        for worker, problem in client.run(what_is_wrong, keys.code_digest(), tier).items():
            if problem:
                raise BadInput(f"--scheduler {address}: worker {worker}: {problem}")
        yield Engine(client.get_executor(pure=False, retries=RETRIES), threads, grade)


@contextlib.contextmanager
def _client(address: str) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError:
        raise BadInput(
            "--engine dask: the package distributed is missing; "
            "pip install 'csc413-a2-grader[cluster]'"
        ) from None
    try:
        client: Any = Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise BadInput(f"--scheduler {address}: no scheduler answers there ({reason})") from None
    with client:
        yield client


def what_is_wrong(digest: str, tier: str) -> str:
    """Return, on a machine of the cluster, why it cannot grade; "" if it can."""
    if multiprocessing.current_process().daemon:
        return f"it may not start processes; start the workers with {DAEMON} in their environment"
    if keys.code_digest() != digest:
        return "it has another version of the grader or of its libraries; install the same"
    try:
        sandbox.choose_isolation(tier)
    except BadInput as error:
        return str(error)
    return ""


def grade(job: Job) -> Parcel:
    """Grade one submission on a machine of the cluster."""
    from grader.batch import warm

    rooms.sweep()
    forking.warm(warm.environment(job.settings))
    return supervisor.grade(job)
