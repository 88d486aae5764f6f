"""Makes bands.json: trains the reference, and what is known to be wrong, over many seeds.

Every figure comes out of the very requests that a submission is asked and is judged by the very
functions that judge it. Only the seeds differ: each sample has its own data and its own first
weights.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import torch

from grader.assignment import bands, right
from grader.assignment.calibration import histogram
from grader.assignment.calibration.controls import CONTROLS, Change, Names, unchanged
from grader.assignment.checks import finetune, training
from grader.assignment.world.building import build_world, default_world_root
from grader.assignment.world.deeplab import WEIGHTS
from grader.basics.storage import write
from grader.judging import in_process, oracle
from grader.judging.draws import Draw
from grader.model import Evidence, ExecutedNotebook, Replies, Request, Submission

FORMAT = 1
SEEDS = tuple(range(80))  # of the bands
CONTROL_SEEDS = SEEDS[:6]  # of networks and trainings known to be wrong
RUN_STEP = 1000  # the first weights of run r of seed s are drawn by seed s + RUN_STEP * (r + 1)
FLOOR = "no_image"  # what an answer gets that looks at no image: the commonest colour, background
COLOURS = "colours_and_places"  # what a histogram of them gets, where no network is asked


@dataclass(frozen=True)
class Task:
    """What is trained and how it is judged: one band."""

    band: str
    ask: Callable[[Draw], Iterable[Request]]  # a module's requests
    prefix: str  # of the ids of those that this task is about
    figure: Callable[[Evidence], float]
    floors: Mapping[str, Callable[[Evidence], float]]  # of answers that no network gives


def _learning(name: str) -> Task:
    part = name.lower()
    return Task(
        f"{part}_accuracy",
        training.requests,
        f"{part}.learn.",
        lambda evidence: training.accuracy(evidence, name),
        {FLOOR: lambda evidence: training.majority(evidence, name)},
    )


SEGMENTATION = Task(
    "mean_iou",
    finetune.requests,
    "finetune.segment.",
    lambda evidence: fmean(finetune.mean_ious(evidence)),
    {FLOOR: finetune.background, COLOURS: histogram.mean_iou},
)
TASKS = {task.band: task for task in (_learning("CNN"), _learning("UNet"), SEGMENTATION)}


def asked(task: Task, seed: int, change: Change = unchanged) -> dict[str, Request]:
    """Return the requests of one sample by id: data by `seed`, first weights too."""
    found = {}
    mine = (request for request in task.ask(Draw(seed)) if request.id.startswith(task.prefix))
    for run, request in enumerate(mine):
        params = {**request.params, "seed": seed + RUN_STEP * (run + 1)}
        found[request.id] = change(replace(request, params=params))
    return found


def figure(task: Task, seed: int, names: Names, change: Change = unchanged) -> float:
    """Return what the networks in `names` reach on the requests of one sample."""
    requests = asked(task, seed, change)
    agent = in_process.agent(dict(names))
    answers = {id_: oracle.ask(request, agent) for id_, request in requests.items()}
    return task.figure(_evidence(Replies(answers, requests)))


def floor(task: Task, seed: int, name: str = FLOOR) -> float:
    """Return what one gets on the requests of a sample without a network."""
    return task.floors[name](_evidence(Replies({}, asked(task, seed))))


def _evidence(replies: Replies) -> Evidence:
    return Evidence(Submission("calibration"), ExecutedNotebook("none"), replies)


Job = tuple[str, int, Callable[[], float]]


def jobs(names: Names) -> Iterator[Job]:
    """Yield the name of each figure, its seed, and a function that makes it."""
    for task in TASKS.values():
        for seed in SEEDS:
            yield task.band, seed, lambda t=task, s=seed: figure(t, s, names)  # type: ignore[misc]
        for name in task.floors:
            for seed in SEEDS:
                yield f"{task.band}.{name}", seed, lambda t=task, s=seed, n=name: floor(t, s, n)  # type: ignore[misc]
    for name, control in CONTROLS.items():
        put = {**names, **control.names()}
        for seed in CONTROL_SEEDS:
            make = lambda t=TASKS[control.band], s=seed, n=put, c=control: figure(t, s, n, c.change)  # noqa: E731
            yield f"{control.band}.{name}", seed, make


def settings() -> dict[str, Any]:
    """Return what the samples were asked: by band, the parameters and the shapes of the arrays."""
    found = {}
    for task in TASKS.values():
        requests = list(asked(task, SEEDS[0]).values())
        first = requests[0]
        found[task.band] = {
            "runs": len(requests),
            "params": {k: v for k, v in first.params.items() if k != "seed"},
            "shapes": {k: list(v.shape) for k, v in sorted(first.arrays.items())},
        }
    return found


def how() -> dict[str, Any]:
    """Return how the figures of this program, on this machine, are made."""
    return {
        "seeds": len(SEEDS),
        "control_seeds": len(CONTROL_SEEDS),
        "settings": settings(),
        "weights": hashlib.sha256(WEIGHTS.read_bytes()).hexdigest(),
        "environment": environment(),
    }


def environment() -> dict[str, str]:
    """Return what the last digits of a figure depend on beside the seeds."""
    return {
        "torch": torch.__version__,
        "numpy": np.__version__,
        "processor": _processor(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
    }


def _processor() -> str:
    """Return the model of the processor, as exactly as the machine tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}".strip()
    first = dict(reversed([[part.strip() for part in line.partition(":")[::2]] for line in lines]))
    told = [first.get(key, "") for key in ("model name", "cpu family", "model")]
    return " ".join([platform.machine(), *told]).strip()


