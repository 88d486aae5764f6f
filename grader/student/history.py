"""What a live notebook has run so far, as IPython's `In` keeps it: the text of its cells."""

from __future__ import annotations

import ast
import json
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.judging.cells import read_cells
from grader.judging.syntax import Broken, told
from grader.model.assignment import chosen

MOST = 500  # cells that are looked back upon
LONGEST = 30_000  # characters of one
GIVEN = re.compile(r"\s{0,40}(?:class\b|super\b|super\()")  # the first lines of any class


def sources(namespace: Mapping[str, Any]) -> list[str]:
    """Return the cells in the order in which they ran; none outside of IPython.

    Cell [n] is the n-th of the list; what lies too far back is blank.
    """
    kept = namespace.get("In")
    if not isinstance(kept, list):
        return []
    recent = len(kept) - MOST
    texts = [text if isinstance(text, str) and n > recent else "" for n, text in enumerate(kept)]
    return [text[:LONGEST] for text in texts[1:]]


def notebook(cells: Sequence[str]) -> str:
    """Return cells as a notebook's JSON text, each with the number that Jupyter shows."""
    code = [
        {"cell_type": "code", "source": text, "execution_count": n, "outputs": [], "metadata": {}}
        for n, text in enumerate(cells, start=1)
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": code})


def broken(cells: Sequence[str]) -> Iterator[Broken]:
    """Yield the cells that define a class for the last time and are no Python.

    Whoever asks about the class would otherwise be told of the one that an earlier cell made.
    """
    saved = read_cells(notebook(cells))
    last = {i for name in chosen().classes.values() if (i := _last(name, cells)) is not None}
    for number in sorted(last):
        error = _error(cells[number])
        if error is not None:
            said = told(cells[number], error.lineno or 0, error.msg)
            yield Broken(saved[number], said)


def _last(name: str, cells: Sequence[str]) -> int | None:
    found = (n for n in reversed(range(len(cells))) if class_in(name, cells[n : n + 1]))
    return next(found, None)


def _error(source: str) -> SyntaxError | None:
    """Return why a cell cannot be read; magics count as lines that can."""
    plain = "\n".join("" if line[:1] in "%!?" else line for line in source.splitlines())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(plain)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


def in_ipython() -> bool:
    """Return whether this runs in IPython, as in Jupyter and Colab."""
    ipython: Mapping[str, Any] = vars(sys.modules["IPython"]) if "IPython" in sys.modules else {}
    return "get_ipython" in ipython and ipython["get_ipython"]() is not None


def class_in(name: str, sources: Sequence[str]) -> str:
    """Return the code of the last class of a name, without comments and its first line; or ""."""
    for source in reversed(sources):
        lines = source.splitlines()
        starts = [n for n, line in enumerate(lines) if _defines(name, line)]
        if starts:
            body = lines[starts[-1] + 1 :]
            ends = (n for n, line in enumerate(body) if line[:1].strip() and line[0] not in "#)")
            kept = body[: next(ends, len(body))]
            return code_of("\n".join(line for line in kept if not GIVEN.match(line))) or " "
    return ""


def _defines(name: str, line: str) -> bool:
    word, _, rest = line.strip().partition(" ")
    return word == "class" and rest.replace("(", ":").partition(":")[0].strip() == name


def code_of(source: str) -> str:
    """Return code without its comments."""
    return "\n".join(line.partition("#")[0] for line in source.splitlines()).strip()
