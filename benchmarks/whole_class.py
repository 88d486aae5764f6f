"""Grades a made class and reports what it costs, whether it is right, and the floor beside it.

    python benchmarks/whole_class.py [--students N] [--jobs 1 2] [--dask WORKERS] [--kills K]

For each number of jobs: submissions a minute, processor seconds once a run and a submission, the
training that the checks of accuracy ask for, where the time goes, the workers' peak memory. The
floor, in the same run: plain `jupyter nbconvert --execute` of the same notebooks, in the same
stand-in world, without any check; `--floor -1` takes it over all of them. Every report is compared
with what the maker of the class knows; then `grade` again and `rescore` are timed.

Every submission counts on both sides, also one whose notebook cannot be read, does not run to its
end or is not there: what grading it costs, what nbconvert spends on it, 0 for training it has not.
Training is told twice: as its wall clock, and at the processor time that it costs the reference.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import students as maker
from benchmarks.measuring import SEED, Run, Training, graded, spent, timed, training
from grader.assignment.world.building import build_world, default_world_root
from grader.assignment.world.needs import ALL, Needs
from grader.assignment.world.notebook_needs import needs_of
from grader.kernel.colab.kernel_side import prepare_kernel_side
from grader.kernel.sandbox.settings import ALLOCATOR, SandboxSettings, kernel_environment

NOTEBOOK = "a2-cnn.ipynb"
SHIPPED = Path(__file__).parents[1] / "grader" / "assignment" / "rubric.toml"


def grader(*arguments: object) -> list[str]:
    """Return the command that runs the program."""
    return [sys.executable, "-m", "grader", *map(str, arguments)]


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


@dataclass(frozen=True)
class Graded:
    """A run that graded some submissions, by the name that it is printed with."""

    name: str
    out: Path
    run: Run
    ids: frozenset[str]
    training: Training

    @property
    def each(self) -> float:
        """Return the processor seconds that one more submission costs."""
        return self.run.each / len(self.ids)

    @property
    def whole(self) -> float:
        """Return the processor seconds of a submission and of its part of what is paid once."""
        return self.run.cpu / len(self.ids)


def told(name: str, out: Path, ids: frozenset[str], run: Run) -> None:
    """Print how fast a run was that graded some submissions, and where the time went."""
    found = [cost for id_, cost in spent(out).items() if id_ in ids]
    peak = max((cost.peak_bytes for cost in found), default=0)
    stages: dict[str, float] = {}
    for cost in found:
        for stage, value in cost.seconds.items():
            stages[stage] = stages.get(stage, 0.0) + value / len(found)
    print(
        f"{name} (exit code {run.code}): {len(ids)} submissions in {run.seconds:.0f} s, "
        f"{60 * len(ids) / run.seconds:.1f} a minute; worker's peak {peak >> 20} MiB"
    )
    print("  where it goes (wall, mean):", ", ".join(f"{k} {v:.1f} s" for k, v in stages.items()))


def told_cpu(result: Graded) -> None:
    """Print the processor seconds of a run, and the training among what it did."""
    print(
        f"  CPU: {result.run.once:.1f} s once a run (it and what workers and kernels are forked "
        f"from), {result.each:.1f} s a submission (its worker and kernel); together "
        f"{result.whole:.1f} s a submission of {len(result.ids)}"
    )
    trained, steps = result.training, result.training.steps
    print(
        f"  training for the accuracy checks: {trained.wall:.2f} s wall clock a submission (mean: "
        f"{_listed(trained.accuracy)}), CPU {trained.cpu:.2f} s by what it costs the reference; "
        f"{trained.without} of {len(result.ids)} submissions trained none"
    )
    print(f"  not counted as training (two steps, for other checks): {_listed(steps)}")


def _listed(seconds: Mapping[str, float]) -> str:
    return ", ".join(f"{id_} {value:.2f} s" for id_, value in seconds.items())


@contextmanager
def kernelspec(notebook: Path) -> Iterator[dict[str, str]]:
    """Yield an environment in which `jupyter nbconvert` has a notebook's world as a kernel.

    Plain: without what the grader tells the allocator, too.
    """
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        for part in ("content", "io"):
            (base / part).mkdir()
        side = prepare_kernel_side(base / "colab")
        world = build_world(default_world_root(), _needs(notebook))
        settings = SandboxSettings(base / "content", base / "io", side, world)
        given = kernel_environment(settings, settings.host_config(), str(base))
        spec = {
            "argv": [sys.executable, str(side / "launch.py"), "-f", "{connection_file}"],
            "display_name": "stand-in",
            "language": "python",
            "env": {name: value for name, value in given.items() if name not in ALLOCATOR},
        }
        (base / "kernels" / "standin").mkdir(parents=True)
        (base / "kernels" / "standin" / "kernel.json").write_text(json.dumps(spec))
        path = os.pathsep.join([str(side / "bin"), os.environ["PATH"]])
        yield {**os.environ, "JUPYTER_PATH": str(base), "PATH": path}


def _needs(notebook: Path) -> Needs:
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
    except (ValueError, KeyError):
        return ALL
    return needs_of("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


@dataclass(frozen=True)
class Floor:
    """Processor seconds a submission of plain nbconvert, over some submissions."""

    cpu: float
    ids: frozenset[str]


def floor(folder: Path, count: int) -> Floor:
    """Run plain nbconvert on the first submissions, or on all where `count` is negative."""
    chosen = sorted(path for path in folder.iterdir() if path.is_dir())
    chosen = chosen if count < 0 else chosen[:count]
    runs = [_nbconvert(path / NOTEBOOK) for path in chosen]
    ran = [run for run in runs if run is not None]
    result = Floor(sum(run.cpu for run in ran) / len(runs), frozenset(p.name for p in chosen))
    failed = sum(run.code != 0 for run in ran)
    print(
        f"floor: jupyter nbconvert --execute, {len(runs)} submissions: CPU {result.cpu:.1f} s a "
        f"submission; {failed} failed, {len(runs) - len(ran)} had no notebook (all are counted)"
    )
    return result


def _nbconvert(path: Path) -> Run | None:
    if not path.is_file():
        return None
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute"]
    command += ["--allow-errors", "--ExecutePreprocessor.kernel_name=standin"]
    with kernelspec(path) as environment:
        return timed([*command, "--stdout", "--log-level=ERROR", str(path)], environment)


def compared(result: Graded, least: Floor) -> None:
    """Print what grading costs beside plain nbconvert and the training that is asked for."""
    trained = result.training
    by_cpu, by_wall = least.cpu + trained.cpu, least.cpu + trained.wall
    print(
        f"{result.name}: CPU a submission {result.each:.1f} s / (floor {least.cpu:.1f} s + "
        f"training {trained.cpu:.1f} s) = {result.each / by_cpu:.2f}; with the training's wall "
        f"clock, {trained.wall:.1f} s, {result.each / by_wall:.2f}"
    )
    print(
        f"  with its part of what is paid once a run, {result.whole:.1f} s: "
        f"{result.whole / by_cpu:.2f}; with the wall clock {result.whole / by_wall:.2f}"
    )
    if least.ids != result.ids:
        print(f"  not over the same submissions: {len(result.ids)} graded, {len(least.ids)} floor")


def measure(folder: Path, work: Path, kills: int, jobs: int) -> Graded:
    """Grade the class with some jobs, killed on the way if that is wanted."""
    out = work / f"out-{jobs}"
    command = grader("grade", folder, "--out", out, "--seed", SEED, "--jobs", jobs)
    for kill in range(kills):
        interrupted(command, 60.0 + 20.0 * kill)
        print(f"killed the run; {len(list(out.glob('*/key.json')))} submissions were finished")
    before = graded(out)
    run = timed(command)
    ids = graded(out) - before
    if not ids:
        sys.exit("the kills came too late: nothing was left to measure")
    name = "one job" if jobs == 1 else f"{jobs} jobs"
    told(name, out, ids, run)
    result = Graded(name, out, run, ids, training(out, ids))
    told_cpu(result)
    return result


def measure_dask(folder: Path, work: Path, workers: int) -> Path:
    """Grade the class on a Dask cluster of this machine's; return the results."""
    import dask
    from distributed import LocalCluster

    out = work / "out-dask"
    with (
        dask.config.set({"distributed.worker.daemon": False}),
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
    ):
        command = grader("grade", folder, "--out", out, "--seed", SEED, "--engine", "dask")
        run = timed([*command, "--scheduler", cluster.scheduler_address])
    told(f"Dask, {workers} workers", out, graded(out), run)
    return out


