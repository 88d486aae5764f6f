"""How workers are started: forked from a warm process where the system can, else started afresh."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import TYPE_CHECKING

from grader.basics import interrupts

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext  # not on Windows

KERNELS = "GRADER_PRELOAD_KERNELS"  # the tier for which a process to fork kernels from is started
PRELOADED = ["grader.batch.preload"]
_prepared: dict[str, str] | None = None  # what it was started with
_lock = threading.Lock()


@functools.lru_cache(maxsize=1)
def context() -> ForkServerContext | SpawnContext:
    """Return the context that starts a worker; see `warm`."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        forking = multiprocessing.get_context("forkserver")
        forking.set_forkserver_preload(PRELOADED)
        return forking
    return multiprocessing.get_context("spawn")


def warm(environment: Mapping[str, str]) -> None:
    """Start the process that workers are forked from, and let it prepare; returns at once.

    One that was prepared for something else, as a machine of a cluster has it from the run before,
    is ended first; its workers go on.

    Args:
        environment: variables for `grader.batch.preload`; empty where nothing need be prepared.
    """
    global _prepared
    if context().get_start_method() != "forkserver":
        return
    with _lock, _elsewhere(), _variables(environment):
        if environment and _prepared not in (None, environment):
            _end()
        resource_tracker.ensure_running()  # first: it lets SIGINT through again
        with interrupts.held_back():
            forkserver.ensure_running()
        _prepared = dict(environment) or _prepared


def _end() -> None:
    """End the process that workers are forked from; Python itself only does so for its tests."""
    end = getattr(forkserver._forkserver, "_stop", None)  # noqa: SLF001 - there is no public one
    if end is not None:
        end()


def cut_off() -> None:
    """Kill the process that workers are forked from, and its workers with it: the run is over.

    It may still be preparing, and whoever asked it for a worker waits until it has done so.
    """
    pid = getattr(getattr(forkserver, "_forkserver", None), "_forkserver_pid", None)
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def _elsewhere() -> Iterator[None]:
    """Leave the working folder: Python would import from it, and it may hold hand-ins.

    Not for `/`, where a checkout called `grader` may lie, which is no package.
    """
    here = Path.cwd()
    os.chdir("/usr")
    try:
        yield
    finally:
        os.chdir(here)


@contextlib.contextmanager
def _variables(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
