"""The code of a folder of results, and of the handout that everybody began with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from grader.basics import budget, storage
from grader.basics.files import Refused, read_plain
from grader.handin import template
from grader.model.assignment import chosen
from grader.reports.similar.pairs import Work
from grader.reports.similar.tokens import Handout, own

SIZE_LIMIT = 256 << 20  # bytes of submission.json; the notebook in it was bounded before
MOST_CELLS = 400


def handout() -> Handout:
    """Return the code of the students' notebook, its exercises handed out or left to them."""
    master = template.master()
    made = (template.template(master, exercises) for exercises in ((), chosen().exercises))
    return Handout.of(source for text in made for source in _code(text))


def works(out: Path, tell: Callable[[str], None] = lambda _: None) -> Iterator[Work]:
    """Yield the code of each graded hand-in that has a notebook.

    Each is read in a process of its own, with a budget: `tell` is given a line for one that
    cannot be read within it.
    """
    known = handout()
    for folder in storage.graded(out):
        try:
            found = budget.spend(lambda place=folder: _work(place, known), budget.READING)  # type: ignore[misc]
        except (budget.Exceeded, OSError, Refused, storage.Unreadable, ValueError) as error:
            tell(f"{folder.name}: left out: {error}")
            continue
        if found is not None:
            yield found


def _work(folder: Path, known: Handout) -> Work | None:
    data = read_plain(folder / storage.EVIDENCE / storage.SUBMISSION, SIZE_LIMIT)
    text = json.loads(data).get("notebook")
    if text is None:
        return None
    cells = _code(text)
    return Work(folder.name, tuple(cells), *own(cells, known))


def _code(notebook: str) -> list[str]:
    cells = json.loads(notebook)["cells"][:MOST_CELLS]
    return ["".join(cell["source"]) if cell["cell_type"] == "code" else "" for cell in cells]
