"""A notebook's file: from bytes that a stranger wrote to nbformat 4 text, bounded throughout."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

import nbformat

from grader.exits import BadInput, shown

DEPTH_LIMIT = 60
QUOTES_LIMIT = 4_000_000  # two for each text
VALUES_LIMIT = 2_000_000
BRACKETS_LIMIT = 1_000_000
DIGITS_LIMIT = 300  # of one number: what a float may have
CELLS_LIMIT = 3_000  # real ones have 60
OUTPUTS_LIMIT = 30_000
NEWEST = 4
UTF16 = (b"\xff\xfe", b"\xfe\xff")
_TEXTS = re.compile(r'"[^"]*"')
_NO_BRACKETS = re.compile(r"[^\[\]{}]+")
_LONG_NUMBER = re.compile(rf"[0-9]{{{DIGITS_LIMIT + 1}}}")


def parse_notebook(data: bytes, name: str) -> str:
    """Return a notebook as nbformat 4 JSON text, upgraded if it is older.

    Raises BadInput with one line for anything that is not a notebook.
    """
    if not data.strip():
        raise BadInput(f"{shown(name)}: the file is empty; save the notebook and hand it in again")
    text = _decoded(data, name)
    reason = _unreasonable(text)
    if reason is not None:
        raise BadInput(f"{shown(name)}: {reason}")
    return _upgraded(_parsed(text, name), name)


def encoding_note(data: bytes) -> str | None:
    """Return what to say of a file that Jupyter could not open, and that is read all the same."""
    if _encoding(data) == "utf-8-sig":
        return None
    return "saved as UTF-16, which Jupyter does not open; read all the same"


def _encoding(data: bytes) -> str:
    if data.startswith(UTF16):
        return "utf-16"
    if data[1:2] == b"\0" or data[:1] == b"\0":
        return "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    return "utf-8-sig"


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode(_encoding(data))
    except UnicodeDecodeError:
        raise BadInput(f"{shown(name)}: not text, so not a notebook; hand in the .ipynb") from None


def _unreasonable(text: str) -> str | None:
    """Return why a text is not to be parsed at all, None if it may be: linear, and not nested."""
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


def _parsed(text: str, name: str) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_table, parse_constant=lambda _: None, parse_float=_finite
        )
    except _Twice as twice:
        raise BadInput(
            f"{shown(name)}: {shown(twice.key)[:40]!r} is in it twice at one place; open it with "
            "Jupyter, save it, and hand it in again"
        ) from None
    except (ValueError, RecursionError) as error:
        where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "too deep"
        kind = "an HTML page" if text.lstrip()[:1] == "<" else f"broken JSON ({where})"
        raise BadInput(
            f"{shown(name)}: {kind}, not a notebook; download the .ipynb again"
        ) from None


class _Twice(Exception):
    """A key that a table holds twice: readers disagree on which counts."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for key in keys if keys.count(key) > 1))
    return table


def _finite(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _upgraded(raw: Any, name: str) -> str:
    version = raw.get("nbformat") if isinstance(raw, Mapping) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise BadInput(f"{shown(name)}: JSON, but not a notebook (no nbformat); hand in the .ipynb")
    if not 1 <= version <= NEWEST:
        raise BadInput(
            f"{shown(name)}: nbformat {version}, but this program reads formats 1 to {NEWEST}; "
            "save it with Jupyter as version 4"
        )
    try:
        notebook = nbformat.convert(nbformat.from_dict(dict(raw)), NEWEST)
        _complete(notebook)
        _bounded(notebook)
        nbformat.validate(notebook)
        return _whole(str(nbformat.writes(notebook, version=NEWEST)))
    except Exception as error:  # noqa: BLE001 - nbformat's errors have no common base
        reason = str(error).strip().splitlines() or [""]
        raise BadInput(
            f"{shown(name)}: not a notebook that Jupyter can open ({shown(reason[0])[:120]})"
        ) from None


def _complete(notebook: Any) -> None:
    """Put in what old or hand-edited notebooks leave out and later tools insist on."""
    notebook.setdefault("metadata", {})
    notebook["cells"] = [c for c in notebook.get("cells", []) if isinstance(c, Mapping)]
    notebook["nbformat_minor"] = 5
    widgets = notebook["metadata"].get("widgets")
    if isinstance(widgets, Mapping):  # saved widgets without a state break every exporter
        notebook["metadata"].pop("widgets")
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell-{number}"  # its place: unique, and the same in every run
        cell.setdefault("metadata", {})
        source = cell.get("source", "")
        cell["source"] = "".join(source) if isinstance(source, list) else str(source)
        if cell.get("cell_type") == "code":
            cell.setdefault("outputs", [])
            cell.setdefault("execution_count", None)


def _bounded(notebook: Any) -> None:
    """Raise ValueError for more cells or outputs than can be checked in a moment."""
    cells = notebook["cells"]
    outputs = sum(len(cell.get("outputs") or ()) for cell in cells)
    if len(cells) > CELLS_LIMIT or outputs > OUTPUTS_LIMIT:
        raise ValueError(f"{len(cells)} cells and {outputs} outputs")


def _whole(text: str) -> str:
    """Return text without half characters, which no file can hold: each becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
