"""Outputs and attachments of cells, made what the schema of nbformat 4.5 asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from grader.handin.notebook_form.metadata import SCALARS, Table, plain_text, table
from grader.handin.notebook_form.oddities import Oddities, named

OUTPUT_KEYS = {
    "stream": ("name", "text"),
    "error": ("ename", "evalue", "traceback"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata", "execution_count"),
}
RENAMED = {"pyout": "execute_result", "pyerr": "error", "update_display_data": "display_data"}
_JSON_MIME = re.compile(r"^application/(.*\+)?json$")


def outputs(raw: Any, odd: Oddities) -> list[Table]:
    """Return the outputs of a code cell; those of no known type are left out."""
    if raw is not None and not isinstance(raw, list):
        odd.say("outputs that are no list, left out")
    found = (_output(each, odd) for each in (raw if isinstance(raw, list) else ()))
    return [output for output in found if output is not None]


def _output(raw: Any, odd: Oddities) -> Table | None:
    kind = raw.get("output_type") if isinstance(raw, Mapping) else None
    kind = RENAMED.get(kind, kind) if isinstance(kind, str) else None
    if kind not in OUTPUT_KEYS:
        odd.say("an output of no known type, left out")
        return None
    keys = OUTPUT_KEYS[kind]
    if kind != raw["output_type"]:
        odd.say(f"an output of the type {named(raw['output_type'])}, taken for {kind}")
    odd.beside(f"an output ({kind})", raw, ("output_type", *keys))
    for key in keys:
        if key not in raw:
            odd.say(f"an output ({kind}) without {key}")
    return {"output_type": kind, **{key: READERS[key](raw, odd) for key in keys}}


def _stream(raw: Mapping[str, Any], odd: Oddities) -> str:
    return _plain(raw.get("name", "stdout"), "an output's name", odd)


def _plain(value: Any, what: str, odd: Oddities) -> str:
    """Return a text; whatever else is there becomes one, or nothing."""
    found = plain_text(value)
    if found is None:
        odd.say(f"{what} that is no text")
        found = str(value) if isinstance(value, SCALARS) else ""
    return found


def _traceback(raw: Mapping[str, Any], odd: Oddities) -> list[str]:
    value = raw.get("traceback", [])
    lines = value if isinstance(value, list) else [value]
    kept = [line for line in lines if isinstance(line, str)]
    if kept != value:
        odd.say("a traceback that is no list of lines")
    return kept


def count(value: Any, odd: Oddities) -> int | None:
    """Return the number of an execution, None where there is none."""
    if value is None or (type(value) is int and value >= 0):
        return value
    odd.say("an execution count that is no number")
    whole = isinstance(value, float) and value >= 0 and value == int(value)
    return int(value) if whole else None


def _bundle(value: Any, what: str, odd: Oddities) -> Table:
    """Return data by its MIME type."""
    if not isinstance(value, Mapping):
        odd.say(f"{what} that is no table, left out")
        return {}
    kept: Table = {}
    for mime, data in value.items():
        plain = plain_text(data)
        if _JSON_MIME.match(mime):
            kept[mime] = data
        elif plain is not None:
            kept[mime] = plain
        else:
            odd.say(f"{what}: {named(mime)} that is no text, left out")
    return kept


def attachments(raw: Mapping[str, Any], odd: Oddities) -> Table:
    """Return a text cell's attachments under their key, nothing where it has none."""
    files = raw.get("attachments")
    if files is None:
        return {}
    if not isinstance(files, Mapping):
        odd.say("attachments that are no table, left out")
        return {}
    return {"attachments": {name: _bundle(f, "an attachment", odd) for name, f in files.items()}}


READERS: Mapping[str, Callable[[Mapping[str, Any], Oddities], Any]] = {
    "name": _stream,
    "text": lambda raw, odd: _plain(raw.get("text", ""), "an output's text", odd),
    "ename": lambda raw, odd: _plain(raw.get("ename", ""), "an error's name", odd),
    "evalue": lambda raw, odd: _plain(raw.get("evalue", ""), "an error's message", odd),
    "traceback": _traceback,
    "data": lambda raw, odd: _bundle(raw.get("data", {}), "an output's data", odd),
    "metadata": lambda raw, odd: table(raw, "an output", odd),
    "execution_count": lambda raw, odd: count(raw.get("execution_count"), odd),
}
