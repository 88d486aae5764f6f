"""The cells of a notebook as it was handed in: their text and what their saved outputs show."""

from __future__ import annotations

import functools
import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SOURCE_LIMIT = 30_000  # characters of one cell that are looked at
FIRST_LINE = 48  # characters of it that name a cell
PRINTED_LIMIT = 1_000_000
CELLS_LIMIT = 2000
DRAWN = re.compile(r"<(?:img|svg|canvas)\b", re.IGNORECASE)  # a picture inside HTML
MARKDOWN_PICTURE = re.compile(r"!\[[^\]]{0,200}\]\(|<img\b", re.IGNORECASE)
EMBEDDED = re.compile(r"data:image/[^\s)\"']*")


@dataclass(frozen=True)
class SavedCell:
    """One cell.

    Attributes:
        index: among all cells, from 0.
        code: whether it is a code cell.
        source: its text, without the data of pictures in it.
        ran: it has an execution count, or outputs.
        printed: what its outputs print, standard output and errors together.
        pictures: how many pictures it shows; for a text cell, how many are embedded in it.
        error: class of the exception in its outputs, "" if there is none.
        count: its execution count, None if it has none.
    """

    index: int
    code: bool
    source: str
    ran: bool = False
    printed: str = ""
    pictures: int = 0
    error: str = ""
    count: int | None = None

    @property
    def shows(self) -> bool:
        """Return whether it has any saved output."""
        return bool(self.printed or self.pictures or self.error)


@functools.lru_cache(maxsize=4)
def read_cells(notebook: str) -> tuple[SavedCell, ...]:
    """Return the cells of a notebook, given as nbformat 4 JSON text that was validated."""
    cells = json.loads(notebook)["cells"][:CELLS_LIMIT]
    return tuple(_cell(index, cell) for index, cell in enumerate(cells))


def name(cell: SavedCell) -> str:
    """Return a cell as people see it: its place, Jupyter's own number, its first line.

    Where the two numbers are the same, one of them says it.

    >>> name(SavedCell(20, True, "class UNet(nn.Module):", count=12))
    'cell 21 [12] `class UNet(nn.Module):`'
    """
    place = "" if cell.count == cell.index + 1 else f" {cell.index + 1}"
    number = place + (f" [{cell.count}]" if cell.count is not None else "")
    first = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    first = textwrap.shorten(first.replace("`", "'"), FIRST_LINE, placeholder=" ...")
    return f"cell{number}" + (f" `{first}`" if first else "")


def names(notebook: str | None) -> Mapping[int, str]:
    """Return the names of all cells of a notebook, JSON text, by their index."""
    return {cell.index: name(cell) for cell in read_cells(notebook)} if notebook else {}


def holding(line: str, subject: str, notebook: str) -> SavedCell | None:
    """Return the last code cell with a line; of several, the last that defines `subject`."""
    found = [cell for cell in read_cells(notebook) if cell.code and _holds(cell, line)]
    defining = [cell for cell in found if subject and f"class {subject}" in cell.source]
    return next(reversed(defining or found), None)


def _holds(cell: SavedCell, line: str) -> bool:
    return any(own.strip() == line for own in cell.source.splitlines())


def _cell(index: int, cell: Mapping[str, Any]) -> SavedCell:
    text = _joined(cell.get("source", ""))
    source = EMBEDDED.sub("data:", text)[:SOURCE_LIMIT]
    if cell.get("cell_type") != "code":
        attached = len(cell.get("attachments") or ())
        return SavedCell(
            index, False, source, pictures=max(attached, len(MARKDOWN_PICTURE.findall(source)))
        )
    outputs = [output for output in cell.get("outputs", ()) if isinstance(output, Mapping)]
    errors = [str(o.get("ename", "")) for o in outputs if o.get("output_type") == "error"]
    count = cell.get("execution_count")
    return SavedCell(
        index,
        True,
        source,
        ran=bool(outputs) or count is not None,
        printed="".join(_printed(outputs))[:PRINTED_LIMIT],
        pictures=sum(map(_is_picture, outputs)),
        error=(errors[-1] or "error")[:80] if errors else "",
        count=count if type(count) is int else None,
    )


def _printed(outputs: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for output in outputs:
        if output.get("output_type") == "stream":
            yield _joined(output.get("text", ""))
        elif not _is_picture(output):
            yield _joined(_data(output).get("text/plain", ""))


def _is_picture(output: Mapping[str, Any]) -> bool:
    data = _data(output)
    shown = any(kind.startswith("image/") or "plotly" in kind for kind in data)
    return shown or bool(DRAWN.search(_joined(data.get("text/html", ""))))


def _data(output: Mapping[str, Any]) -> Mapping[str, Any]:
    data = output.get("data")
    return data if isinstance(data, Mapping) else {}


def _joined(text: Any) -> str:
    if isinstance(text, list):
        return "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else ""
