"""A notebook's form: what Jupyter opens, made what the schema of nbformat 4.5 asks for.

Only the sources of cells matter for running them. Everything else that a file holds beside the
schema is mended or left out, and said; only what cannot be read as cells is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from grader.handin.notebook_form.metadata import SCALARS, Table, of_cell, of_notebook, plain_text
from grader.handin.notebook_form.oddities import Oddities, named
from grader.handin.notebook_form.outputs import attachments, count, outputs

__all__ = ["NoCells", "Oddities", "strict"]

TEXT_CELLS = ("markdown", "raw")


class NoCells(ValueError):
    """There is nothing that can be read as cells; the message says why."""


def strict(raw: Mapping[str, Any], odd: Oddities) -> Table:
    """Return a notebook of format 4 as the schema of nbformat 4.5 asks for it.

    Args:
        raw: what the file's JSON says, lists and tables only.
        odd: is told whatever had to be mended or left out.

    Raises:
        NoCells: there are no cells, or the source of one is no text.
    """
    cells = raw.get("cells")
    if not isinstance(cells, list):
        raise NoCells("it has no list of cells")
    odd.beside("the notebook", raw, ("cells", "metadata", "nbformat", "nbformat_minor"))
    return {
        "cells": [_cell(cell, number, odd) for number, cell in enumerate(_tables(cells, odd))],
        "metadata": of_notebook(raw, odd),
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _tables(values: Iterable[Any], odd: Oddities) -> list[Mapping[str, Any]]:
    kept = []
    for value in values:
        if isinstance(value, Mapping):
            kept.append(value)
        else:
            odd.say("something among the cells that is no cell, left out")
    return kept


def _cell(raw: Mapping[str, Any], number: int, odd: Oddities) -> Table:
    kind = _kind(raw, odd)
    cell: Table = {
        "cell_type": kind,
        "id": f"cell-{number}",  # its place: unique, and the same in every run
        "metadata": of_cell(raw, odd),
        "source": _source(raw, number, odd),
    }
    known = ["id", "cell_type", "metadata", "source"]
    if kind == "code":
        known += ["outputs", "execution_count"]
        cell["execution_count"] = count(raw.get("execution_count"), odd)
        cell["outputs"] = outputs(raw.get("outputs"), odd)
    else:
        known += ["attachments"]
        cell |= attachments(raw, odd)
    odd.beside("a code cell" if kind == "code" else "a text cell", raw, known)
    return cell


def _kind(raw: Mapping[str, Any], odd: Oddities) -> str:
    """Return a cell's type; one that is not known is shown and not run, as Jupyter does it."""
    kind = raw.get("cell_type")
    if kind in ("code", *TEXT_CELLS):
        return str(kind)
    odd.say(f"a cell of the type {named(kind)}, taken for plain text")
    return "raw"


def _source(raw: Mapping[str, Any], number: int, odd: Oddities) -> str:
    """Return a cell's text. Raises NoCells: it is none."""
    value = raw.get("source")
    plain = plain_text(value)
    if plain is not None:
        return plain
    if value is None:
        odd.say("a cell without a source")
        return ""
    parts = value if isinstance(value, list) else [value]
    if not all(part is None or isinstance(part, SCALARS) for part in parts):
        raise NoCells(f"the source of cell {number + 1} is no text")
    odd.say("a source that is not text throughout")
    return "".join(str(part) for part in parts if part is not None)
