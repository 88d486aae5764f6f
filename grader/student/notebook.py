"""`grader check`: runs one's own notebook quickly, without a sandbox, and asks what it defines."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat

from grader.basics.exits import BadInput, shown
from grader.basics.files import Refused, read_plain
from grader.handin import beside
from grader.handin.notebook_file import parse_notebook
from grader.handin.writeup import document as writeup
from grader.judging import catalog
from grader.judging.cells import read_cells
from grader.judging.syntax import broken
from grader.kernel import sandbox
from grader.kernel.colab.kernel_side import prepare_kernel_side
from grader.kernel.session.deadlines import Deadlines
from grader.kernel.session.execution import NotebookRunner
from grader.model import ExecutedNotebook, Outcome, Submission, Writeup
from grader.model.assignment import chosen
from grader.scoring import rubric
from grader.student import needed, report, selection
from grader.student.report import UNWRITTEN, PublicReport

SIZE_LIMIT = 64 << 20  # bytes
MOST_LOOKED_AT = 2000  # files near the notebook
MAX_EPOCHS, MAX_BATCHES = 1, 2
DEADLINES = Deadlines(cell=60.0, submission=300.0, request=60.0)
CUT = (
    f"to be quick, your own training was cut to {MAX_EPOCHS} epoch of {MAX_BATCHES} batches; "
    "no check rests on it"
)
Tell = Callable[[str, int, int], None]  # stage, done, total


def check_file(
    path: Path, words: Iterable[str], *, hints: bool = True, tell: Tell = lambda *_: None
) -> PublicReport:
    """Return the public checks of a notebook file.

    Args:
        path: the notebook.
        words: what is wanted, as `grader.student.selection.choose` reads it; empty for all.
        hints: whether to say what to look for.
        tell: is told how far the work is.

    Raises:
        BadInput: there is no such notebook, or a word names no check; one line.
    """
    rules = rubric.load()
    wanted = selection.choose(words, rules)
    names = [name for one in wanted for name in one.checks]
    submission = opened(path)
    notebook = nbformat.reads(submission.notebook, as_version=4)
    tell("starting Python", 0, 1)
    notes = [CUT, *_shortened(notebook, names)]
    with _room(notebook, submission.beside) as folders, ThreadPoolExecutor(1) as aside:
        judging = aside.submit(_judging)
        runner = NotebookRunner("none", folders, DEADLINES)
        with runner.opened(notebook):
            runner.run_cells(lambda done, total: tell("running the notebook", done, total))
            tell("checking", 0, 1)
            executed = _without_gaps(runner.executed())
            results = judging.result().judge(names, runner.ask, submission, executed)
    text = submission.notebook or ""
    return report.build(
        path.name,
        wanted,
        results,
        rules,
        notes=notes,
        hints=hints,
        sources=[cell.source for cell in read_cells(text) if cell.code],
        broken=broken(executed.cells, text),
    )


def _shortened(notebook: Any, names: Iterable[str]) -> Iterator[str]:
    """Take away the cells at the end that have nothing to do with the checks; say so."""
    wanted = needed.classes(names)
    if wanted is None:
        return
    sources = [cell.source if cell.cell_type == "code" else "" for cell in notebook.cells]
    enough = needed.cells(sources, wanted)
    left_out = sum(bool(source.strip()) for source in sources[enough:])
    notebook.cells = notebook.cells[:enough]
    if left_out:
        cells = "cell was" if left_out == 1 else f"{left_out} code cells were"
        yield f"the last {cells} not run: nothing there is about {' or '.join(sorted(wanted))}"


def _judging() -> ModuleType:
    """Import what judges, torch above all: seconds in which the kernel starts."""
    from grader.student import judging

    catalog.catalogue()
    return judging


def opened(path: Path) -> Submission:
    """Return the notebook at `path`. Raises BadInput with one line that says what is wrong."""
    if path.is_dir():
        path = path / chosen().notebook
    if path.suffix != ".ipynb":
        raise BadInput(f"{shown(path)}: not a notebook; give the .ipynb")
    try:
        data = read_plain(path, SIZE_LIMIT)
    except Refused as refused:
        raise BadInput(f"{shown(path)}: {refused}; give your notebook's path") from None
    text = parse_notebook(data, str(path))
    return Submission(
        path.stem,
        (),
        path.name,
        text,
        writeup=_writeup(path),
        beside=_beside(path),
    )


def _beside(path: Path) -> dict[str, str]:
    """Return the modules and small data near the notebook, as if they were handed in with it."""
    contents: dict[str, bytes] = {}
    for place in itertools.islice(_near(path.parent), MOST_LOOKED_AT):
        if place.suffix.lower() in (*beside.MODULES, *beside.DATA):
            with contextlib.suppress(Refused):
                name = place.relative_to(path.parent).as_posix()
                contents[name] = read_plain(place, beside.FILE_BYTES)
    return beside.beside(contents, path.name)


def _near(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and below it, the nearest first; none of an environment's."""
    folders = [folder]
    while folders:
        entries = [e for f in folders for e in _entries(f) if not e.name.startswith(".")]
        yield from (entry for entry in entries if entry.is_file())
        below = [entry for entry in entries if entry.is_dir() and not entry.is_symlink()]
        folders = [inner for inner in below if not (inner / "pyvenv.cfg").exists()]


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:  # not ours to read
        return []


def _writeup(notebook: Path) -> Writeup | None:
    """Return the write-up beside the notebook; None, so that none is missed, if there is none."""
    name = chosen().writeup
    try:
        return writeup.read(read_plain(notebook.parent / name, SIZE_LIMIT), name) if name else None
    except Refused:
        return None


def _without_gaps(executed: ExecutedNotebook) -> ExecutedNotebook:
    """Leave out the cells that only said that something is not written yet."""
    cells = tuple(
        run
        for run in executed.cells
        if run.status is Outcome.OK or run.error is None or run.error.name != UNWRITTEN
    )
    return ExecutedNotebook(executed.isolation, cells, executed.restarts)


@contextlib.contextmanager
def _room(notebook: Any, laid: Mapping[str, str]) -> Iterator[sandbox.SandboxSettings]:
    """Yield the folders of one quick kernel, with the data that it needs; then they are gone."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    code += [text for name, text in laid.items() if name.endswith(".py")]
    base = Path(tempfile.mkdtemp(prefix="grader-check-"))
    try:
        for part in ("content", "io"):
            (base / part).mkdir()
        yield sandbox.SandboxSettings(
            scratch=base / "content",
            exchange=base / "io",
            kernel_side=prepare_kernel_side(base / "colab", laid),
            data=chosen().data.stand_in(code),
            max_epochs=MAX_EPOCHS,
            max_batches=MAX_BATCHES,
        )
    finally:
        sandbox.remove_tree(base)
