"""Tables for spreadsheets: one writer, so that no cell of a student's is ever a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from grader.basics.unseen import visible

# What a spreadsheet may take for a formula, in full width as well.
OBEYED = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0")
QUOTE = "'"
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")


def cell(text: object) -> str:
    r"""Return a cell that a spreadsheet shows and never obeys.

    A leading quote mark goes before what would be read as a formula; plain numbers stay numbers.

    >>> cell("=1+1"), cell(-3.5), cell("+Ada"), cell("Ada")
    ("'=1+1", '-3.5', "'+Ada", 'Ada')
    """
    shown = "" if text is None else str(text)
    shown = shown.replace("\0", "\ufffd") if "\0" in shown else shown
    shown = shown.encode("utf-8", "replace").decode("utf-8")  # half characters cannot be written
    if shown.lstrip(" \ufeff").startswith(OBEYED) and not NUMBER.fullmatch(shown):
        return QUOTE + shown
    return shown


def uncell(text: str) -> str:
    r"""Return the text that `cell` made a cell of.

    >>> uncell("'=1+1"), uncell("'tis"), uncell(cell("plain"))
    ('=1+1', "'tis", 'plain')
    """
    bare = text[len(QUOTE) :]
    return bare if text.startswith(QUOTE) and cell(bare) == text else text


def render(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as the text of a CSV file, each cell made harmless."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([cell(name) for name in header])
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def write(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, to_be_filled_in: bool = False
) -> bytes:
    """Return a table as the bytes of a CSV file: UTF-8 with a mark that Excel needs to know it.

    Args:
        header: titles.
        rows: below them.
        to_be_filled_in: it is read back, so its cells stay as they are; else what would hide or
            reorder text is written out.
    """
    shown = rows if to_be_filled_in else ([_visible(value) for value in row] for row in rows)
    return render(header, shown).encode("utf-8-sig")


def _visible(value: object) -> object:
    return visible(value) if isinstance(value, str) else value
