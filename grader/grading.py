"""What `grader grade` does: from options to a graded folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from tqdm import tqdm

from grader import rubric, sandbox, storage, submissions
from grader import run as run_line
from grader.execution import Deadlines
from grader.exits import GRADED, WITHHELD, BadInput, shown, writable
from grader.exporters import terminal
from grader.model import GradeReport
from grader.run import Line, Settings, Tell
from grader.standin.world import WorldError


def grade(options: argparse.Namespace) -> int:
    """Grade every submission at a path and print a report each."""
    paths = submissions.find(options.path)
    if options.out is not None:
        writable(options.out, "--out")
    rubric_ = rubric.load(options.rubric or rubric.SHIPPED)
    _valid(options)
    isolation = sandbox.choose_isolation(options.sandbox)
    with _world(options.data_root) as world:
        line = Line(_settings(options, isolation, world, rubric_))
        reports = [_grade_one(line, p, options.out, alone=p == options.path) for p in paths]
    if options.out is not None:
        print(f"written to {shown(options.out)}")
    withheld = any(report.status == "withheld" for report in reports)
    return WITHHELD if withheld else GRADED


@contextmanager
def _world(data_root: Path | None) -> Iterator[Path]:
    try:
        with run_line.world_of(data_root) as world:
            yield world
    except WorldError as error:
        given = f"--data-root {shown(data_root)}: " if data_root is not None else ""
        raise BadInput(f"{given}{error}") from None


def _grade_one(line: Line, path: Path, out: Path | None, *, alone: bool) -> GradeReport:
    """Grade one submission; of several, one that cannot be graded gets zero and the reason."""
    submission = submissions.open_submission(path) if alone else submissions.receive(path)
    folder = out / submission.id if out is not None else None
    with progress() as tell:
        report = line.grade(submission, folder and folder / storage.EVIDENCE, tell)
    if folder is not None:
        storage.save_report(folder, report)
    print(terminal.render(report, colour=sys.stdout.isatty()), flush=True)
    return report


@contextmanager
def progress() -> Iterator[Tell]:
    """Yield a function that shows how far the work is, on stderr when it is a terminal."""
    with tqdm(
        leave=False, disable=not sys.stderr.isatty(), bar_format="{desc} {bar} {n}/{total}"
    ) as bar:

        def tell(stage: str, done: int, total: int) -> None:
            bar.set_description_str(stage, refresh=False)
            bar.total, bar.n = total, done
            bar.refresh()

        yield tell


def _valid(options: argparse.Namespace) -> None:
    if options.seed is not None and options.seed < 0:
        raise BadInput(f"--seed {options.seed}: a seed is 0 or more")
    if options.weights is not None and not options.weights.is_file():
        raise BadInput(f"--weights {shown(options.weights)}: no such file")


def _settings(
    options: argparse.Namespace, isolation: str, world: Path, rubric_: rubric.Rubric
) -> Settings:
    return Settings(
        isolation=isolation,
        world=world,
        seed=run_line.new_seed() if options.seed is None else options.seed,
        rubric=rubric_,
        weights=options.weights,
        full=options.full,
        device=_device(options.device),
        denied=(options.out.resolve(),) if options.out is not None else (),
        deadlines=Deadlines.full_size() if options.full else Deadlines(),
    )


def _device(requested: str) -> str:
    available = torch.cuda.is_available()
    if requested == "cuda" and not available:
        raise BadInput("--device cuda: no GPU that torch can use; leave the option out")
    return "cuda" if available and requested != "cpu" else "cpu"
