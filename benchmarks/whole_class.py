"""Grades a made class and reports what it costs, whether it is right, and the floor beside it.

    python benchmarks/whole_class.py [--students N] [--jobs 1 2] [--dask WORKERS] [--kills K]

For each number of jobs: submissions a minute, processor seconds a submission and where the time
goes, the workers' peak memory. The floor, in the same run: plain `jupyter nbconvert --execute` of
the same notebooks, in the same stand-in world, without any check. Every report is compared with
what the maker of the class knows; then `grade` again and `rescore` are timed.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks import students as maker
from grader.sandbox.settings import SandboxSettings, kernel_environment
from grader.standin.kernel_side import prepare_kernel_side
from grader.standin.world import build_world, default_world_root

SHIPPED = Path(__file__).parents[1] / "grader" / "rubric.toml"


def grader(*arguments: object) -> list[str]:
    """Return the command that runs the program."""
    return [sys.executable, "-m", "grader", *map(str, arguments)]


def timed(command: Sequence[str], **options: object) -> tuple[float, float, int]:
    """Run a command; return wall-clock and processor seconds, and its exit code.

    The processor seconds are those of every process below it, as they were seen last, five times a
    second: nobody waits for a sandbox that is killed, so the system's own count lacks kernels.
    """
    started, seen = time.monotonic(), {}
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    root = psutil.Process(run.pid)
    while run.poll() is None:
        with contextlib.suppress(psutil.Error):
            for process in (root, *root.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    times = process.cpu_times()
                    seen[process.pid, process.create_time()] = times.user + times.system
        time.sleep(0.2)
    return time.monotonic() - started, sum(seen.values()), run.returncode


def interrupted(command: Sequence[str], seconds: float) -> None:
    """Start a run and kill it, with SIGKILL, after some seconds."""
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    time.sleep(seconds)
    run.send_signal(signal.SIGKILL)
    run.wait()


def wrong(out: Path, expected: Mapping[str, Mapping[str, object]]) -> list[str]:
    """Return how the gradebook differs from what is known of the class."""
    with (out / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["submission"]: row for row in csv.DictReader(file)}
    found = [f"{id_}: not in the gradebook" for id_ in expected if id_ not in rows]
    for id_, row in rows.items():
        points = expected[id_]["points"]
        if row["automatic"] == "" or abs(float(row["automatic"]) - float(points)) > 1e-6:  # type: ignore[arg-type]
            mistakes = expected[id_]["mistakes"]
            found.append(f"{id_}: {row['automatic'] or row['reason']}, not {points} {mistakes}")
    return found


def costs(out: Path) -> list[dict[str, object]]:
    """Return what each submission cost."""
    return [json.loads(path.read_text()) for path in sorted(out.glob("*/evidence/cost.json"))]


def told(name: str, out: Path, graded: int, seconds: float, cpu: float | None = None) -> None:
    """Print what a run cost that graded some submissions."""
    found = costs(out)
    spent = f"CPU {cpu / graded:.1f} s a submission; " if cpu is not None else ""
    peak = max(int(cost["peak_bytes"]) for cost in found)  # type: ignore[call-overload]
    stages: dict[str, float] = {}
    for cost in found:
        for stage, value in cost["seconds"].items():  # type: ignore[attr-defined]
            stages[stage] = stages.get(stage, 0.0) + value / len(found)
    print(
        f"{name}: {graded} submissions in {seconds:.0f} s, {60 * graded / seconds:.1f} a minute; "
        f"{spent}worker's peak {peak >> 20} MiB"
    )
    print("  where it goes (wall, mean):", ", ".join(f"{k} {v:.1f} s" for k, v in stages.items()))


@contextmanager
def kernelspec() -> Iterator[dict[str, str]]:
    """Yield an environment in which `jupyter nbconvert` has the stand-in world as a kernel."""
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        for part in ("content", "io"):
            (base / part).mkdir()
        side = prepare_kernel_side(base / "colab")
        world = build_world(default_world_root())
        settings = SandboxSettings(base / "content", base / "io", side, world)
        spec = {
            "argv": [sys.executable, str(side / "launch.py"), "-f", "{connection_file}"],
            "display_name": "stand-in",
            "language": "python",
            "env": kernel_environment(settings, settings.host_config(), str(base)),
        }
        (base / "kernels" / "standin").mkdir(parents=True)
        (base / "kernels" / "standin" / "kernel.json").write_text(json.dumps(spec))
        path = os.pathsep.join([str(side / "bin"), os.environ["PATH"]])
        yield {**os.environ, "JUPYTER_PATH": str(base), "PATH": path}


def floor(folder: Path, count: int) -> float:
    """Return processor seconds a notebook of plain nbconvert, over the first `count`."""
    spent = []
    with kernelspec() as environment:
        for path in sorted(folder.glob("*/a2-cnn.ipynb"))[:count]:
            command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute"]
            command += ["--allow-errors", "--ExecutePreprocessor.kernel_name=standin"]
            command += ["--stdout", "--log-level=ERROR", str(path)]
            _, cpu, code = timed(command, env=environment)
            if code == 0:
                spent.append(cpu)
    print(f"floor: jupyter nbconvert --execute, {len(spent)} notebooks: CPU "
          f"{statistics.mean(spent):.1f} s a notebook")  # fmt: skip
    return statistics.mean(spent)


def measure(folder: Path, work: Path, chosen: argparse.Namespace, jobs: int) -> Path:
    """Grade the class with some jobs, killed on the way if that is wanted; return the results."""
    out = work / f"out-{jobs}"
    command = grader("grade", folder, "--out", out, "--seed", 1, "--jobs", jobs)
    for kill in range(chosen.kills):
        interrupted(command, 60.0 + 20.0 * kill)
        print(f"killed the run; {len(list(out.glob('*/key.json')))} submissions were finished")
    before = len(costs(out))
    seconds, cpu, code = timed(command)
    told(f"{jobs} jobs (exit code {code})", out, len(costs(out)) - before, seconds, cpu)
    return out


def measure_dask(folder: Path, work: Path, workers: int) -> Path:
    """Grade the class on a Dask cluster of this machine's; return the results."""
    import dask
    from distributed import LocalCluster

    out = work / "out-dask"
    with (
        dask.config.set({"distributed.worker.daemon": False}),
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
    ):
        command = grader("grade", folder, "--out", out, "--seed", 1, "--engine", "dask")
        seconds, _, code = timed([*command, "--scheduler", cluster.scheduler_address])
    told(f"Dask, {workers} workers (exit code {code})", out, len(costs(out)), seconds)
    return out


