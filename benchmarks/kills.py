"""Kills the run, a worker or a kernel at random moments, again and again, and counts what is lost.

    python benchmarks/kills.py [--kills N] [--seed S]

A small class is graded once in peace. Then, again and again, the results of half of it are thrown
away, grading starts anew, and workers, kernels and the run are killed with SIGKILL at random
moments. After each run every result that is there must be whole. In the end one more run finishes
what is missing, and every report must equal, but for times, the one that was made in peace.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

SETUP = "import torch\nfrom torch import nn\n"
CLASSES = """class CNN(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        self.conv = nn.Conv2d(num_in_channels, num_colours, kernel, padding=kernel // 2)

    def forward(self, x):
        return self.conv(x)
"""
RUN_SECONDS = (5.0, 120.0)  # in which the run itself is killed, unless it is over before


def make_class(folder: Path, plain: int, with_kernel: int) -> None:
    """Write submissions without a notebook, which are quick, and some that need a kernel."""
    for number in range(plain):
        path = folder / f"plain-{number:02}"
        path.mkdir(parents=True)
        (path / "answers.txt").write_text(f"answer {number}")
    for number in range(with_kernel):
        path = folder / f"kernel-{number:02}"
        path.mkdir(parents=True)
        cells = [
            {"cell_type": "code", "metadata": {}, "source": text, "outputs": [],
             "execution_count": None}
            for text in (SETUP, CLASSES, f"print({number})")
        ]  # fmt: skip
        notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}
        (path / "a2-cnn.ipynb").write_text(json.dumps(notebook))


def start(folder: Path, out: Path) -> subprocess.Popen[bytes]:
    """Start grading the class."""
    command = [sys.executable, "-m", "grader", "grade", str(folder), "--out", str(out)]
    return subprocess.Popen([*command, "--seed", "4711000000000000001"], stdout=subprocess.DEVNULL)


def victims(run: subprocess.Popen[bytes], kind: str) -> list[psutil.Process]:
    """Return the processes of a kind that a run has just now."""
    if kind == "run":
        return [psutil.Process(run.pid)]
    below = psutil.Process(run.pid).children(recursive=True)
    sandboxes = [process for process in below if process.name() == "bwrap"]
    if kind == "kernel":
        return [child for process in sandboxes for child in process.children(recursive=True)]
    return [process.parent() for process in sandboxes if process.parent() is not None]


def disturb(run: subprocess.Popen[bytes], rng: random.Random, most: int) -> list[str]:
    """Kill workers, and one kernel, at random moments until the run ends or is killed itself.

    A kernel that dies twice at one place is its notebook's doing, as far as anybody can tell.

    Returns:
        What was killed, at most `most`.
    """
    killed: list[str] = []
    end = time.monotonic() + rng.uniform(*RUN_SECONDS)
    while run.poll() is None and len(killed) < most and "run" not in killed:
        time.sleep(rng.uniform(0.1, 3.0))
        kind = "worker" if "kernel" in killed or rng.random() < 0.7 else "kernel"
        kind = "run" if time.monotonic() > end else kind
        with contextlib.suppress(psutil.NoSuchProcess):
            found = victims(run, kind) if run.poll() is None else []
            if found:
                rng.choice(found).send_signal(signal.SIGKILL)
                killed.append(kind)
    run.wait()
    return killed


def whole(out: Path) -> list[str]:
    """Return what is wrong with the results that are there."""
    wrong = []
    for folder in sorted(out.iterdir()):
        if folder.is_dir() and folder.name != ".grader":
            names = ("report.json", "report.html")
            wrong += [f"{folder.name}: no {n}" for n in names if not (folder / n).is_file()]
            report = json.loads((folder / "report.json").read_text("utf-8"))
            if report["submission"]["id"] != folder.name:
                wrong.append(f"{folder.name}: the report of {report['submission']['id']}")
    return wrong


def reports(out: Path) -> dict[str, str]:
    """Return every report without its times."""
    found = {}
    for path in sorted(out.glob("*/report.json")):
        found[path.parent.name] = json.dumps(without_times(json.loads(path.read_text("utf-8"))))
    return found


def without_times(value: object) -> object:
    """Return JSON without its seconds."""
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k != "seconds"}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def main() -> int:
    """Disturb, count, compare."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    rng = random.Random(chosen.seed)  # noqa: S311 - which moment, not a secret
    killed: collections.Counter[str] = collections.Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder, peace, out = (Path(temporary) / name for name in ("class", "peace", "out"))
        make_class(folder, plain=2, with_kernel=6)
        start(folder, peace).wait()
        shutil.copytree(peace, out)
        while killed.total() < chosen.kills:
            there = sorted(p for p in out.iterdir() if p.is_dir() and p.name != ".grader")
            for path in rng.sample(there, min(5, len(there))):
                shutil.rmtree(path)
            run = start(folder, out)
            killed.update(disturb(run, rng, chosen.kills - killed.total()))
            wrong += whole(out)
            print(f"exit code {run.returncode}: {dict(killed)}, wrong: {len(wrong)}", flush=True)
        code = start(folder, out).wait()
        same = reports(out) == reports(peace)
    print(f"killed {killed.total()} times {dict(killed)}; wrong on the way: {wrong or 'none'}")
    print(f"last run: exit code {code}; reports equal those made in peace: {same}")
    return 0 if same and not wrong and code == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
