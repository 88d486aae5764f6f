"""What a kernel costs until it has its libraries: started afresh, and forked from a warm process.

    python benchmarks/kernels.py [--starts N]

Each time a notebook of one cell that imports what the assignment imports, in the sandbox and the
stand-in world; wall clock and processor seconds until that cell has run, by turns. Then a training
loop of the assignment's size, with and without what the grader tells glibc's allocator.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat

from grader.assignment.world.building import build_world, default_world_root
from grader.kernel import sandbox
from grader.kernel.colab.kernel_side import prepare_kernel_side
from grader.kernel.sandbox import forks, settings, usage
from grader.kernel.sandbox.settings import SandboxSettings
from grader.kernel.session.deadlines import Deadlines
from grader.kernel.session.execution import NotebookRunner

IMPORTS = "import numpy, torch, torchvision, matplotlib.pyplot"
TRAIN = """
import time, torch
from torch import nn
net = nn.Sequential(
    nn.Conv2d(1, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.Upsample(scale_factor=2),
    nn.Conv2d(64, 24, 3, padding=1),
)
optimizer = torch.optim.Adam(net.parameters())
x, y = torch.randn(100, 1, 32, 32), torch.randint(0, 24, (100, 32, 32))
started = time.process_time()
for step in range(40):
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()
print(time.process_time() - started)
"""


@contextlib.contextmanager
def folders() -> Iterator[SandboxSettings]:
    """Yield the folders of one kernel."""
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        base.chmod(0o711)
        for part in ("content", "io"):
            (base / part).mkdir()
        world = build_world(default_world_root())
        side = prepare_kernel_side(base / "colab")
        yield SandboxSettings(base / "content", base / "io", side, world)


def run(code: str) -> tuple[float, float, str]:
    """Run one cell in a kernel of its own; return wall clock, processor seconds, its output."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    before = usage.of_ended_sandboxes()
    with folders() as given:
        started = time.monotonic()
        with NotebookRunner("bubblewrap", given, Deadlines()).opened(notebook) as runner:
            runner.run_cells()
            seconds = time.monotonic() - started
    said = "".join(output.get("text", "") for output in notebook.cells[0].outputs)
    return seconds, usage.of_ended_sandboxes() - before, said


def starts(count: int) -> None:
    """Print what a start costs, fresh and forked, the median of some."""
    fresh, forked = [], []
    for _ in range(count):
        forks.stop()
        fresh.append(run(IMPORTS))
        started = time.monotonic()
        forks.warm_up()
        run(IMPORTS)  # waits until the process that is forked is warm
        warm = time.monotonic() - started
        forked.append(run(IMPORTS))
        if not forks.started():
            raise sandbox.SandboxError("no kernel could be forked here: see grader doctor")
    for name, found in (("fresh", fresh), ("forked", forked)):
        wall, cpu = (statistics.median(row[i] for row in found) for i in (0, 1))
        print(f"{name}: {wall:.2f} s, CPU {cpu:.2f} s until the libraries are there")
    cost = [statistics.median(row[1] for row in found) for found in (fresh, forked)]
    print(f"CPU fresh / forked = {cost[0] / cost[1]:.1f}; warming up once a run: {warm:.1f} s")


def allocator(count: int) -> None:
    """Print the processor seconds of a training loop, with and without the allocator's settings."""
    forks.stop()
    given = dict(settings.ALLOCATOR)
    found: dict[str, list[float]] = {"with": [], "without": []}
    for _ in range(count):
        for name, values in (("with", given), ("without", {})):
            settings.ALLOCATOR.clear()
            settings.ALLOCATOR.update(values)
            found[name].append(float(run(TRAIN)[2]))
    settings.ALLOCATOR.update(given)
    medians = {name: statistics.median(values) for name, values in found.items()}
    print(
        f"training: CPU {medians['without']:.2f} s, {medians['with']:.2f} s when freed memory is "
        f"kept; ratio {medians['with'] / medians['without']:.2f}"
    )


def main() -> None:
    """Measure both."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--starts", type=int, default=5)
    chosen = options.parse_args()
    starts(chosen.starts)
    allocator(chosen.starts)


if __name__ == "__main__":
    main()
