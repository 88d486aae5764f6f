"""The student's notebook as it ran, as plain values: cells, and what they printed and showed.

Nothing of it is markup here or later. What is not text or a picture is left out, and said to be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.basics.numbers import many
from grader.reports.html import code, pictures, prose
from grader.reports.html.nouns import Cell, Output

MOST_CELLS = 300
MOST_CODE = 40_000  # characters of a cell
MOST_PROSE = 10_000_000  # of a text cell, the pictures in it included
MOST_TEXT = 6_000  # characters of an output
MOST_LINES = 60  # of an output; the first and the last are shown
MOST_OUTPUTS = 30  # of a cell
MOST_PICTURES = 60  # of a notebook
MOST_PICTURE_CHARACTERS = 6_000_000  # of a notebook, in Base64
ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
PICTURES = ("image/png", "image/jpeg", "image/gif")
NAMED = {
    "text/html": "HTML", "image/svg+xml": "an SVG drawing", "application/javascript": "a script",
    "text/markdown": "Markdown", "text/latex": "LaTeX",
    "application/vnd.jupyter.widget-view+json": "a widget",
}  # fmt: skip


def read(notebook: str) -> tuple[tuple[Cell, ...], int]:
    """Return the cells of an executed notebook, and how many more there are than are shown."""
    try:
        cells = json.loads(notebook)["cells"] if notebook else []
    except (ValueError, KeyError, TypeError, RecursionError):
        return (), 0
    if not isinstance(cells, list):
        return (), 0
    album = Album()
    found = [_cell(i, cell, album) for i, cell in enumerate(cells[:MOST_CELLS])]
    return tuple(found), max(0, len(cells) - MOST_CELLS)


@dataclass
class Album:
    """Counts the pictures of a notebook, so that a report stays of a size that can be mailed."""

    count: int = 0
    characters: int = 0

    def take(self, data: Any) -> Output:
        """Return a picture, or a note that says why it is not shown."""
        if self.count >= MOST_PICTURES or self.characters >= MOST_PICTURE_CHARACTERS:
            return Output("note", f"a picture is not shown: more than {self.count} in the notebook")
        self.count += 1
        try:
            picture = pictures.foreign(text_of(data))
        except pictures.NotShown as reason:
            return Output("note", f"a picture is not shown: {reason}")
        self.characters += len(picture.data)
        return Output("picture", picture=picture)


def text_of(value: Any) -> str:
    """Return a text that nbformat may hold as a list of lines."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _cell(index: int, cell: Any, album: Album) -> Cell:
    if not isinstance(cell, Mapping):
        return Cell(index, "raw")
    source = text_of(cell.get("source"))
    shown, cut = source[:MOST_CODE], len(source) > MOST_CODE
    kind = {"code": "code", "markdown": "text"}.get(str(cell.get("cell_type")), "raw")
    lines = source.count("\n") + 1 if source.strip() else 0
    if kind == "text":
        attached = cell.get("attachments")
        blocks = prose.read(
            source[:MOST_PROSE], attached if isinstance(attached, Mapping) else {}, album.take
        )
        return Cell(index, kind, prose=blocks, lines=lines)
    outputs = tuple(_outputs(cell.get("outputs"), album)) if kind == "code" else ()
    return Cell(index, kind, code.runs(shown, python=kind == "code"), (), outputs, lines, cut)


def _outputs(outputs: Any, album: Album) -> Iterator[Output]:
    if not isinstance(outputs, list):
        return
    for output in _joined(outputs[:MOST_OUTPUTS]):
        yield from _output(output, album)
    if len(outputs) > MOST_OUTPUTS:
        yield Output("note", f"{len(outputs) - MOST_OUTPUTS} more outputs are not shown")


def _joined(outputs: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """Yield outputs; neighbouring pieces of printed text become one."""
    held: list[str] = []
    for output in outputs:
        if not isinstance(output, Mapping):
            continue
        if output.get("output_type") == "stream":
            held.append(text_of(output.get("text")))
            continue
        if held:
            yield {"output_type": "stream", "text": "".join(held)}
            held = []
        yield output
    if held:
        yield {"output_type": "stream", "text": "".join(held)}


def _output(output: Mapping[str, Any], album: Album) -> Iterator[Output]:
    kind = output.get("output_type")
    if kind == "stream":
        yield from _text(text_of(output.get("text")))
    elif kind == "error":
        yield _error(output)
    elif isinstance(output.get("data"), Mapping):
        yield from _shown(output["data"], album)


def _shown(data: Mapping[str, Any], album: Album) -> Iterator[Output]:
    """Yield the picture of an output, else its text; a note names what else it held."""
    picture = next((data[kind] for kind in PICTURES if kind in data), None)
    if picture is not None:
        yield album.take(picture)
        return
    plain = text_of(data.get("text/plain"))
    if plain:
        yield from _text(plain)
    left_out = [name for kind, name in NAMED.items() if kind in data]
    if left_out:
        instead = "; its text form is above" if plain else ""
        yield Output("note", f"the output also is {left_out[0]}, which is not shown{instead}")
    elif not plain:
        yield Output("note", "an output of another kind is not shown")


def _text(text: str) -> Iterator[Output]:
    cleaned = "\n".join(map(_as_seen, ANSI.sub("", text[: 4 * MOST_TEXT]).split("\n")))
    cleaned = cleaned + text[4 * MOST_TEXT :][-MOST_TEXT:]
    if cleaned.strip():
        yield Output("text", shortened(cleaned.rstrip()))


def _as_seen(line: str) -> str:
    r"""Return what a terminal shows of a line with carriage returns.

    >>> _as_seen("10 %\r90 %\r")
    '90 %'
    """
    parts = [part for part in line.split("\r") if part]
    return parts[-1] if parts else ""


def shortened(text: str) -> str:
    """Return a text of bearable length: its start and its end, and a note between them."""
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        left = len(lines) - MOST_LINES
        half = MOST_LINES // 2
        said = f"[... {many(left, 'line')} {'is' if left == 1 else 'are'} not shown ...]"
        lines = [*lines[:half], said, *lines[-half:]]
    text = "\n".join(lines)
    if len(text) <= MOST_TEXT:
        return text
    half = MOST_TEXT // 2
    return (
        f"{text[:half]}\n[... {len(text) - MOST_TEXT} characters are not shown ...]\n{text[-half:]}"
    )


def _error(output: Mapping[str, Any]) -> Output:
    trace = output.get("traceback")
    lines = trace if isinstance(trace, Sequence) and not isinstance(trace, str) else []
    text = "\n".join(line for line in lines if isinstance(line, str))[-4 * MOST_TEXT :]
    said = f"{text_of(output.get('ename'))[:200]}: {text_of(output.get('evalue'))[:2000]}"
    return Output("error", shortened(ANSI.sub("", text) or said))
