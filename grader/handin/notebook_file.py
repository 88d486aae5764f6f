"""A notebook's file: from bytes that a stranger wrote to nbformat 4.5 text, bounded throughout."""

from __future__ import annotations

import codecs
import contextlib
import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import nbformat

from grader.basics.exits import BadInput, shown
from grader.basics.numbers import many
from grader.handin.notebook_form import NoCells, Oddities, strict

DEPTH_LIMIT = 60
QUOTES_LIMIT = 4_000_000  # two for each text
VALUES_LIMIT = 2_000_000
BRACKETS_LIMIT = 1_000_000
DIGITS_LIMIT = 300  # of one number: what a float may have
CELLS_LIMIT = 3_000  # real ones have 60
OUTPUTS_LIMIT = 30_000
NEWEST = 4
UTF16 = (b"\xff\xfe", b"\xfe\xff")
MAGIC = (
    (b"PK\x03\x04", "a zip file"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a packed file"),
    (b"\x89PNG", "a picture"),
)
STARTS = (
    ("<", "an HTML page"),
    ("version https://git-lfs", "a pointer of Git LFS"),
    (("import ", "from ", "#", '"""'), "Python code"),
)
NAMED = 4  # keys in a note
PASTED_LIMIT = 10_000  # bytes that are no UTF-8, each of which costs a call
LATER = "grader-windows-1252"  # how Python's codecs call _one_byte_each
LIKE = "saved as {}, which Jupyter does not open; read all the same"
_CONFLICT = re.compile(r"^<{7} ", re.MULTILINE)
_CONFLICT_END = re.compile(r"^>{7} ", re.MULTILINE)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_TEXTS = re.compile(r'"[^"]*"')
_NO_BRACKETS = re.compile(r"[^\[\]{}]+")
_LONG_NUMBER = re.compile(rf"[0-9]{{{DIGITS_LIMIT + 1}}}")


@dataclass(frozen=True)
class Parsed:
    """A notebook as nbformat 4.5 JSON text, and what was odd about its file, a line each."""

    text: str
    notes: tuple[str, ...] = ()


def parse_notebook(data: bytes, name: str) -> str:
    """Return a notebook as nbformat 4.5 JSON text; see `parse`."""
    return parse(data, name).text


def parse(data: bytes, name: str) -> Parsed:
    """Return a notebook in the form that later stages rely on, upgraded if it is older.

    What Jupyter opens is read, and what is not needed for running it may be wrong.

    Raises:
        BadInput: it cannot be read as cells; one line.
    """
    if not data.strip():
        raise BadInput(f"{shown(name)}: the file is empty; save the notebook and hand it in again")
    try:
        text, encoding = _decoded(data)
        _reasonable(text)
        raw, twice = _json(text)
        made, oddity = _formed(raw)
    except NoCells as none:
        raise BadInput(f"{shown(name)}: {none}") from None
    keys = ", ".join(repr(shown(key)[:40]) for key in twice[:NAMED])
    said = f"{keys} twice at one place, of which the last counts, as in Jupyter" if twice else None
    return Parsed(made, tuple(note for note in (encoding, said, oddity) if note is not None))


def _decoded(data: bytes) -> tuple[str, str | None]:
    """Return a file's text, and what to say of an encoding that Jupyter could not open.

    Raises NoCells for what is no text.
    """
    for start, kind in MAGIC:
        if data.startswith(start):
            raise NoCells(f"{kind}, not a notebook; hand in the .ipynb")
    wide = _wide(data)
    with contextlib.suppress(UnicodeDecodeError):
        if wide is not None:
            return data.decode(wide), LIKE.format("UTF-16")
        return data.decode("utf-8-sig"), None
    if wide is None and data.lstrip()[:1] == b"{" and not _CONTROL.search(data):
        return _windows(data), LIKE.format("Windows-1252")
    raise NoCells("not text, so not a notebook; hand in the .ipynb")


def _windows(data: bytes) -> str:
    """Return a text in Windows-1252, or in UTF-8 with a little of that pasted in."""
    if data.decode("utf-8", "replace").count("\ufffd") > PASTED_LIMIT:
        return data.decode("cp1252", "replace")
    return data.decode("utf-8-sig", LATER)


def _wide(data: bytes) -> str | None:
    """Return the encoding of a file whose characters have two bytes each, None for others."""
    if data.startswith(UTF16):
        return "utf-16"
    if data[1:2] == b"\0" or data[:1] == b"\0":
        return "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    return None


def _one_byte_each(error: UnicodeError) -> tuple[str, int]:
    """Read what is no UTF-8 as Windows-1252: text that was pasted, or a file saved so."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error(LATER, _one_byte_each)


def _reasonable(text: str) -> None:
    """Raise NoCells for a text that is not to be parsed at all; linear, and not nested."""
    reason = _unreasonable(text)
    if reason is not None:
        raise NoCells(reason)


def _unreasonable(text: str) -> str | None:
    if text.count('"') > QUOTES_LIMIT:
        return f"more than {QUOTES_LIMIT // 2} texts; not a real notebook"
    bare = _TEXTS.sub("", text.replace("\\\\", "").replace('\\"', ""))
    if bare.count(",") > VALUES_LIMIT:
        return f"more than {VALUES_LIMIT} values; not a real notebook"
    if _LONG_NUMBER.search(bare):
        return f"a number of more than {DIGITS_LIMIT} digits; not a real notebook"
    brackets = _NO_BRACKETS.sub("", bare)
    deepest, left_open = _depth(brackets[:BRACKETS_LIMIT])
    if deepest > DEPTH_LIMIT:
        if left_open:
            return "broken JSON (too deep), not a notebook; download the .ipynb again"
        return f"nested more than {DEPTH_LIMIT} deep; not a real notebook"
    if len(brackets) > BRACKETS_LIMIT:
        return f"more than {BRACKETS_LIMIT // 2} lists and tables; not a real notebook"
    return None


def _depth(brackets: str) -> tuple[int, bool]:
    """Return how deep brackets are nested, and whether some are left open."""
    depth = deepest = 0
    for bracket in brackets:
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest, depth > 0


def _json(text: str) -> tuple[Any, list[str]]:
    """Return what a JSON text says, and the keys that stand twice at one place.

    Raises NoCells for what is no JSON.
    """
    twice: dict[str, None] = {}

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            times = Counter(key for key, _ in pairs)
            twice.update((key, None) for key, n in times.items() if n > 1)
        return made

    try:
        raw = json.loads(
            text, object_pairs_hook=table, parse_constant=lambda _: None, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        raise NoCells(_instead(text, f"line {error.lineno}")) from None
    except (ValueError, RecursionError):
        raise NoCells(_instead(text, "too deep")) from None
    return raw, list(twice)


def _instead(text: str, where: str) -> str:
    """Return what a text is that is no JSON, and what to do."""
    conflict = _CONFLICT.search(text)
    if conflict is not None and _CONFLICT_END.search(text, conflict.end()):
        line = text.count("\n", 0, conflict.start()) + 1
        return (
            f"a merge conflict of Git is in it (line {line}), so it is not a notebook; choose one "
            "of the two versions, open it with Jupyter, and hand it in again"
        )
    for start, kind in STARTS:
        if text.lstrip().startswith(start):
            return f"{kind}, not a notebook; download the .ipynb again"
    return f"broken JSON ({where}), not a notebook; download the .ipynb again"


def _finite(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _formed(raw: Any) -> tuple[str, str | None]:
    """Return a notebook's JSON as text that the schema allows, and what was odd about it.

    Raises NoCells.
    """
    version = _version(raw)
    odd = Oddities()
    try:
        modern = raw if version == NEWEST else nbformat.convert(nbformat.from_dict(raw), NEWEST)
        _bounded(modern)
        notebook = nbformat.from_dict(strict(modern, odd))
        nbformat.validate(notebook)
        return _whole(str(nbformat.writes(notebook, version=NEWEST))), odd.note()
    except Exception as error:  # noqa: BLE001 - nbformat's errors have no common base
        reason = str(error).strip().splitlines() or [""]
        raise NoCells(f"not a notebook that Jupyter can open ({shown(reason[0])[:120]})") from None


def _version(raw: Any) -> int:
    """Return the format of a notebook; where its cells lie counts more than the number."""
    version = raw.get("nbformat") if isinstance(raw, Mapping) else None
    if isinstance(version, bool) or not isinstance(version, (int, float)) or version % 1:
        raise NoCells("JSON, but not a notebook (no nbformat); hand in the .ipynb")
    if not 1 <= version <= NEWEST:
        raise NoCells(
            f"nbformat {version}, but this program reads formats 1 to {NEWEST}; "
            "save it with Jupyter as version 4"
        )
    if version > 1 and "cells" in raw and "worksheets" not in raw:
        return NEWEST
    return min(int(version), 3) if "worksheets" in raw and "cells" not in raw else int(version)


def _bounded(notebook: Mapping[str, Any]) -> None:
    """Raise NoCells for more cells or outputs than can be checked in a moment."""
    cells = notebook.get("cells")
    tables = [c for c in cells if isinstance(c, Mapping)] if isinstance(cells, list) else []
    held = [cell.get("outputs") for cell in tables]
    outputs = sum(len(each) for each in held if isinstance(each, list))
    if len(tables) > CELLS_LIMIT or outputs > OUTPUTS_LIMIT:
        raise NoCells(f"{many(len(tables), 'cell')} and {many(outputs, 'output')}")


def _whole(text: str) -> str:
    """Return text without half characters, which no file can hold: each becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
