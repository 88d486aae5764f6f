"""One submission through the whole line: open, execute, ask, judge, score."""

from __future__ import annotations

import contextlib
import platform
import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import torch
import torchvision

import grader
from grader import catalog, figures, oracle, requests, rubric, sandbox, storage
from grader.draws import Draw
from grader.execution import Deadlines, NotebookRunner
from grader.model import (
    CheckResult,
    Evidence,
    ExecutedNotebook,
    GradeReport,
    Outcome,
    Replies,
    Reply,
    Request,
    Status,
    StudentError,
    Submission,
)
from grader.standin.dataroot import check_world, lay_out
from grader.standin.kernel_side import prepare_kernel_side
from grader.standin.world import build_world, default_world_root

Tell = Callable[[str, int, int], None]  # stage, done, total


def _silent(stage: str, done: int, total: int) -> None:
    pass


@dataclass(frozen=True)
class Settings:
    """How a run grades: the same settings and seed give the same reports."""

    isolation: str
    world: Path
    seed: int
    rubric: rubric.Rubric
    weights: Path | None = None
    full: bool = False
    max_epochs: int = 1
    device: str = "cpu"
    denied: tuple[Path, ...] = ()  # folders that no sandbox may show
    deadlines: Deadlines = field(default_factory=Deadlines)


def new_seed() -> int:
    """Return a fresh secret seed."""
    return secrets.randbits(63)


@contextlib.contextmanager
def world_of(data_root: Path | None) -> Iterator[Path]:
    """Yield the data folder of the run: the user's own, else the stand-in, built once.

    Raises:
        ValueError: the user's data is incomplete or damaged; one line.
    """
    if data_root is None:
        yield build_world(default_world_root())
        return
    found = check_world(data_root)
    with tempfile.TemporaryDirectory(prefix=".grader-data-", dir=data_root.parent) as folder:
        yield lay_out(found, Path(folder))


class Line:
    """The straight line, with what is shared between the submissions of a run."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.requests = tuple(catalog.requests(Draw(settings.seed)))
        self._reference: Replies | None = None

    @property
    def reference(self) -> Replies:
        """Return the reference's replies, computed once a run."""
        if self._reference is None:
            self._reference = oracle.answer(self.requests, self.settings.world)
        return self._reference

    def grade(
        self, submission: Submission, folder: Path | None, tell: Tell = _silent
    ) -> GradeReport:
        """Return the report of one submission; evidence goes to `folder` if there is one."""
        executed, notebook, replies = self.execute(submission, tell)
        evidence = Evidence(submission, executed, replies)
        tell("judging", 0, 1)
        results = catalog.judge(evidence, self.reference)
        if folder is not None:
            storage.save_evidence(folder, executed, notebook, replies, results)
            storage.write(folder / storage.SUBMISSION, storage.to_json(submission))
        return report(self.settings, evidence, results)

    def execute(
        self, submission: Submission, tell: Tell = _silent
    ) -> tuple[ExecutedNotebook, str, Replies]:
        """Run a notebook in its sandbox and ask everything that is to be asked."""
        if submission.notebook is None:
            return ExecutedNotebook(self.settings.isolation), "", self._unasked(submission)
        notebook = nbformat.reads(submission.notebook, as_version=4)
        with room(self.settings) as folders:
            runner = NotebookRunner(self.settings.isolation, folders, self.settings.deadlines)
            with runner.opened(notebook):
                tell("running the notebook", 0, len(notebook.cells))
                runner.run_cells(lambda i, n: tell("running the notebook", i, n))
                replies = self._ask(runner, tell)
                world = runner.ask(Request("world", "world"))
                executed = runner.executed(_transforms(world.values))
        return executed, nbformat.writes(notebook), replies

    def _unasked(self, submission: Submission) -> Replies:
        """Return a reply to each request that says why there is nobody to ask."""
        reason = submission.problem.reason if submission.problem else "there is no notebook"
        error = StudentError("NoNotebook", reason)
        none = {id_: Reply(id_, Outcome.SKIPPED, error=error) for id_ in self._asked()}
        return Replies(none, self._asked())

    def _ask(self, runner: NotebookRunner, tell: Tell) -> Replies:
        replies: dict[str, Reply] = {}
        put = [request for request in self.requests if request.kind not in requests.OURS]
        for group in requests.groups(put):
            tell("asking the networks", len(replies), len(self.requests))
            replies |= {reply.id: reply for reply in requests.ask_all(runner.ask, group)}
        tell("looking for the smallest failing call", 0, 1)
        found = list(catalog.explore(runner.ask, Replies(replies, self._asked())))
        asked = {request.id: request for request, _ in found}
        replies |= {reply.id: reply for _, reply in found}
        return Replies(replies, self._asked() | asked)

    def _asked(self) -> dict[str, Request]:
        return {request.id: request for request in self.requests}


