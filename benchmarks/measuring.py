"""What a command cost in processor time, and what the results of a run say about theirs."""

from __future__ import annotations

import contextlib
import functools
import json
import subprocess
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import torch

from grader.assignment import right
from grader.assignment.world.building import build_world, default_world_root
from grader.basics import storage
from grader.batch import ahead, costs
from grader.judging import catalog, in_process, oracle
from grader.judging.draws import Draw
from grader.kernel.sandbox.forks import PROGRAM
from grader.model import Request

SEED = 4711000000000000001  # of the runs that are measured
FORKSERVER = "multiprocessing.forkserver"  # in the command of what workers are forked from
ACCURACY = ("learn", "segment")  # kinds of requests that train for the checks of accuracy
STEPS = ("finetune_train",)  # trains too, two steps of the student's own loop, for other checks
OFTEN = 0.1  # seconds between two looks


@dataclass(frozen=True)
class Run:
    """What a command cost.

    Attributes:
        seconds: wall clock.
        code: exit code.
        once: processor seconds of the run: the command, its probe of the sandbox, and the two
            processes that workers and kernels are forked from.
        each: processor seconds of the workers and the kernels: of the submissions.
    """

    seconds: float
    code: int
    once: float
    each: float

    @property
    def cpu(self) -> float:
        """Return all processor seconds."""
        return self.once + self.each


def timed(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Run:
    """Run a command and return what it cost.

    The processor seconds are those of every process below it, as they were seen last, ten times a
    second: nobody waits for a sandbox that is killed, so the system's own count lacks kernels.
    """
    started = time.monotonic()
    seen: dict[tuple[int, float], tuple[bool, float]] = {}
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    root = psutil.Process(run.pid)
    while run.poll() is None:
        for process, of_worker in _family(root):
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                key = process.pid, process.create_time()
                seen[key] = of_worker, times.user + times.system
        time.sleep(OFTEN)
    each = sum(cpu for of_worker, cpu in seen.values() if of_worker)
    once = sum(cpu for of_worker, cpu in seen.values() if not of_worker)
    return Run(time.monotonic() - started, run.returncode, once, each)


def _family(root: psutil.Process) -> Iterator[tuple[psutil.Process, bool]]:
    """Yield a process and all below it, each with whether it belongs to a submission.

    That is a worker or what is below one, or a kernel or the one process that minds it; what
    workers and kernels are forked from is the run's.
    """
    above: set[int] = set()  # what workers are forked from, the workers, and what is below them
    warm: set[int] = set()
    with contextlib.suppress(psutil.Error):
        yield root, False
        for process in root.children(recursive=True):  # a parent comes before its children
            with contextlib.suppress(psutil.Error):
                parent, words = process.ppid(), process.cmdline()
                if parent == root.pid and any(FORKSERVER in word for word in words):
                    warm.add(process.pid)
                if parent in above or process.pid in warm:
                    above.add(process.pid)
                zygote = any(word.endswith(PROGRAM) for word in words)
                of_run = parent in warm and (zygote or process.name() == ahead.NAME.decode())
                yield process, parent in above and not of_run


def graded(out: Path) -> frozenset[str]:
    """Return the ids of the submissions that have a report, be it a withheld one."""
    return frozenset(path.name for path in storage.graded(out))


def spent(out: Path) -> dict[str, costs.Cost]:
    """Return what each worker says that it used, by id of its submission."""
    found = sorted(out.glob(f"*/{storage.EVIDENCE}/{costs.FILE}"))
    return {p.parents[1].name: storage.from_json(costs.Cost, p.read_bytes()) for p in found}


@dataclass(frozen=True)
class Training:
    """What the requests that train cost: the mean over some submissions.

    Attributes:
        accuracy: wall-clock seconds of those that the checks of accuracy ask for, by id.
        steps: likewise of the others.
        cpu: processor seconds of the former, at what each costs the reference: nobody counts them
            in the kernel, and the wall clock grows with whatever else the machine does.
        without: submissions of which no network was trained to the end.
    """

    accuracy: Mapping[str, float]
    steps: Mapping[str, float]
    cpu: float
    without: int

    @property
    def wall(self) -> float:
        """Return the wall-clock seconds that the checks of accuracy cost a submission."""
        return sum(self.accuracy.values())


def training(out: Path, ids: Collection[str]) -> Training:
    """Return what the requests that train cost; a submission that was not asked counts with 0."""
    replies = [_replies(out / id_ / storage.EVIDENCE / "replies.json") for id_ in ids]

    def means(kinds: Collection[str]) -> dict[str, float]:
        asked = [request.id for request in _requests(kinds)]
        return {
            id_: sum(r[id_]["seconds"] for r in replies if id_ in r) / len(ids) for id_ in asked
        }

    price = reference_cpu()
    trained = [[id_ for id_ in price if id_ in r and r[id_]["outcome"] == "ok"] for r in replies]
    cpu = sum(price[id_] for done in trained for id_ in done) / len(ids)
    return Training(means(ACCURACY), means(STEPS), cpu, trained.count([]))


@functools.cache
def reference_cpu() -> Mapping[str, float]:
    """Return the processor seconds that each training for accuracy costs the reference, by id."""
    torch.set_num_threads(1)  # as in a kernel
    seconds = {}
    with right.names(build_world(default_world_root())) as names:
        agent = in_process.agent(names)
        for request in _requests(ACCURACY):
            started = time.process_time()
            oracle.ask(request, agent)
            seconds[request.id] = time.process_time() - started
    return seconds


def _requests(kinds: Collection[str]) -> list[Request]:
    return [request for request in catalog.requests(Draw(SEED)) if request.kind in kinds]


def _replies(path: Path) -> dict[str, Any]:
    """Return what is stored of each reply; nothing where the submission was withheld."""
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}
