"""Where one notebook's processor seconds go: by cell, and by library.

    python benchmarks/profile_notebook.py [NOTEBOOK] [--seed N] [--libraries]

Without a notebook one in the shape of the real ones is made (`real_shaped.py`). Processor seconds
of the kernel are read before and after each cell; `--libraries` runs it under Python's own
profiler, which makes it slower, and adds them up by the package that they were spent in.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil

from benchmarks import real_shaped
from examples.notebook_builder import notebook_text
from grader.batch.run import room
from grader.batch.settings import Settings
from grader.kernel import sandbox
from grader.kernel.session.execution import NotebookRunner
from grader.scoring import rubric

BEGIN = "import cProfile\n__profile = cProfile.Profile()\n__profile.enable()"
END = """\
__profile.disable()
import pstats
for (__file, __line, __name), (_, __calls, __own, _, _) in pstats.Stats(__profile).stats.items():
    print(f"{__own:.6f}\\t{__calls}\\t{__file}\\t{__name}")
"""


def kernel_seconds() -> float:
    """Return the processor seconds of the kernel and of what it started, so far."""
    below = psutil.Process().children(recursive=True)
    return sum(sum(process.cpu_times()[:2]) for process in below)


def by_cell(path: Path, *, profiled: bool) -> tuple[list[tuple[float, int, str]], list[str]]:
    """Return processor seconds, the most memory so far and the last words of each code cell.

    With them come the profile's rows.
    """
    notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
    if profiled:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(BEGIN))
        notebook.cells.append(nbformat.v4.new_code_cell(END))
    settings = Settings("none", None, 1, rubric.load())
    spent: list[tuple[float, int, str]] = []
    with room(settings, notebook) as folders:
        runner = NotebookRunner("none", folders, settings.deadlines)
        with runner.opened(notebook):
            last = kernel_seconds()

            def tell(done: int, _total: int) -> None:
                nonlocal last
                now = kernel_seconds()
                cell = notebook.cells[done - 1]
                if cell.cell_type == "code":
                    spent.append((now - last, _peak(), _words(cell.source)))
                last = now

            runner.run_cells(tell)
    rows = notebook.cells[-1].outputs[0].text.splitlines() if profiled else []
    for run in runner.executed().cells:
        if run.error is not None:
            print(f"cell {run.index}: {run.error}")
    return spent, rows


def _peak() -> int:
    """Return the most resident memory that one of the processes below has had, in MiB."""
    below = psutil.Process().children(recursive=True)
    texts = [Path(f"/proc/{process.pid}/status").read_text("utf-8") for process in below]
    lines = [line for text in texts for line in text.splitlines() if line.startswith("VmHWM")]
    return max(int(line.split()[1]) >> 10 for line in lines)


def _words(source: str) -> str:
    lines = [line for line in source.splitlines() if line.strip() and not line.startswith("#")]
    return lines[-1][:60] if lines else ""


def libraries(rows: list[str]) -> Iterator[tuple[float, str]]:
    """Yield seconds by library, the dearest first, and the dearest single functions below them."""
    packages: dict[str, float] = {}
    functions: dict[str, float] = {}
    for row in rows:
        if row.count("\t") != 3:
            continue
        own, calls, file, name = row.split("\t")
        package = _package(file, name)
        packages[package] = packages.get(package, 0.0) + float(own)
        label = f"  {package}: {name} ({calls} calls)"
        functions[label] = functions.get(label, 0.0) + float(own)
    yield from ((s, n) for n, s in sorted(packages.items(), key=lambda i: -i[1])[:12])
    yield from ((s, n) for n, s in sorted(functions.items(), key=lambda i: -i[1])[:25])


def _package(file: str, name: str) -> str:
    if "site-packages/" in file:
        return file.split("site-packages/")[1].split("/")[0]
    if file == "~":  # written in C: the name says of what
        words = name.replace("'", " ").replace("<", " ").split()
        return next((w.split(".")[0] for w in words if "." in w), "built-in")
    return "the notebook" if "ipykernel" in file or file.startswith("<") else Path(file).parent.name


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("notebook", type=Path, nargs="?")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--libraries", action="store_true")
    chosen = options.parse_args()
    sandbox.choose_isolation("none")
    with tempfile.TemporaryDirectory() as temporary:
        path = chosen.notebook or Path(temporary) / "a2-cnn.ipynb"
        if chosen.notebook is None:
            rng = random.Random(chosen.seed)  # noqa: S311 - a benchmark
            path.write_text(notebook_text(real_shaped.notebook(real_shaped.pieces(rng), rng)))
        spent, rows = by_cell(path, profiled=chosen.libraries)
    for seconds, peak, words in spent:
        print(f"{seconds:7.2f} s  {peak:5} MiB  {words}")
    print(f"{sum(seconds for seconds, *_ in spent):7.2f} s  all cells")
    for seconds, name in libraries(rows):
        print(f"{seconds:7.2f} s  {name}")


if __name__ == "__main__":
    main()
