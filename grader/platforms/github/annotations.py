"""Annotations of GitHub Actions: what a student lost points by, at the notebook's lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grader.model import GradeReport, Status
from grader.model.assignment import chosen
from grader.platforms.common.markdown import lost
from grader.reports import wording


@dataclass(frozen=True)
class Notebook:
    """The notebook in the repository: where it lies, and the lines that findings are about."""

    path: str
    lines: dict[str, int]


def notebook(path: str, data: bytes) -> Notebook:
    """Return where a notebook's file defines what is asked about; no line if it cannot be read."""
    text = data.decode("utf-8", "replace")
    try:
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        return Notebook(path, dict(_located(text, cells)))
    except (ValueError, KeyError, TypeError, RecursionError):
        return Notebook(path, {})


def _located(text: str, cells: Sequence[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    """Yield each thing with its line in the file; what is defined again comes again."""
    at = 0
    for cell in cells:
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        for line in filter(str.strip, source.splitlines()):
            found = max(
                text.find(json.dumps(line, ensure_ascii=a)[1:-1], at) for a in (True, False)
            )
            if found < 0:
                continue
            at = found
            for name, pattern in chosen().sought.items():
                if pattern.search(line):
                    yield name, text.count("\n", 0, at) + 1


def commands(report: GradeReport, found: Notebook) -> Iterator[str]:
    """Yield a workflow command for each check that a student lost something by."""
    if report.status != "graded":
        yield f"::error title=grader::{_message(wording.headline(report))}"
        return
    for check in lost(wording.for_students(report)):
        if check.status is Status.SKIPPED:
            continue
        kind = "error" if check.max_points > 0 else "notice"
        wanted = chosen().stands_beside(check.id)
        line = next((found.lines[name] for name in wanted if name in found.lines), None)
        where = f"file={_property(found.path)}," + (f"line={line}," if line else "")
        yield f"::{kind} {where}title={_property(check.id)}::{_message(wording.told(check))}"


def _message(text: str) -> str:
    """Return text as a workflow command holds it: no line of it can be a command of its own."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(wording.line(text)).replace(":", "%3A").replace(",", "%2C")