def main() -> int:
    """Make, grade, compare, time."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--students", type=int, default=20)
    options.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    options.add_argument("--kills", type=int, default=0)
    options.add_argument("--dask", type=int, default=0, metavar="WORKERS")
    options.add_argument("--floor", type=int, default=5, help="notebooks for the floor")
    options.add_argument("--trained", action="store_true")
    chosen = options.parse_args()
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        folder = work / "class"
        maker.write(folder, maker.make(chosen.students, trained=chosen.trained))
        expected = json.loads((work / "class-expected.json").read_text())
        for jobs in chosen.jobs:
            out = measure(folder, work, chosen, jobs)
            faults += wrong(out, expected)
        if chosen.dask:
            faults += wrong(measure_dask(folder, work, chosen.dask), expected)
        again, _, _ = timed(grader("grade", folder, "--out", out, "--seed", 1))
        rubric = work / "other.toml"
        text = SHIPPED.read_text("utf-8")
        rubric.write_text(text.replace("pool_after_relu = 0.2", "pool_after_relu = 0.1"))
        scored, _, _ = timed(grader("rescore", out, "--rubric", rubric))
        print(f"grade again, nothing changed: {again:.1f} s; rescore: {scored:.1f} s")
        if chosen.floor:
            floor(folder, chosen.floor)
    print("gradebook right to the point" if not faults else "\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
