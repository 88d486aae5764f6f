"""grader.toml in a folder of results: the options of its class that would be typed each time.

    [grade]
    roster = "../students.csv"
    [export.canvas]
    assignment = "Assignment 2"
    [push.markus]
    url = "https://markus.example.edu"

Only a folder of results is asked, which no student writes to: a file beside what was handed in
could be a student's own. What is typed comes later and wins.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.basics.exits import BadInput, shown

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = "grader.toml"
SIZE_LIMIT = 100_000  # bytes
PATHS = ("roster", "rubric", "gradebook", "download", "data-root", "weights")
GRADEBOOK = ("gradebook", "assignment", "score", "scale")
KNOWN: Mapping[str, tuple[str, ...]] = {
    "grade": ("roster", "rubric", "jobs", "data-root", "weights", "full", "verbose"),
    "rescore": ("rubric",),
    "export.canvas": GRADEBOOK,
    "export.moodle": GRADEBOOK,
    "export.brightspace": GRADEBOOK,
    "export.blackboard": GRADEBOOK,
    "export.feedback": ("download",),
    "push.markus": (
        "url", "course", "assignment", "test-group", "hidden-test-group", "criterion", "attempts",
    ),
}  # fmt: skip


def completed(typed: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return a command line with the options of its folder's file put in, and these alone.

    Raises:
        BadInput: the file is no such file; one line with the name that is wrong.
    """
    arguments = list(typed)
    path = _file(arguments)
    if path is None:
        return arguments, []
    tables = _read(path)
    place = 2 if arguments[:1] == ["push"] else 1
    name = _table(arguments)
    found = tables.get(name, {})
    options = [text for key, value in found.items() for text in _option(key, value, path)]
    return [*arguments[:place], *options, *arguments[place:]], options


def _file(arguments: Sequence[str]) -> Path | None:
    """Return the file of the folder of results that a command line names, if there is one."""
    if arguments[:1] == ["grade"]:
        folders = [_value(arguments, "--out")]
    elif arguments[:1] and arguments[0] in {name.partition(".")[0] for name in KNOWN}:
        folders = [text for text in arguments[1:] if not text.startswith("-")]
    else:
        return None
    files = (Path(folder) / FILE for folder in folders if folder)
    return next((path for path in files if path.is_file()), None)


def _table(arguments: Sequence[str]) -> str:
    verb = arguments[0]
    further = {"export": _value(arguments, "--to"), "push": "".join(arguments[1:2])}.get(verb)
    return f"{verb}.{further}" if further else verb


def _value(arguments: Sequence[str], option: str) -> str:
    """Return what is typed behind an option, or "". The last one counts."""
    found = ""
    for place, text in enumerate(arguments):
        if text == option:
            found = "".join(arguments[place + 1 : place + 2])
        elif text.startswith(f"{option}="):
            found = text.partition("=")[2]
    return found


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """Return the file's tables by dotted name, all of them known."""
    try:
        data = path.read_bytes()[: SIZE_LIMIT + 1]
        raw = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise BadInput(f"{shown(path)}: {error.strerror}") from None
    except ValueError as error:
        raise BadInput(f"{shown(path)}: not TOML: {shown(error)}") from None
    tables: dict[str, dict[str, Any]] = {}
    for name, table in raw.items():
        deeper = name in ("export", "push") and isinstance(table, dict)
        tables |= {f"{name}.{k}": v for k, v in table.items()} if deeper else {name: table}
    for name, table in tables.items():
        _valid(path, name, table)
    return tables


def _valid(path: Path, name: str, table: Any) -> None:
    if name not in KNOWN or not isinstance(table, dict):
        tables = ", ".join(f"[{known}]" for known in KNOWN)
        raise BadInput(f"{shown(path)}: {shown(name)} is none of its tables: {tables}")
    for key, value in table.items():
        if key not in KNOWN[name]:
            options = ", ".join(KNOWN[name])
            raise BadInput(f"{shown(path)}: [{name}] {shown(key)}: not one of {options}")
        if not isinstance(value, (str, int, bool)):
            raise BadInput(f"{shown(path)}: [{name}] {key}: a text, a whole number or true")


def _option(key: str, value: str | int | bool, path: Path) -> list[str]:
    """Return an option as it is typed; a path is relative to the file."""
    if isinstance(value, bool):
        return [f"--{key}"] if value else []
    text = os.path.normpath(path.parent / str(value)) if key in PATHS else str(value)
    return [f"--{key}={text}"]
