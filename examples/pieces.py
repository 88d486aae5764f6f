"""Notebook text as named pieces: the format of the files in `cells/` and `variants/`.

A file is read line by line. `# %%` opens a code cell and `# %% [markdown]` a text cell; `# -- name`
opens a piece, which lasts until the next such line. A cell may hold several pieces, and a piece
may sit inside an indented block: its text is kept without the indent of its `# -- name` line.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_HEADER = re.compile(r"^# %%( \[markdown\])?$")
_PIECE = re.compile(r"^(?P<indent> *)# -- (?P<name>\w+)$")


@dataclass(frozen=True)
class Piece:
    """One named stretch of text.

    Attributes:
        name: what a replacement refers to.
        text: its lines, dedented, without blank lines at the end.
        indent: spaces before every line of it in the cell.
        gap: blank lines between it and the next piece of the cell.
    """

    name: str
    text: str
    indent: str = ""
    gap: int = 0


@dataclass
class Cell:
    """One cell under construction: its kind, its text so far, the pieces that begin in it."""

    kind: str
    source: str = ""
    pieces: list[str] = field(default_factory=list)


Template = Sequence["Piece | str"]
"""Pieces in order, with a cell's kind ("code" or "markdown") where that cell opens."""


def parse(text: str) -> list[Piece | str]:
    """Read a file of pieces.

    Raises:
        ValueError: text stands before the first `# -- name` line of its cell.
    """
    template: list[Piece | str] = []
    open_piece: tuple[str, str, list[str]] | None = None
    for line in [*text.splitlines(), "# %%"]:
        header, opening = _HEADER.match(line), _PIECE.match(line)
        if open_piece and (header or opening):
            template.append(_closed(*open_piece))
            open_piece = None
        if header:
            template.append("markdown" if header[1] else "code")
        elif opening:
            open_piece = opening["name"], opening["indent"], []
        elif open_piece:
            open_piece[2].append(line)
        elif line.strip():
            raise ValueError(f"{line!r} belongs to no piece: put a '# -- name' line above it")
    return template[:-1]  # less the header that closed the last piece


def parse_variants(text: str) -> dict[str, str]:
    """Read a file of replacements: name -> text, where a text may hold `# %%` lines.

    Raises:
        ValueError: text stands before the first `# -- name` line, or a name comes twice.
    """
    parts = re.split(r"^# -- (\w+)\n", text, flags=re.MULTILINE)
    if parts[0].strip():
        raise ValueError(f"{parts[0].strip()!r} belongs to no piece: put a '# -- name' above it")
    names, texts = parts[1::2], parts[2::2]
    if len(set(names)) < len(names):
        raise ValueError(f"a piece is named twice in {names}: keep one of the two")
    return {name: body.rstrip() for name, body in zip(names, texts, strict=True)}


def assemble(template: Template, replacements: Mapping[str, str]) -> list[Cell]:
    """Cells of the template with some pieces' texts replaced.

    A replacement may hold `# %%` lines and so split its cell; a cell whose pieces are all
    replaced by nothing is left out.

    Raises:
        ValueError: a replacement's name is no piece of the template.
    """
    known = [piece.name for piece in template if isinstance(piece, Piece)]
    unknown = sorted(set(replacements) - set(known))
    if unknown:
        raise ValueError(f"no piece is called {', '.join(unknown)}: choose from {', '.join(known)}")
    cells: list[Cell] = []
    for item in template:
        if isinstance(item, str):
            cells.append(Cell(item))
        else:
            _add(cells, item, replacements.get(item.name, item.text))
    for cell in cells:
        cell.source = cell.source.strip("\n")
    return [cell for cell in cells if cell.source or not cell.pieces]


def _closed(name: str, indent: str, lines: Sequence[str]) -> Piece:
    text = "\n".join(lines).rstrip()
    gap = len(lines) - len(text.splitlines())
    return Piece(name, textwrap.dedent(text), indent, gap)


def _add(cells: list[Cell], piece: Piece, text: str) -> None:
    """Append the text to the last cell, and open new cells where it says so."""
    cells[-1].pieces.append(piece.name)
    for line in text.splitlines():
        header = _HEADER.match(line)
        if header:
            cells.append(Cell("markdown" if header[1] else "code"))
        else:
            cells[-1].source += f"{piece.indent}{line}".rstrip() + "\n"
    if text:
        cells[-1].source += "\n" * piece.gap
