"""Tables that people edit: CSV as spreadsheets save it, whatever separates its cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.basics.csvfile import uncell
from grader.basics.exits import BadInput, shown
from grader.basics.files import Refused, read_plain

SEPARATORS = (",", ";", "\t")
SIZE_LIMIT = 64 << 20  # bytes
ROWS_LIMIT = 200_000
_QUOTED = re.compile(r'"[^"]*"')
UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Row:
    """One row with something in it.

    Attributes:
        number: as a spreadsheet counts, from 1.
        line: of the file, which differs below a cell of several lines.
        cells: without blanks around them, and without the quote mark that keeps formulas out;
            or exactly as they stand, if the table was read so.
    """

    number: int
    line: int
    cells: tuple[str, ...]

    def cell(self, place: int) -> str:
        """Return a cell, "" where the row is shorter."""
        return self.cells[place] if place < len(self.cells) else ""

    @property
    def place(self) -> str:
        """Return where the row stands, for a person."""
        row = f" (row {self.number})" if self.number != self.line else ""
        return f"line {self.line}{row}"


def load(path: Path, what: str) -> bytes:
    """Return the bytes of a table. Raises BadInput with one line; `what` names the argument."""
    if not path.exists():
        raise BadInput(f"{what} {shown(path)}: no such file")
    try:
        return read_plain(path, SIZE_LIMIT)
    except Refused as refused:
        raise BadInput(f"{what} {shown(path)}: {refused}; give a CSV file") from None


def rows(data: bytes, name: str, *, exact: bool = False) -> Iterator[Row]:
    """Yield the rows of a table; the first is its header.

    Args:
        data: the file's bytes.
        name: of the file, for messages.
        exact: leave cells as they stand, and be strict about quote marks: a program wrote it.

    Raises:
        BadInput: it is no table; one line.
    """
    text = _decoded(data)
    if text.startswith("PK\x03\x04"):
        raise BadInput(f"{shown(name)}: a workbook, not a CSV table; save it as CSV UTF-8")
    text = text.replace("\0", " ")
    separator = _separator(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=exact)
    line = 1
    try:
        for number, cells in enumerate(lines, 1):
            if number > ROWS_LIMIT:
                raise BadInput(f"{shown(name)}: more than {ROWS_LIMIT} rows")
            bare = tuple(uncell(cell).strip() for cell in cells)
            if any(bare) and not _says_separator(number, bare):
                yield Row(number, line, tuple(cells) if exact else bare)
            line = lines.line_num + 1
    except csv.Error as error:
        raise BadInput(f"{shown(name)}: not a CSV table ({error}); save it as CSV UTF-8") from None


def _decoded(data: bytes) -> str:
    if data.startswith(UTF16):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # what Excel on Windows calls CSV


def _separator(text: str) -> str:
    """Return what stands most often in the first line that says something."""
    for line in text[:10_000].splitlines():
        if line.lower().startswith("sep=") and line[4:5] in SEPARATORS:
            return line[4]
        if line.strip():
            return max(SEPARATORS, key=_QUOTED.sub("", line).count)
    return ","


def _says_separator(number: int, cells: tuple[str, ...]) -> bool:
    """Return whether a row is the line that tells Excel what separates cells."""
    return number == 1 and cells[0].lower().startswith("sep=")
