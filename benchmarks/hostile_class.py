"""Grades honest hand-ins alone, then among hostile ones, and compares their reports.

    PYTHONPATH=. python benchmarks/hostile_class.py [--honest N] [--jobs N]

The hostile ones are notebooks of the attack suite (tests/attacks), with a canary file and port of
this machine in place of what they would reach. An honest report must be the same, but for times,
whoever is graded beside it; no hostile one may reach a canary, leave a process or earn full marks.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from benchmarks import students as maker
from benchmarks.kills import reports
from examples.notebook_builder import build_notebook, notebook_text
from tests.attacks import lab
from tests.attacks.canaries import Canaries

SEED = "4711000000000000001"
HOSTILE = (
    "fills_the_exchange", "many_files", "many_large_files", "maps_shared_memory",
    "spreads_over_processes", "comm_flood", "prints_for_ever", "raw_frames_without_end",
    "fork_bomb", "leaves_a_daemon", "poisons_caches", "writes_results", "stops_itself",
    "plants_modules", "calls_the_host", "fills_memory", "forges_every_reply", "segfaults",
    "reads_a_host_file", "locks_results_and_crashes",
)  # fmt: skip


def write_hostile(folder: Path, canaries: Canaries) -> None:
    """Write a folder for each attack: the cells of an honest notebook's start, then its own."""
    for attack in (a for a in lab.attacks() if a.name in HOSTILE):
        cells = [canaries.place(cell) for cell in attack.cells]
        notebook = json.loads(notebook_text(build_notebook({})))
        template = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        notebook["cells"] = [
            {**template, "source": source}
            for source in ["import torch\nfrom torch import nn", *cells]
        ]
        path = folder / f"hostile-{attack.name.replace('_', '-')}"
        path.mkdir(parents=True)
        (path / "a2-cnn.ipynb").write_text(json.dumps(notebook), "utf-8")


def grade(folder: Path, out: Path, jobs: int) -> None:
    """Grade a class with the same seed, and say how long it took."""
    command = [sys.executable, "-m", "grader", "grade", str(folder), "--out", str(out)]
    started = time.monotonic()
    done = subprocess.run([*command, "--seed", SEED, "--jobs", str(jobs)], check=False)
    print(f"exit code {done.returncode}, {time.monotonic() - started:.0f} s", flush=True)


def differing(alone: Mapping[str, str], among: Mapping[str, str]) -> list[str]:
    """Return the honest submissions whose reports are not the same."""
    return [id_ for id_ in alone if among.get(id_) != alone[id_]]


def survivors() -> list[str]:
    """Return what still runs of a sandbox."""
    found = (p.info for p in psutil.process_iter(["name", "cmdline"]))
    return [str(i["cmdline"]) for i in found if i["name"] == "bwrap"]


def main() -> int:
    """Make both classes, grade, compare."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--honest", type=int, default=20)
    options.add_argument("--jobs", type=int, default=2)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary, tempfile.TemporaryDirectory() as place:
        work, canaries = Path(temporary), Canaries(Path(place))
        alone, among = work / "alone", work / "among"
        for folder in (alone, among):
            maker.write(folder, maker.make(chosen.honest, shape=maker.UNTRAINED), maker.UNTRAINED)
        write_hostile(among, canaries)
        for folder in (alone, among):
            grade(folder, work / f"{folder.name}-out", chosen.jobs)
        honest = reports(work / "alone-out")
        all_ = reports(work / "among-out")
        canaries.close()
        different = differing(honest, all_)
        scores = {id_: json.loads(all_[id_])["score"] for id_ in all_ if id_ not in honest}
    print(f"{len(honest)} honest reports; different among hostile ones: {different or 'none'}")
    print(f"points of {len(scores)} hostile ones: {sorted(set(scores.values()))}")
    print(f"canaries touched: {canaries.touched or 'none'}; left: {survivors() or 'none'}")
    bad = different or canaries.touched or survivors() or len(scores) != len(HOSTILE)
    return 1 if bad or any(scores.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
