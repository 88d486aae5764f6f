"""What the saved outputs show of the training runs, before anything is run again.

Runs are found by content whatever the layout: lines that count epochs in what a cell printed,
and the settings that its code asks for. What neither tells stays None.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from grader.assignment.saved.code import draws, parse
from grader.assignment.saved.settings import Call, training_calls
from grader.assignment.saved.values import network_of
from grader.basics.numbers import many
from grader.judging.cells import SavedCell, read_cells

LINES = 20_000  # that count epochs, in one cell
BEFORE = 2000  # characters before a run in which it is named
EPOCH = re.compile(
    r"\b(?:epoch|ep)\b\W{0,4}(?P<done>\d{1,6})"
    r"(?:\]?\s{0,2}(?:/|of|out of)\s{0,2}(?P<all>\d{1,6}))?",
    re.IGNORECASE,
)
BAR = re.compile(r"\|\s{0,2}(?P<done>\d{1,6})/(?P<all>\d{1,6})\s{0,2}\[")  # a progress bar
PLACE = re.compile(  # "[3/25] loss ..." at the beginning of a line
    r"^\s{0,4}\[?\s{0,3}(?P<done>\d{1,6})\s{0,2}/\s{0,2}(?P<all>\d{1,6})\b", re.MULTILINE
)
BATCH_SIZE = re.compile(r"\bbatch[ _-]?size\W{0,6}(\d{1,6})\b", re.IGNORECASE)
NETWORK = re.compile(r"\b(?:U-?Net|CNN|DeepLab\w*)\b", re.IGNORECASE)
DRAWS_LOSS = re.compile(r"loss|acc|curve|history", re.IGNORECASE)


@dataclass(frozen=True)
class TrainingRun:
    """One run of a training loop; None is what could not be told.

    Attributes:
        cell: index of its cell among all cells.
        network: "CNN", "UNet" or "DeepLab".
        epochs: the last epoch that was printed, counted from 1.
        planned: how many epochs the output or the settings announce.
        batch_size: what was printed, else what the settings say.
        shown: the cell has saved outputs.
        error: class of the exception that the cell ended with, "" if there is none.
        sure: what was not printed does not depend on the order in which the cells were run.
    """

    cell: int
    network: str | None = None
    epochs: int | None = None
    planned: int | None = None
    batch_size: int | None = None
    shown: bool = False
    error: str = ""
    sure: bool = True

    @property
    def at_most(self) -> int | None:
        """Return the number of epochs that there can have been: printed, else planned."""
        return self.planned if self.epochs is None else self.epochs

    @property
    def surely(self) -> int | None:
        """Return the number of epochs that there were, None if it cannot be told."""
        untold = self.epochs is None and (self.error or not self.shown)
        return None if untold else self.at_most

    def __str__(self) -> str:
        """Return the run in words, for instance `UNet, 25 epochs, batch size 10 (cell 37)`."""
        parts = [self.network or "a network", _epochs(self)]
        parts += [f"batch size {self.batch_size}" if self.batch_size else "batch size not told"]
        text = f"{', '.join(parts)} (cell {self.cell + 1})"
        return f"{text}, which ended with {self.error}" if self.error else text


@dataclass(frozen=True)
class SavedRun:
    """Everything that is looked for in the saved outputs of a notebook.

    Attributes:
        code_cells: with anything in them.
        cells_with_output: of these.
        cells_that_ran: of these: with outputs or an execution count.
        runs: training runs, in the order of the notebook.
        pictures: indices of the code cells that show pictures.
        text_pictures: indices of the text cells that hold pictures.
        curves: indices of the code cells that show a picture and whose code draws a curve.
    """

    code_cells: int = 0
    cells_with_output: int = 0
    cells_that_ran: int = 0
    runs: tuple[TrainingRun, ...] = ()
    pictures: tuple[int, ...] = ()
    text_pictures: tuple[int, ...] = ()
    curves: tuple[int, ...] = ()

    def of(self, network: str) -> tuple[TrainingRun, ...]:
        """Return the runs of one network."""
        return tuple(run for run in self.runs if run.network == network)


@functools.lru_cache(maxsize=4)
def read(notebook: str) -> SavedRun:
    """Return what the saved outputs of a notebook, nbformat 4 JSON text, show."""
    cells = read_cells(notebook)
    code = [cell for cell in cells if cell.code and cell.source.strip()]
    asked = training_calls(cells)
    drawing = {call.cell for call in asked if call.draws}
    shown = [cell for cell in code if cell.pictures]
    return SavedRun(
        len(code),
        sum(cell.shows for cell in code),
        sum(cell.ran for cell in code),
        tuple(
            run for cell in code for run in _runs(cell, [c for c in asked if c.cell == cell.index])
        ),
        tuple(cell.index for cell in shown),
        tuple(cell.index for cell in cells if not cell.code and cell.pictures),
        tuple(cell.index for cell in shown if cell.index in drawing or _draws_curve(cell)),
    )


def _draws_curve(cell: SavedCell) -> bool:
    """Return whether a cell plots something that is called a loss, an accuracy or a curve."""
    statements = [statement for statement in parse(cell.source) if draws(statement)]
    return bool(statements) and bool(DRAWS_LOSS.search(cell.source))


@dataclass(frozen=True)
class _Count:
    """A stretch of output that counts epochs upwards."""

    reached: int
    planned: int | None
    before: str  # what was printed since the stretch before it
    lines: int


def _runs(cell: SavedCell, asked: Sequence[Call]) -> Iterator[TrainingRun]:
    """Yield the runs of a cell: what was printed, beside what the code asks for, in order."""
    counts = _counts(cell.printed, asked)
    total = max(len(asked), len(counts))
    for place in range(total):
        call = asked[min(place, len(asked) - 1)] if asked else _guessed(cell)
        count = counts[place] if place < len(counts) else None
        printed = BATCH_SIZE.findall(count.before) if count else []
        names = NETWORK.findall(count.before) if count else []
        yield TrainingRun(
            cell.index,
            call.network or (network_of(names[-1].replace("-", "")) if names else None),
            count.reached if count else None,
            (count.planned if count else None) or call.epochs,
            int(printed[-1])
            if printed
            else call.batch_size
            if place < max(1, len(asked))
            else None,
            cell.shows,
            cell.error if place == total - 1 else "",
            call.sure or bool(count and printed),
        )


def _guessed(cell: SavedCell) -> Call:
    """Return what the words of a cell say of a run whose code was not understood; never sure."""
    names = {network_of(name.replace("-", "")) for name in NETWORK.findall(cell.source)}
    sizes = set(BATCH_SIZE.findall(cell.source))
    return Call(
        cell.index,
        names.pop() if len(names) == 1 else None,
        batch_size=int(sizes.pop()) if len(sizes) == 1 else None,
        sure=False,
    )


def _counts(printed: str, asked: Sequence[Call]) -> list[_Count]:
    """Return the stretches of a cell's output in which the epochs count upwards."""
    matches = list(islice(EPOCH.finditer(printed), LINES))
    for pattern in (BAR, PLACE):  # what counts to as many as the settings ask for counts epochs
        wanted = {call.epochs for call in asked} if not matches else set()
        found = islice(pattern.finditer(printed), LINES if wanted else 0)
        matches = [m for m in found if int(m["all"]) in wanted] or matches
    counts, start = [], 0
    for end in range(1, len(matches) + 1):
        if end == len(matches) or int(matches[end]["done"]) < int(matches[end - 1]["done"]):
            since = matches[start - 1].end() if start else 0
            counts.append(_count(matches[start:end], printed[since : matches[start].start()]))
            start = end
    if len(counts) > max(1, len(asked)):  # "best epoch: 12" is no run
        counts = [count for count in counts if count.lines > 1 or count.planned] or counts[:1]
    return counts


def _count(stretch: Sequence[re.Match[str]], before: str) -> _Count:
    numbers = [int(match["done"]) for match in stretch]
    totals = [int(match["all"]) for match in stretch if match["all"]]
    from_zero = numbers[0] == 0 and stretch[0].re is EPOCH  # a bar's 0 is its beginning
    planned = totals[-1] if totals else None
    return _Count(numbers[-1] + from_zero, planned, before[-BEFORE:], len(stretch))


def _epochs(run: TrainingRun) -> str:
    if run.epochs is not None:
        stopped = run.planned is not None and run.epochs < run.planned
        return f"{run.epochs} of {run.planned} epochs" if stopped else many(run.epochs, "epoch")
    if run.planned is None:
        return "epochs not told"
    return f"{many(run.planned, 'epoch')} in its settings"
