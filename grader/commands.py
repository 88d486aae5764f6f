"""What each verb of the command line does."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from tqdm import tqdm

from grader import catalogue_text, cli, rubric, sandbox, selftest, storage, submissions
from grader import run as run_line
from grader.execution import Deadlines
from grader.exporters import terminal
from grader.model import GradeReport
from grader.run import Line, Settings, Tell
from grader.standin.world import WorldError, build_world, default_world_root
from grader.submissions import BadInput, shown


def run(options: argparse.Namespace) -> int:
    """Run the verb that was asked for and return the exit code."""
    verbs = {
        "grade": grade,
        "rescore": rescore,
        "checks": show_checks,
        "explain": explain,
        "selftest": run_selftest,
        "data": data,
    }
    return verbs[options.verb](options)


def grade(options: argparse.Namespace) -> int:
    """Grade every submission at a path and print a report each."""
    paths = submissions.find(options.path)
    if options.out is not None:
        _writable(options.out)
    rubric_ = rubric.load(options.rubric or rubric.SHIPPED)
    _valid(options)
    isolation = sandbox.choose_isolation(options.sandbox)
    with _world(options.data_root) as world:
        line = Line(_settings(options, isolation, world, rubric_))
        reports = [_grade_one(line, p, options.out, alone=p == options.path) for p in paths]
    if options.out is not None:
        print(f"written to {shown(options.out)}")
    withheld = any(report.status == "withheld" for report in reports)
    return cli.WITHHELD if withheld else cli.GRADED


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


def _writable(folder: Path) -> None:
    """Make the output folder, or say in one line why it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise BadInput(
            f"--out {shown(folder)}: cannot be written ({error.strerror}); give another folder"
        ) from None


def rescore(options: argparse.Namespace) -> int:
    """Score graded submissions again with another rubric."""
    rubric_ = rubric.load(options.rubric)
    folders = storage.graded(options.out)
    if not folders:
        raise BadInput(f"{shown(options.out)}: no report.json in the folders below it")
    for folder in folders:
        try:
            old = storage.load_report(folder)
            results = storage.load_results(folder / storage.EVIDENCE / storage.RESULTS)
        except (OSError, storage.Unreadable) as error:
            raise BadInput(f"{shown(folder)}: cannot be scored again: {error}") from None
        new = run_line.rescore(old, results, rubric_)
        storage.save_report(folder, new)
        change = f"{terminal.points(old.score)} -> {terminal.points(new.score)}"
        print(
            f"{terminal.clean(new.submission.id):<40} {change} of {terminal.points(new.max_score)}"
        )
    return cli.GRADED


def show_checks(options: argparse.Namespace) -> int:
    """Print every check with its points and who sees it."""
    print(catalogue_text.table(rubric.load(options.rubric or rubric.SHIPPED)), end="")
    return cli.GRADED


def explain(options: argparse.Namespace) -> int:
    """Print the documentation of one check, or of one mistake."""
    try:
        text = catalogue_text.explain(options.check, rubric.load(options.rubric or rubric.SHIPPED))
    except KeyError as error:
        raise BadInput(str(error.args[0])) from None
    print(text, end="")
    return cli.GRADED


def run_selftest(options: argparse.Namespace) -> int:
    """Check the laws of the catalogue over the mutants and right variants of the source tree."""
    outcome = selftest.run(options.tests, options.jobs, tell=lambda line: print(line, flush=True))
    return cli.GRADED if outcome else cli.WITHHELD


def data(options: argparse.Namespace) -> int:
    """Make the stand-in data, or download the real sets."""
    if options.what == "make":
        print(build_world(options.to or default_world_root()))
        return cli.GRADED
    from grader.standin import fetch

    _writable(options.to)
    try:
        fetch.fetch_data(options.to)
        print(fetch.fetch_deeplab(options.to / "deeplabv3_resnet101.safetensors"))
    except fetch.FetchError as error:
        raise BadInput(str(error)) from None
    return cli.GRADED
