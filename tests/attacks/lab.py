"""Runs one hostile notebook as the grader would, and tells what came of it.

An attack is a file of cells, `tests/attacks/<expected verdict>/<name>.cells`: a header of lines
`# key: value`, then cells divided by `# %%`. What it would reach is handed to it by name:
`CANARY_FILE`, `CANARY_PORT`, `CANARY_SOCKET` (abstract). It prints ESCAPED when it got what it must
not get. Nothing on the host ever imports one, so they are not called `.py`.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat

from grader.assignment.world.building import build_world, default_world_root
from grader.kernel import sandbox
from grader.kernel.colab.kernel_side import prepare_kernel_side
from grader.kernel.sandbox import forks
from grader.kernel.sandbox.settings import GIB, MIB
from grader.kernel.session.deadlines import Deadlines
from grader.model import (
    CellRun,
    Evidence,
    ExecutedNotebook,
    Replies,
    Submission,
    Verdict,
)
from grader.scoring import verdict
from tests.attacks.canaries import Canaries, Peak
from tests.attacks.questions import REQUESTS, ask, judge
from tests.attacks.survivors import Watched, living
from tests.cells import CONV, notebook_of

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ESCAPED = "ESCAPED"
PEAK_MB = 1000  # of the process that grades
LAUNCH = "from ipykernel.kernelapp import launch_new_instance\n\nlaunch_new_instance()\n"
LIMITS = sandbox.Limits(
    memory_bytes=GIB, processes=96, file_bytes=32 * MIB, tmp_bytes=64 * MIB, disk_bytes=128 * MIB,
    disk_entries=2000,
)  # fmt: skip
DEADLINES = Deadlines(cell=12, submission=60, request=10, grace=1, restarts=1)
PATIENT = replace(DEADLINES, cell=30, request=15, submission=90)  # torch takes its time


@dataclass(frozen=True)
class Attack:
    """One hostile notebook.

    Attributes:
        name: of its file.
        expected: the verdict that it must get.
        rows: of the catalogue in docs/security.md; empty for one of our own invention.
        cells: its code.
        world: "bare", a plain kernel; "agent", one that answers questions; "colab", the whole
            stand-in world.
        options: further header lines.
    """

    name: str
    expected: Verdict
    rows: tuple[int, ...]
    cells: tuple[str, ...]
    world: str
    options: dict[str, str]

    @property
    def also(self) -> list[str]:
        """Return further verdicts that are right, where a race decides."""
        return self.options.get("or", "").split()

    @property
    def alone(self) -> bool:
        """Return whether it needs a kernel of its own."""
        return self.world != "bare" or len(self.cells) > 1 or "alone" in self.options


@dataclass(frozen=True)
class Result:
    """What came of an attack."""

    attack: Attack
    got: Verdict
    why: str
    seconds: float
    escaped: str
    survivors: int
    peak_mb: float
    tier: str

    @property
    def held(self) -> bool:
        """Return whether everything was as it must be."""
        also = [*self.attack.also, *self.attack.options.get(self.tier, "").split()]
        wanted = self.got.value in (self.attack.expected.value, *also)
        return wanted and not self.escaped and not self.survivors and self.peak_mb < PEAK_MB


def load(path: Path) -> Attack:
    """Read one attack."""
    head, *cells = re.split(r"^# %%.*\n", path.read_text("utf-8"), flags=re.MULTILINE)
    options = dict(re.findall(r"^# (\w+): ?(.*)$", head, flags=re.MULTILINE))
    rows = tuple(int(row) for row in options.pop("rows", "").replace(",", " ").split())
    world = options.pop("world", "bare")
    if world != "bare":
        cells = [CONV, *cells]
    return Attack(path.stem, Verdict(path.parent.name), rows, tuple(cells), world, options)


def attacks() -> list[Attack]:
    """Return every attack of the suite."""
    return [load(path) for path in sorted(HERE.glob("*/*.cells")) if path.parent.name in VERDICTS]


VERDICTS = {verdict.value for verdict in Verdict}


def settings(base: Path, world: str, options: dict[str, str]) -> sandbox.SandboxSettings:
    """Make the folders of one kernel."""
    for part in ("content", "io", "data"):
        (base / part).mkdir()
    side = base / "colab"
    if world == "colab":
        prepare_kernel_side(side)
    else:
        side.mkdir()
        if world == "agent":
            for room in ("assignment", "kernel"):
                shutil.copytree(
                    ROOT / "grader" / room / "agent", side / "agent", dirs_exist_ok=True
                )
        offline = ROOT / "grader/kernel/colab/inside/colab_world/offline.py"
        (side / "launch.py").write_text(f"{offline.read_text()}\n\nprepare()\n{LAUNCH}")
    limits = replace(LIMITS, memory_bytes=3 * GIB) if world != "bare" else LIMITS
    limits = replace(limits, **numbers(options.get("limits", "")))
    if forks.started() and world == "bare":  # it has imported torch already
        limits = replace(limits, memory_bytes=limits.memory_bytes + GIB)
    return sandbox.SandboxSettings(
        scratch=base / "content",
        exchange=base / "io",
        kernel_side=side,
        data=build_world(default_world_root()) if world == "colab" else base / "data",
        limits=limits,
    )


def numbers(text: str) -> dict[str, Any]:
    """Read `name=3 other=5`."""
    return {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", text)}


class Session:
    """One kernel, and what its cells did."""

    def __init__(self, attacks: Sequence[Attack], isolation: str = "bubblewrap") -> None:
        self.attacks, self.isolation = attacks, isolation
        self.results: list[Result] = []

    @cached_property
    def first(self) -> Attack:
        return self.attacks[0]

    def run(self) -> list[Result]:
        """Run every attack of the session, each with its own verdict."""
        peak, started = Peak(), time.monotonic()
        peak.start()
        self.places: set[tuple[int, int]] = set()
        base = Path(tempfile.mkdtemp(prefix="grader-"))
        with tempfile.TemporaryDirectory() as folder:
            canaries = Canaries(Path(folder))
            try:
                executed, notebook, replies = self._execute(base, canaries)
            finally:
                canaries.close()
                sandbox.remove_tree(base)
        seconds = time.monotonic() - started
        survivors, highest = sum(len(living(*place)) for place in self.places), peak.stop()
        start = 0
        for attack in self.attacks:
            mine = range(start, start + len(attack.cells))
            start += len(attack.cells)
            runs = tuple(run for run in executed.cells if run.index in mine)
            escaped = [*canaries.touched, *said(notebook, mine)]
            self.results.append(
                Result(
                    attack,
                    verdict_of(runs, replies),
                    reason(runs, replies),
                    seconds / len(self.attacks),
                    "; ".join(escaped),
                    survivors,
                    highest,
                    self.isolation,
                )
            )
        return self.results

    def _execute(self, base: Path, canaries: Canaries) -> tuple[ExecutedNotebook, Any, Replies]:
        sources = [canaries.place(cell) for attack in self.attacks for cell in attack.cells]
        if self.isolation == "uid":  # there the folders have the host's names
            sources = [
                re.sub(
                    r"/io\b", str(base / "io"), re.sub(r"/content\b", str(base / "content"), cell)
                )
                for cell in sources
            ]
        notebook = notebook_of(*sources)
        patient = DEADLINES if self.first.world == "bare" else PATIENT
        deadlines = replace(patient, **numbers(self.first.options.get("deadlines", "")))
        if len(self.attacks) > 1:
            deadlines = replace(deadlines, submission=300, restarts=9)
        room = settings(base, self.first.world, self.first.options)
        runner = Watched(self.isolation, room, deadlines)
        runner.places = self.places
        with runner.opened(notebook):
            runner.run_cells()
            replies = Replies(ask(runner) if self.first.world != "bare" else {}, REQUESTS)
            executed = runner.executed()
        nbformat.writes(notebook).encode()
        return executed, notebook, replies


def verdict_of(runs: tuple[CellRun, ...], replies: Replies) -> Verdict:
    """Return the verdict as the grader words it."""
    submission = Submission("attack", notebook_name="attack.ipynb", notebook="{}")
    executed = ExecutedNotebook("bubblewrap", runs)
    return verdict.of(Evidence(submission, executed, replies), judge(replies))


def reason(runs: Sequence[CellRun], replies: Replies) -> str:
    """Return the first error that a report would show."""
    errors = [run.error for run in runs] + [replies.peek(id_).error for id_ in replies]
    return next((str(error) for error in errors if error), "")


def said(notebook: Any, mine: Sequence[int]) -> Iterator[str]:
    """Yield the lines in which a cell says that it escaped."""
    for index in mine:
        for output in notebook.cells[index].outputs:
            text = output.get("text", "") + str(output.get("data", {}).get("text/plain", ""))
            yield from (line for line in text.splitlines() if ESCAPED in line)


def sessions(chosen: Sequence[Attack]) -> Iterator[list[Attack]]:
    """Yield groups of attacks that may use one kernel: plain ones, of one cell each."""
    shared = [attack for attack in chosen if not attack.alone]
    if shared:
        yield shared
    yield from ([attack] for attack in chosen if attack.alone)


def run(
    group: Sequence[Attack], isolation: str = "bubblewrap", forked: bool = False
) -> list[Result]:
    """Run a group in one kernel; twice, one after the other, if what is left behind counts.

    Args:
        group: the attacks.
        isolation: the tier.
        forked: in a kernel forked from a warm process, as in a class; else in a fresh one.
    """
    os.environ.setdefault("SECRET_TOKEN", "host-secret")
    if forked and not forks.started():
        forks.warm_up()
    if not forked:
        forks.stop()
    results = Session(group, isolation).run()
    if "twice" in group[0].options:
        results = Session(group, isolation).run()
    if forks.started() != forked:
        raise RuntimeError("a kernel could not be forked, so a fresh one took its place")
    return results


def table(results: Sequence[Result]) -> Iterator[str]:
    """Yield the suite's table, a line each."""
    yield f"{'attack':<32} {'expected':<17} {'got':<17} {'s':>5} {'MB':>5}  what it does"
    for result in results:
        attack = result.attack
        mark = "" if result.held else "   <-- " + (result.escaped or f"{result.survivors} left")
        yield (
            f"{attack.name:<32} {attack.expected.value:<17} {result.got.value:<17} "
            f"{result.seconds:>5.1f} {result.peak_mb:>5.0f}  {attack.options['what']}{mark}"
        )