def make(world: Path, partial: Path) -> dict[str, Any]:
    """Return what bands.json holds; figures in `partial`, made in the same way, are kept."""
    made = how()
    done = _resumed(partial, made)
    torch.set_num_threads(1)
    with right.names(world) as names:
        todo = list(jobs(names))
        for number, (name, seed, job) in enumerate(todo, start=1):
            values = done.setdefault(name, {})
            if str(seed) not in values:
                values[str(seed)] = job()
                write(partial, _json({"made": made, "figures": done}))
            sys.stderr.write(f"\r{number}/{len(todo)} {name:<48}")
    sys.stderr.write("\n")
    return record({name: list(values.values()) for name, values in done.items()}, made)


def _resumed(partial: Path, made: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    try:
        kept = json.loads(partial.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(kept["figures"]) if kept.get("made") == made else {}


def record(figures: Mapping[str, Sequence[float]], made: Mapping[str, Any]) -> dict[str, Any]:
    """Return bands.json for these figures: under a band's name, or "band.control"."""
    controls: dict[str, dict[str, Any]] = {name: {} for name in TASKS}
    for name, values in figures.items():
        band, _, control = name.partition(".")
        if control:
            controls[band][control] = {"mean": fmean(values), "values": list(values)}
    return {
        "format": FORMAT,
        "rule": bands.RULE,
        "made": dict(made),
        "bands": {n: asdict(bands.band_of(figures[n])) | {"values": figures[n]} for n in TASKS},
        "controls": controls,
    }


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode()


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the bands and write them; `python -m grader.assignment.bands` calls this."""
    parser = argparse.ArgumentParser(prog="python -m grader.assignment.bands", description=__doc__)
    parser.add_argument("--out", type=Path, default=bands.PATH, help="file to write")
    options = parser.parse_args(arguments)
    partial = options.out.with_suffix(".partial.json")
    found = make(build_world(default_world_root()), partial)
    write(options.out, _json(found))
    partial.unlink()
    for name, band in found["bands"].items():
        wrong = max(max(c["values"]) for c in found["controls"][name].values())
        print(
            f"{name}: {band['mean']:.4f} ± {band['sd']:.4f} over {band['count']} seeds, "
            f"low {band['low']:.4f}, the best of what is wrong {wrong:.4f}"
        )
    return 0