def again(folder: Path, work: Path, out: Path) -> None:
    """Time a run with nothing to do, and scoring everything with another rubric."""
    nothing = timed(grader("grade", folder, "--out", out, "--seed", SEED))
    rubric = work / "other.toml"
    text = SHIPPED.read_text("utf-8")
    rubric.write_text(text.replace("pool_after_relu = 0.2", "pool_after_relu = 0.1"))
    scored = timed(grader("rescore", out, "--rubric", rubric))
    print(f"grade again, nothing changed: {nothing.seconds:.1f} s; rescore: {scored.seconds:.1f} s")


def main() -> int:
    """Make, grade, compare, time."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--students", type=int, default=20)
    options.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    options.add_argument("--kills", type=int, default=0)
    options.add_argument("--dask", type=int, default=0, metavar="WORKERS")
    options.add_argument(
        "--floor", type=int, default=5, help="submissions for the floor; 0 for none, -1 for all"
    )
    options.add_argument("--shape", choices=maker.SHAPES, default=maker.REAL)
    chosen = options.parse_args()
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        folder = work / "class"
        maker.write(folder, maker.make(chosen.students, shape=chosen.shape), chosen.shape)
        expected = json.loads((work / "class-expected.json").read_text())
        results = [measure(folder, work, chosen.kills, jobs) for jobs in chosen.jobs]
        outs = [result.out for result in results]
        if chosen.dask:
            outs.append(measure_dask(folder, work, chosen.dask))
        for out in outs:
            faults += wrong(out, expected)
        again(folder, work, results[-1].out)
        if chosen.floor:
            least = floor(folder, chosen.floor)
            for result in results:
                compared(result, least)
    print("gradebook right to the point" if not faults else "\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
