"""similar.html: pairs of hand-ins to look at, cell beside cell, for the instructor alone."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from grader.reports.html import markup, style
from grader.reports.similar.pairs import Beside, Pair, Work

FOLDER = Path(__file__).parent
LONGEST = 300  # lines of a cell that are shown


def page(pairs: Sequence[Pair], works: Mapping[str, Work], names: Mapping[str, str]) -> str:
    """Return similar.html.

    Args:
        pairs: to look at, the likest first.
        works: their code, by submission.
        names: of the people who handed them in, by submission.
    """
    css = style.base() + "\n" + (FOLDER / "page.css").read_text("utf-8")
    text: str = _template().render(
        css=Markup(css),  # noqa: S704 - our own files
        policy=markup.POLICY,
        count=len(works),
        pairs=[
            {
                "left": pair.left,
                "right": pair.right,
                "who": [names.get(pair.left, ""), names.get(pair.right, "")],
                "alike": f"{pair.alike:.0%}",
                "shared": pair.shared,
                "cells": [_beside(cells, works[pair.left], works[pair.right])
                          for cells in pair.cells],
            }
            for pair in pairs
        ],
    )  # fmt: skip
    return text


def _beside(cells: Beside, left: Work, right: Work) -> list[dict[str, Any]]:
    sides = ((left, cells.left, cells.left_lines), (right, cells.right, cells.right_lines))
    return [
        {
            "number": number + 1,
            "of": work.id,
            "lines": [
                (line, place in alike)
                for place, line in enumerate(work.cells[number].split("\n")[:LONGEST])
            ],
        }
        for work, number, alike in sides
    ]


@functools.cache
def _template() -> Any:
    return markup.environment(FOLDER).get_template("page.html")
