"""GitHub Actions: a job's summary in Markdown, and annotations at the notebook's lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grader.model import CheckGrade, GradeReport, Status
from grader.model.assignment import chosen
from grader.reports import wording

LOST = (Status.FAILED, Status.ERROR, Status.SKIPPED)
LARGEST = 1_000_000  # bytes of a summary: GitHub refuses one of more than a MiB


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


def summary(reports: Sequence[GradeReport]) -> bytes:
    """Return a page of Markdown: points by question, then what was found."""
    text = "\n".join(line for report in reports for line in _page(report)) + "\n"
    data = text.encode()
    if len(data) <= LARGEST:
        return data
    return data[:LARGEST].decode("utf-8", "ignore").encode() + b"\n```\nand more: see report.html\n"


def _page(report: GradeReport) -> Iterator[str]:
    report = wording.for_students(wording.counted(report))
    yield f"## {_plain(report.submission.id)}: {_plain(wording.headline(report))}\n"
    if report.status != "graded":
        return
    yield "| question | points |\n| --- | ---: |"
    for question in report.questions:
        if question.max_points > 0 or question.points:
            title = f"{_plain(question.id)} {_plain(question.title)}"
            yield f"| {title} | {question.points:.2f} of {question.max_points:.2f} |"
    if manual := wording.manual(report):
        yield f"\n{_plain(manual)}"
    for line in wording.decisions(report):
        yield f"\n{_plain(line)}"
    for check in _lost(report):
        points = f", {check.points:.2f} of {check.max_points:.2f}" if check.max_points > 0 else ""
        yield f"\n**{_plain(check.id)}** ({check.status.value}{points})\n"
        yield _fenced(wording.told(check))
    for note in report.notes:
        yield f"\n- {_plain(note)}"


def _lost(report: GradeReport) -> list[CheckGrade]:
    return [check for check in report.checks if check.status in LOST]


def _plain(text: str) -> str:
    r"""Return text on one line that Markdown shows as it is.

    >>> _plain("a|b <i> *c*")
    'a\\|b \\<i\\> \\*c\\*'
    """
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&@])", r"\\\1", wording.line(text))


def _fenced(text: str) -> str:
    runs = re.findall(r"`+", text)
    fence = "`" * max(3, *(len(run) + 1 for run in runs), 0)
    return f"{fence}text\n{text}\n{fence}"


def commands(report: GradeReport, found: Notebook) -> Iterator[str]:
    """Yield a workflow command for each check that a student lost something by."""
    if report.status != "graded":
        yield f"::error title=grader::{_message(wording.headline(report))}"
        return
    for check in _lost(wording.for_students(report)):
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
