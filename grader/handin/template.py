"""Makes the notebook that students get out of the master notebook, `reference/a2-cnn.ipynb`.

The master holds solutions between lines that nbgrader knows as well:

    ### BEGIN SOLUTION A1: CNN
    ...
    ### END SOLUTION

What stands between them is replaced by a gap: a `NotImplementedError` that names the question,
or the lines behind `### TEMPLATE`, uncommented. `### BEGIN EXERCISE [conv2d] ...` begins a region
that stays, unless the exercise of that name is asked for. In text cells the marks are comments,
`<!-- BEGIN SOLUTION A2 -->`. What nbgrader notes in cells is the master's alone.
"""

from __future__ import annotations

import copy
import importlib.util
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.basics.exits import BadInput
from grader.model.assignment import chosen

MESSAGE = "Question {label} is not written yet. Fill in its gap and run its cell again."

_MARK = re.compile(
    r"^(?P<indent>\s*)(?:###|<!--)\s*(?P<what>(?:BEGIN|END) (?P<kind>SOLUTION|EXERCISE)|TEMPLATE)"
    r"(?:\s+\[(?P<exercise>[\w-]+)\])?\s*(?P<label>.*?)\s*(?:-->)?$"
)
_COMMENT = re.compile(r"^(?P<indent>\s*)(?:# ?(?P<code>.*)|<!-- (?P<text>.*) -->)$")

Notebook = dict[str, Any]


@dataclass(frozen=True)
class Region:
    """A solution in one cell, and what a student finds in its place.

    Attributes:
        label: question and name of what is to be written, for instance "A1: CNN".
        exercise: the exercise that the region belongs to, "" for the assignment's own questions.
        indent: blanks before its first mark.
        solution: its lines, without the marks.
        template: lines behind the TEMPLATE mark, uncommented; empty for a gap that raises.
    """

    label: str
    exercise: str
    indent: str
    solution: tuple[str, ...]
    template: tuple[str, ...]

    def shown(self, exercises: Collection[str]) -> list[str]:
        """Return the lines of a student's notebook."""
        if self.exercise and self.exercise not in exercises:
            return list(self.solution)
        if self.template:
            return list(self.template)
        question = self.label.partition(":")[0]
        comment = f"# {question}: your code here, in place of what is raised below"
        message = MESSAGE.format(label=self.label)
        lines = [comment, "raise NotImplementedError(", f"    {message!r})"]
        return [self.indent + line for line in lines]


def master() -> Path:
    """Return the master notebook's file.

    Raises:
        BadInput: it is not installed; a student's package has no `reference`.
    """
    package = importlib.util.find_spec("reference")
    folders = list(package.submodule_search_locations or ()) if package else []
    found = next((path for f in folders if (path := Path(f) / chosen().notebook).is_file()), None)
    if found is None:
        raise BadInput(
            f"reference/{chosen().notebook} is not here: the template is made from the source tree "
            "of the grader"
        )
    return found


def template(path: Path, exercises: Collection[str] = ()) -> str:
    """Return the text of the student's notebook; the same bytes each time.

    Args:
        path: the master notebook.
        exercises: names of the exercises whose regions become gaps too.

    Raises:
        BadInput: no notebook, a mark without its other half, an exercise that does not exist.
    """
    notebook = read(path)
    unknown = sorted(set(exercises) - _exercises(notebook, path))
    if unknown:
        known = ", ".join(sorted(_exercises(notebook, path))) or "none"
        raise BadInput(f"no exercise is called {unknown[0]!r}: choose from {known}")
    return as_text(_template_of(notebook, exercises, path))


def _template_of(notebook: Notebook, exercises: Collection[str], path: Path) -> Notebook:
    made = copy.deepcopy(notebook)
    for cell in made["cells"]:
        lines: list[str] = []
        for part in _parts(cell, path):
            lines += part.shown(exercises) if isinstance(part, Region) else [part]
        cell["source"] = "\n".join(lines).splitlines(keepends=True)
        cell["metadata"].pop("nbgrader", None)
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return made


