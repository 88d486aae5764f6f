"""One submission through the whole line: open, execute, ask, judge, score."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from grader.basics import budget, storage
from grader.batch import warm
from grader.batch.settings import Settings
from grader.judging import catalog
from grader.kernel import requests, sandbox
from grader.kernel.colab.kernel_side import prepare_kernel_side
from grader.kernel.session.execution import NotebookRunner
from grader.model import (
    CheckResult,
    Evidence,
    ExecutedNotebook,
    GradeReport,
    Outcome,
    Replies,
    Reply,
    Request,
    StudentError,
    Submission,
)
from grader.model.assignment import chosen
from grader.scoring import reporting

Tell = Callable[[str, int, int], None]  # stage, done, total


def _silent(stage: str, done: int, total: int) -> None:
    pass


@dataclass(frozen=True)
class Graded:
    """One submission at the end of the line."""

    report: GradeReport
    evidence: Evidence
    results: tuple[CheckResult, ...]
    notebook: str  # as it ran

    def save_evidence(self, folder: Path) -> None:
        """Write all that is needed to judge or to score again without a kernel."""
        evidence = self.evidence
        storage.save_evidence(
            folder, evidence.notebook, self.notebook, evidence.replies, self.results
        )
        storage.write(folder / storage.SUBMISSION, storage.to_json(evidence.submission))


class Line:
    """The straight line, with what is shared between the submissions of a run."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.world = warm.world_at(settings.world)

    @property
    def shared(self) -> warm.Shared:
        """Return the requests and the reference's replies, made once a run."""
        return warm.shared(self.settings.seed, self.world)

    @property
    def requests(self) -> tuple[Request, ...]:
        """Return what is asked of every submission."""
        return self.shared.requests

    @property
    def reference(self) -> Replies:
        """Return the reference's replies, computed once a run."""
        return self.shared.reference

    def grade(
        self, submission: Submission, folder: Path | None, tell: Tell = _silent
    ) -> GradeReport:
        """Return the report of one submission; evidence goes to `folder` if there is one."""
        graded = self.run(submission, tell)
        if folder is not None:
            graded.save_evidence(folder)
        return graded.report

    def run(self, submission: Submission, tell: Tell = _silent) -> Graded:
        """Take one submission through the whole line.

        Raises:
            SandboxError: the sandbox failed, which is never the submission's fault.
        """
        executed, notebook, replies = self.execute(submission, tell)
        evidence = Evidence(submission, executed, replies)
        tell("judging", 0, 1)
        results = catalog.judge(evidence, self.reference, limit=budget.JUDGING)
        settings = self.settings
        environment = reporting.environment(settings.device, settings.seed)
        report = reporting.report(evidence, results, settings.rubric, environment)
        return Graded(report, evidence, results, notebook)

    def execute(
        self, submission: Submission, tell: Tell = _silent
    ) -> tuple[ExecutedNotebook, str, Replies]:
        """Run a notebook in its sandbox and ask everything that is to be asked."""
        if submission.notebook is None:
            return ExecutedNotebook(self.settings.isolation), "", self._unasked(submission)
        notebook = nbformat.reads(submission.notebook, as_version=4)
        with room(self.settings, notebook, submission.beside) as folders:
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
        asked = self.shared.asked
        return Replies({id_: Reply(id_, Outcome.SKIPPED, error=error) for id_ in asked}, asked)

    def _ask(self, runner: NotebookRunner, tell: Tell) -> Replies:
        replies: dict[str, Reply] = {}
        put = [r for r in self.requests if r.kind not in chosen().staff_answers and not r.reserve]
        for group in requests.groups(put):
            tell("asking the networks", len(replies), len(self.requests))
            replies |= {reply.id: reply for reply in requests.ask_all(runner.ask, group)}
        for request in catalog.further(Replies(replies, self.shared.asked)):
            tell("asking again", len(replies), len(self.requests))
            replies[request.id] = runner.ask(request)
        tell("looking for the smallest failing call", 0, 1)
        known = Replies(replies, self.shared.asked)
        found = list(catalog.explore(runner.ask, known, limit=budget.SEARCHING))
        asked = {request.id: request for request, _ in found}
        replies |= {reply.id: reply for _, reply in found}
        return Replies(replies, self.shared.asked | asked)


@contextlib.contextmanager
def room(
    settings: Settings, notebook: Any = None, beside: Mapping[str, str] | None = None
) -> Iterator[sandbox.SandboxSettings]:
    """Yield the folders of one kernel, with the data that a notebook needs; then they are gone.

    Args:
        settings: of the run.
        notebook: whose loops tell how much data is needed; None for all of it.
        beside: what was handed in beside it.
    """
    cells = [] if notebook is None else notebook.cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    code += [text for name, text in (beside or {}).items() if code and name.endswith(".py")]
    base = Path(tempfile.mkdtemp(prefix="grader-"))
    try:
        for part in ("content", "io"):
            (base / part).mkdir()
        yield sandbox.SandboxSettings(
            scratch=base / "content",
            exchange=base / "io",
            kernel_side=prepare_kernel_side(base / "colab", beside),
            data=warm.world_at(settings.world, None if settings.full else code or None),
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
