"""The hand-in itself: what was found, what ran, what its saved outputs show.

None of this costs anything by default. What is certain is a finding with an id, which an
instructor may price; what cannot be told is a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from grader.assignment.saved import run as saved_run
from grader.assignment.saved.run import SavedRun, TrainingRun
from grader.assignment.written.free_text import places
from grader.judging import cells
from grader.judging.catalog import check
from grader.judging.cells import read_cells
from grader.judging.syntax import NOT_PYTHON, broken
from grader.kernel import causes
from grader.model import Evidence, Finding, Outcome, Replies

NAME = "a2-cnn.ipynb"
WRITEUP = "a2-writeup.pdf"
EPOCHS, BATCH_SIZE = 25, 100  # of the run that question B2 asks for
LAST = 10**6  # more cells than any notebook has
RUN = f"UNet trained for at least {EPOCHS} epochs with batch size {BATCH_SIZE}"
SAID = {
    Outcome.RAISED: "cell_raised",
    Outcome.TIMED_OUT: "cell_timed_out",
    Outcome.DIED: "kernel_died",
    Outcome.SKIPPED: "cell_not_run",
}


@check("handin.notebook")
def notebook(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """A notebook was handed in that can be read.

    Why it matters: without a notebook there is nothing to run.
    Usual cause: an export to PDF or HTML handed in instead, or a file that was cut off.
    """
    problem = student.submission.problem
    if problem is not None:
        yield Finding("the hand-in", f"the notebook {NAME}", problem.reason, problem.mistake)


@check("handin.notebook_name", requires=["handin.notebook"])
def notebook_name(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """The notebook is called a2-cnn.ipynb, and it is the only one.

    Why it matters: of several notebooks only one is graded, and it should be the right one.
    Usual cause: a copy beside it, or a download that was renamed.
    """
    submission = student.submission
    name = submission.notebook_name or ""
    if name.rpartition("/")[2] != NAME:
        actual = f"{name}, graded all the same"
        yield Finding("the notebook's name", NAME, actual, "notebook_wrong_name")
    others = [f.name for f in submission.files if f.name.endswith(".ipynb") and f.name != name]
    if others:
        actual = f"{name} was graded, not {', '.join(others)}"
        yield Finding("the number of notebooks", "one", actual, "several_notebooks")


@check("handin.writeup")
def writeup(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """The write-up is a PDF that opens and has text.

    Why it matters: the written answers are in it.
    Usual cause: another format, a scan, or an upload that was forgotten.
    """
    found = student.submission.writeup
    if found is None:
        yield _note("the write-up", WRITEUP, "not looked for: only a notebook was given")
    elif found.problem is not None:
        actual = f"{found.name}: {found.problem.reason}" if found.name else found.problem.reason
        yield Finding("the write-up", f"{WRITEUP}, with text", actual, found.problem.mistake)
    else:
        actual = f"{found.name} (pages: {found.pages}, words: {len(found.text.split())})"
        yield _note("the write-up", WRITEUP, actual)


@check("handin.answers", requires=["handin.notebook"])
def answers(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """The written answers are in the answer cells or in the write-up.

    Why it matters: a person marks them; here only their length is told.
    Usual cause: the answer cells left as they were, and the write-up forgotten.
    """
    text = student.submission.notebook
    found = places(read_cells(text)) if text is not None else ()
    if not found:
        return
    actual = "; ".join(map(str, found))
    typed = student.submission.writeup
    nowhere = typed is not None and not typed.text.strip() and not typed.pictures
    if nowhere and not any(place.words or place.pictures for place in found):
        yield Finding("the answer cells", "written answers", actual, "answers_missing")
    else:
        yield _note("the answer cells", "written answers, marked by a person", actual)


@check("handin.cells_run", requires=["handin.notebook"])
def cells_run(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Every cell runs, from the first to the last.

    Why it matters: what a broken cell would have defined is missing further down.
    Usual cause: cells that were run in another order, or by hand several times.
    """
    text = student.submission.notebook
    names = cells.names(text)
    unreadable = {one.cell.index: one for one in broken(student.notebook.cells, text)}
    for run in student.notebook.cells:
        if run.status is not Outcome.OK:
            where = f"cell {run.index + 1}"
            what, cause = names.get(run.index, where), causes.of_cell(run)
            actual = str(causes.students(run) or run.error or run.status.value)
            if run.index in unreadable:
                actual = NOT_PYTHON + unreadable[run.index].said
            if cause is not None:
                yield _note(what, "it runs", f"{actual}; nobody's mistake: {cause.value}")
            else:
                yield Finding(what, "it runs", actual, SAID.get(run.status), where=where)