def regions(path: Path) -> list[Region]:
    """Return every region of a master notebook, in its order. Raises BadInput."""
    cells = read(path)["cells"]
    return [part for cell in cells for part in _parts(cell, path) if isinstance(part, Region)]


def solution_lines(path: Path, exercises: Collection[str] = ()) -> set[str]:
    """Return each line that a student must not get, without blanks; comments are lines too.

    Lines without a letter or a digit, such as a closing parenthesis, are no solution.
    """
    hidden = [r for r in regions(path) if not r.exercise or r.exercise in exercises]
    lines = {squeezed(line) for region in hidden for line in region.solution}
    return {line for line in lines if any(c.isalnum() for c in line)}


def squeezed(line: str) -> str:
    """Return a line without any blanks."""
    return "".join(line.split())


def read(path: Path) -> Notebook:
    """Return a notebook as it is in its file. Raises BadInput if it is none."""
    try:
        notebook = json.loads(path.read_text("utf-8"))
        cells = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError):
        raise BadInput(f"{path} is not a notebook of nbformat 4") from None
    assert cells is not None  # noqa: S101 - read only to see that they are there
    return dict(notebook)


def as_text(notebook: Notebook) -> str:
    """Return a notebook as the text of its file, as Jupyter writes it."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _exercises(notebook: Notebook, path: Path) -> set[str]:
    parts = [part for cell in notebook["cells"] for part in _parts(cell, path)]
    return {part.exercise for part in parts if isinstance(part, Region) and part.exercise}


def _parts(cell: Notebook, path: Path) -> Iterator[str | Region]:
    """Yield the lines of a cell, each region as one. Raises BadInput for a mark that is alone."""
    opened: list[str] = []
    kind = ""  # of the region that is open
    for line in "".join(cell["source"]).split("\n"):
        mark = _MARK.match(line)
        if mark is None and not opened:
            yield line
        elif mark is None:
            opened.append(line)
        elif _is_alone(mark, kind):
            raise BadInput(f"{path}: cell {cell.get('id')}: {line.strip()!r} has no other half")
        elif not mark["what"].startswith("END"):
            kind = kind or mark["kind"]
            opened.append(line)
        else:
            yield _region(opened, cell, path)
            opened, kind = [], ""
    if opened:
        raise BadInput(f"{path}: cell {cell.get('id')}: {opened[0].strip()!r} has no other half")


def _is_alone(mark: re.Match[str], kind: str) -> bool:
    """Return whether a mark does not fit what is open: nothing before a begin, else its like."""
    if mark["what"].startswith("BEGIN"):
        return kind != ""
    return kind == "" or mark["kind"] not in (None, kind)


def _region(lines: Sequence[str], cell: Notebook, path: Path) -> Region:
    begin = _MARK.match(lines[0])
    if begin is None or not begin["label"]:
        raise BadInput(f"{path}: cell {cell.get('id')}: {lines[0].strip()} names no question")
    if (begin["kind"] == "EXERCISE") != bool(begin["exercise"]):
        raise BadInput(
            f"{path}: cell {cell.get('id')}: {lines[0].strip()!r}: an EXERCISE, and nothing else, "
            "has its name in brackets"
        )
    place = next((n for n, line in enumerate(lines) if n and _MARK.match(line)), len(lines))
    return Region(
        begin["label"],
        begin["exercise"] or "",
        begin["indent"],
        tuple(lines[1:place]),
        tuple(_uncommented(line) for line in lines[place + 1 :]),
    )


def _uncommented(line: str) -> str:
    found = _COMMENT.match(line)
    return found["indent"] + (found["code"] or found["text"] or "") if found else line


def leaked(path: Path, text: str, exercises: Collection[str] = ()) -> list[str]:
    """Return the lines of a student's notebook that are lines of the master's solutions."""
    hidden = solution_lines(path, exercises)
    cells = json.loads(text)["cells"]
    lines = ["".join(cell["source"]).splitlines() for cell in cells]
    return [line for found in lines for line in found if squeezed(line) in hidden]
