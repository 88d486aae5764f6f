"""Grades honest hand-ins alone, then among hostile ones, and compares their reports.

    PYTHONPATH=. python benchmarks/hostile_class.py [--honest N] [--jobs N]

The hostile ones are notebooks of the attack suite (tests/attacks), with a canary file and port of
this machine in place of what they would reach, all forgeries of answers, and bombs: answers and
texts that would take a judge without a budget for ever. An honest report must be the same, but for
times, whoever is graded beside it; no hostile one may reach a canary, leave a process or earn a
point.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from benchmarks import students as maker
from benchmarks.kills import reports
from examples.notebook_builder import build_notebook, notebook_text
from tests.attacks import forged_notebooks, lab
from tests.attacks.canaries import Canaries

SEED = "4711000000000000001"
HOSTILE = (
    "fills_the_exchange", "many_files", "many_large_files", "maps_shared_memory",
    "spreads_over_processes", "comm_flood", "prints_for_ever", "raw_frames_without_end",
    "fork_bomb", "leaves_a_daemon", "poisons_caches", "writes_results", "stops_itself",
    "plants_modules", "calls_the_host", "fills_memory", "forges_every_reply", "segfaults",
    "reads_a_host_file", "locks_results_and_crashes", "closes_content_and_dies", "hides_a_folder",
    "answers_without_a_form", "answers_of_every_size", "fills_sockets",
)  # fmt: skip
PATHS = """
import agent.handlers

def forged(names, params, given):
    batch, _, height, width = given["input"].shape
    shape = [batch, params["args"][2], height, width]

    def entry(op, inputs, **more):
        usual = {"shape": shape, "parameters": [], "attributes": {}, "by": ""}
        return {"op": op, "inputs": inputs, **usual, **more}

    trace = [entry("conv2d", ["x"], parameters=["conv.0"], by="MyConv2d")]
    for _ in range(120):
        last = len(trace) - 1
        trace += [entry("relu", [last]), entry("sigmoid", [last])]
        trace.append(entry("add", [last + 1, last + 2]))
    slots = {"conv.0.weight": {"shape": [shape[1], params["args"][3], 3, 3], "name": "weight"}}
    values = {"dtype": "float64", "is_module": True, "type": params["class"], "parameters": []}
    values |= {"trace": trace, "slots": slots, "output_node": len(trace) - 1}
    return values | {"input_changed": False}, {"output": torch.zeros(shape, dtype=torch.float64)}

agent.handlers.HANDLERS["network"] = forged
"""
BLANKS = "**Your answer to A2**\n<" + " " * 29_000 + "\n"
FORMULAS = "**Your answer to A3**\n" + "weights = (NF+NC+1)^6*" * 8_000
BOMBS = {
    "bomb-of-paths": [("code", PATHS)],
    "bomb-of-blanks": [("markdown", BLANKS)],
    "bomb-of-formulas": [("markdown", FORMULAS), ("markdown", "&lt;" * 50_000)],
}


def write_hostile(folder: Path, canaries: Canaries) -> int:
    """Write a folder for each attack, forgery and bomb, and return how many there are."""
    attacks = [attack for attack in lab.attacks() if attack.name in HOSTILE]
    if len(attacks) != len(HOSTILE):
        raise ValueError("an attack of HOSTILE is not in the suite")
    for attack in attacks:
        cells = [("code", canaries.place(cell)) for cell in attack.cells]
        _write(folder / f"hostile-{attack.name.replace('_', '-')}", cells)
    for name, cells in BOMBS.items():
        _write(folder / name, cells)
    return len(attacks) + len(BOMBS) + len(forged_notebooks.write(folder))


def _write(folder: Path, cells: Sequence[tuple[str, str]]) -> None:
    """Write a notebook of these cells, behind the imports with which an honest one begins."""
    notebook = json.loads(notebook_text(build_notebook({})))
    notebook["cells"] = [
        {"cell_type": kind, "metadata": {}, "source": source}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for kind, source in [("code", "import torch\nfrom torch import nn"), *cells]
    ]
    folder.mkdir(parents=True)
    (folder / "a2-cnn.ipynb").write_text(json.dumps(notebook), "utf-8")


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
        written = write_hostile(among, canaries)
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
    bad = different or canaries.touched or survivors() or len(scores) != written
    return 1 if bad or any(scores.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