@contextlib.contextmanager
def room(settings: Settings) -> Iterator[sandbox.SandboxSettings]:
    """Yield the folders of one kernel; they are gone afterwards."""
    base = Path(tempfile.mkdtemp(prefix="grader-"))
    try:
        for part in ("content", "io"):
            (base / part).mkdir()
        yield sandbox.SandboxSettings(
            scratch=base / "content",
            exchange=base / "io",
            kernel_side=prepare_kernel_side(base / "colab"),
            data=settings.world,
            weights=settings.weights,
            limits=sandbox.Limits.full_size() if settings.full else sandbox.Limits(),
            full=settings.full,
            max_epochs=settings.max_epochs,
            device=settings.device,
            denied=settings.denied,
        )
    finally:
        sandbox.remove_tree(base)  # also what a notebook nested a thousand folders deep


def _transforms(values: Any) -> tuple[str, ...]:
    """Return, once each, what the stand-in changed to make the notebook run."""
    rows = values.get("transforms", []) if isinstance(values, dict) else []
    details: dict[str, list[str]] = {}
    for row in rows:
        if isinstance(row, dict):
            kind, detail = str(row.get("transform"))[:40], str(row.get("detail"))[:120]
            details.setdefault(kind, []).append(detail)
    return tuple(
        f"{kind}: {found[0]}" + (f" (and {len(found) - 1} more)" if found[1:] else "")
        for kind, found in list(details.items())[:40]
    )


def report(settings: Settings, evidence: Evidence, results: tuple[CheckResult, ...]) -> GradeReport:
    """Return the report: a verdict of ours that broke withholds it, and is never a score."""
    broken = [r for r in results if r.status is Status.BROKEN]
    scored = rubric.score(results, settings.rubric)
    notes = [*evidence.submission.notes, *evidence.notebook.notes]
    notes += [f"grader fault in {r.id}: {r.message}" for r in broken]
    notes += [f"made to run: {line}" for line in evidence.notebook.transforms]
    return GradeReport(
        submission=evidence.submission.without_contents(),
        status="withheld" if broken else "graded",
        score=0.0 if broken else scored.points,
        max_score=scored.max_points,
        isolation=evidence.notebook.isolation,
        questions=() if broken else scored.questions,
        manual=scored.manual,
        checks=scored.checks,
        notes=tuple(notes),
        cells=evidence.notebook.cells,
        figures=figures.figures(evidence),
        environment=environment(settings),
    )


def rescore(
    old: GradeReport, results: tuple[CheckResult, ...], rubric_: rubric.Rubric
) -> GradeReport:
    """Return a report with the points of another rubric; nothing is run or judged again."""
    scored = rubric.score(results, rubric_)
    withheld = old.status == "withheld"
    return replace(
        old,
        score=0.0 if withheld else scored.points,
        max_score=scored.max_points,
        questions=() if withheld else scored.questions,
        manual=scored.manual,
        checks=scored.checks,
    )


def environment(settings: Settings) -> dict[str, str]:
    """Return the versions and settings that a report depends on."""
    return {
        "grader": grader.__version__,
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "torchvision": str(torchvision.__version__),
        "numpy": np.__version__,
        "device": settings.device,
        "seed": str(settings.seed),
    }
