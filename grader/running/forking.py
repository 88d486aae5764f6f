"""How workers are started: forked from a warm process where the system can, else started afresh."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
from collections.abc import Iterator, Mapping
from multiprocessing import forkserver
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext  # not on Windows

KERNELS = "GRADER_PRELOAD_KERNELS"  # the tier for which a process to fork kernels from is started
PRELOADED = ["grader.running.preload"]


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

    Args:
        environment: variables for `grader.running.preload`.
    """
    if context().get_start_method() != "forkserver":
        return
    with _elsewhere(), _variables(environment):
        forkserver.ensure_running()


@contextlib.contextmanager
def _elsewhere() -> Iterator[None]:
    """Leave the working folder: Python would import from it, and it may hold hand-ins."""
    here = Path.cwd()
    os.chdir("/")
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