@check("handin.was_run", requires=["handin.notebook"])
def was_run(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """The notebook was run before it was handed in: it has saved outputs.

    Why it matters: the saved outputs show the full training, which is not repeated in grading.
    Usual cause: outputs that were cleared, or a copy of the template.
    """
    saved = _saved(student)
    if saved is None:
        yield _note("the saved outputs", RUN, "not looked at: there is no notebook file")
    elif not saved.cells_with_output:
        cleared = f"{saved.cells_that_ran} were run, but their outputs are not there"
        actual = f"no outputs: of {saved.code_cells} cells with code " + (
            cleared if saved.cells_that_ran else "none was run"
        )
        yield Finding("the saved outputs", RUN, actual, "never_run")
    else:
        yield _note("training runs in the saved outputs", RUN, _all(saved.runs))


@check("handin.epochs", requires=["handin.was_run"])
def epochs(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """UNet was trained for at least 25 epochs.

    Why it matters: question B2 asks for that run, and its curve says little before.
    Usual cause: a short trial that was never followed by the whole run.
    """
    runs = _runs(student, "UNet")
    runs = [run for run in runs if run.batch_size == BATCH_SIZE] or runs
    whole = [run for run in runs if (run.surely or 0) >= EPOCHS]
    if whole:
        yield _note("the saved runs of UNet", RUN, str(whole[0]))
        return
    certain = bool(runs) and all(r.at_most is not None and r.at_most < EPOCHS for r in runs)
    yield from _verdict(student, runs, "epochs_below_25", certain=certain)


@check("handin.batch_size", requires=["handin.was_run"])
def batch_size(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """UNet was trained with batch size 100.

    Why it matters: question B2 asks for that run, and the others are compared with it.
    Usual cause: the setting was changed for question B4 and the first run overwritten.
    """
    runs = _runs(student, "UNet")
    asked = [run for run in runs if run.batch_size == BATCH_SIZE]
    if asked:
        yield _note("the saved runs of UNet", RUN, str(asked[0]))
        return
    certain = bool(runs) and all(run.batch_size is not None for run in runs)
    yield from _verdict(student, runs, "batch_size_not_100", certain=certain)


@check("handin.training_curve", requires=["handin.was_run"])
def training_curve(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """The training curve of UNet is shown.

    Why it matters: question B2 asks for it; it shows whether the training has settled.
    Usual cause: the plot was only written to a file.
    """
    saved = _saved(student)
    if saved is None:
        return
    first, last = _first(saved, "UNet"), _first(saved, "DeepLab")
    bounded = last is not None and first is not None and first < last
    start, end = first or 0, (last if bounded else None) or LAST
    curves = [cell for cell in saved.curves if start <= cell < end]
    others = [cell for cell in saved.pictures if start <= cell < end]
    if curves or (others and first is not None):
        untold = "" if curves else "could not be told: pictures, but no code that draws a curve, "
        yield _note("the training curve", "a picture", f"{untold}in {_cells(curves or others)}")
        return
    actual = "no picture in or behind the cell that trains UNet"
    yield from _unseen(student, saved, first, "the training curve", actual, "no_training_curve")


@check("handin.batch_size_study", requires=["handin.was_run"])
def batch_size_study(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """UNet was trained with other batch sizes too.

    Why it matters: question B4 is about what these runs show.
    Usual cause: one cell was run again by hand, so that only its last output is saved.
    """
    runs = _runs(student, "UNet")
    sizes = {run.batch_size for run in runs}
    tried = {run.batch_size: run for run in runs if run.shown and run.batch_size is not None}
    if len(tried) > 1:
        found = [f"batch size {size} in cell {run.cell + 1}" for size, run in tried.items()]
        yield _note("the batch sizes of UNet", "at least two", "; ".join(found))
        return
    certain = bool(runs) and None not in sizes and len(sizes) == 1
    yield from _verdict(
        student, runs, "no_batch_size_study", certain=certain, expected="at least two batch sizes"
    )


@check("handin.predictions", requires=["handin.was_run"])
def predictions(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Predictions of the fine-tuned network are shown.

    Why it matters: question C3 asks for them; a score alone hides what the network confuses.
    Usual cause: the pictures were only written to files.
    """
    saved = _saved(student)
    if saved is None:
        return
    first = _first(saved, "DeepLab")
    shown = [cell for cell in saved.pictures if first is not None and cell >= first]
    if shown:
        yield _note("predictions", "a picture", f"in {_cells(shown)}")
        return
    actual = "no picture in or behind the cell that fine-tunes the network"
    yield from _unseen(student, saved, first, "predictions", actual, "predictions_not_shown")


def _saved(student: Evidence) -> SavedRun | None:
    text = student.submission.notebook
    return None if text is None else saved_run.read(text)


def _runs(student: Evidence, network: str) -> list[TrainingRun]:
    saved = _saved(student)
    return list(saved.of(network)) if saved else []


def _first(saved: SavedRun, network: str) -> int | None:
    return min((run.cell for run in saved.of(network)), default=None)


def _all(runs: Iterable[TrainingRun]) -> str:
    return "; ".join(map(str, runs)) or "none was found"


def _cells(indices: Sequence[int]) -> str:
    """Return cells as a person counts them, for instance `cells 3, 5`."""
    numbers = ", ".join(str(index + 1) for index in indices)
    return f"cell{'s' if indices[1:] else ''} {numbers}"


def _verdict(
    student: Evidence,
    runs: list[TrainingRun],
    mistake: str,
    *,
    certain: bool,
    expected: str = RUN,
) -> Iterator[Finding]:
    """Yield a finding if it is certain, else a note that says what was found."""
    if _saved(student) is None:
        return
    sure = all(run.sure for run in runs)
    if certain and sure:
        yield Finding("the saved runs of UNet", expected, _all(runs), mistake)
    else:
        untold = "could not be told" if sure else "could not be told, cells ran in another order"
        yield _note("the saved runs of UNet", expected, f"{untold}: {_all(runs)}")


def _unseen(
    student: Evidence, saved: SavedRun, first: int | None, what: str, actual: str, mistake: str
) -> Iterator[Finding]:
    """Yield a finding for a picture that is not there; a note if it may be somewhere else."""
    found = student.submission.writeup
    if first is None:
        yield _note(what, "a picture", "the training run that it belongs to was not found")
    elif any(cell >= first for cell in saved.text_pictures):
        yield _note(what, "a picture", f"{actual}, but pictures in text cells below it")
    elif found is not None and found.pictures:
        yield _note(what, "a picture", f"{actual}, but some in {found.name}")
    else:
        yield Finding(what, "a picture", actual, mistake)


def _note(what: str, expected: str, actual: str) -> Finding:
    return Finding(what, expected, actual, note=True)
