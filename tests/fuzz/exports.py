"""Every way in which a report leaves the grader: each export, each page, each file of a class."""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from grader import platforms
from grader.basics import storage
from grader.basics.exits import GRADED
from grader.basics.unseen import UNSEEN
from grader.cli.verbs import export
from grader.model import GradeReport
from grader.platforms import classroom50
from grader.platforms.common import exporting
from grader.platforms.common.markdown import summary
from grader.platforms.common.nouns import FilledIn
from grader.platforms.markus import results
from grader.reports import terminal
from grader.reports.classfiles import class_files
from grader.reports.html.nouns import Parts
from grader.reports.html.page import page
from grader.scoring import audience
from tests.downloads import put

RUNNER = dict.fromkeys(classroom50.TOLD.values(), "submit/1")  # as Classroom 50's runner sets it
PLACE = Path(__file__).parents[1] / "platforms"
# What a course exports, to be filled in.
SHEETS = {
    name: PLACE / name / "sheet.csv"
    for name in platforms.names()
    if isinstance(platforms.get(name).export, FilledIn)
}
FORMATS = [form for form in export.formats() if form != "feedback"]  # pages as they are, in a zip
NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": "class CNN:\n    pass"}]}).encode()


def prepare(folder: Path, id_: str) -> None:
    """Lay down what the exports fill in, for one submission."""
    for name, path in SHEETS.items():
        put(folder, f"{name}.csv", data=path.read_text("utf-8").format(id_).encode())
    put(folder, "a2-cnn.ipynb", data=NOTEBOOK)


def exported(report: GradeReport, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield what `grader export` makes of a report in each format that it knows, by format.

    Args:
        report: one with a score.
        folder: which `prepare` has filled.
    """
    storage.save_report(folder / "graded" / report.submission.id, report)
    parser = argparse.ArgumentParser()
    export.arguments(parser)
    for form in FORMATS:
        out, annotated = folder / "out.txt", folder / "a2-cnn.ipynb"
        words = [str(folder / "graded"), "--to", form, "--out", str(out)]
        words += ["--gradebook", str(folder / f"{form}.csv")] if form in SHEETS else []
        words += ["--notebook", str(annotated)] if form == "github" else []
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            assert exporting.export(parser.parse_args(words)) == GRADED
        assert form not in SHEETS or "1 scores" in said.getvalue(), said.getvalue()
        yield form, out.read_text("utf-8-sig")
        yield f"what --to {form} says", said.getvalue()


def shown(report: GradeReport, found: Parts) -> Iterator[tuple[str, str]]:
    """Yield what else is made of a report, by name: pages, files of the class, what is pushed."""
    makers: dict[str, Callable[[], str]] = {
        "terminal": lambda: terminal.render(report),
        "page of the student": lambda: page(report, found, audience.STUDENT),
        "page of the instructor": lambda: page(report, found, audience.INSTRUCTOR),
        "push to MarkUs": lambda: json.dumps(
            results.body(report, test_group=1, hidden_test_group=2), ensure_ascii=False
        ),
        "summary of GitHub": lambda: summary([report, report]).decode(),
    }
    for name, make in makers.items():
        yield name, make()
    for name, data in class_files([report, report]).items():
        yield name, data.decode("utf-8-sig")


def hiding(name: str, text: str) -> set[str]:
    """Return the characters of what came out that hide or reorder others, escaped ones too.

    In summary.json, which programs read, they may be escaped.
    """
    found = set(UNSEEN.findall(text.replace("\r\n", "\n")))
    parsed = text.startswith("{") and name != "summary.json"
    for part in [text, *text.splitlines()] if parsed else []:
        with contextlib.suppress(ValueError):
            found |= set(UNSEEN.findall("".join(_texts(json.loads(part)))))
    return found


@functools.singledispatch
def _texts(value: object) -> list[str]:
    return []


@_texts.register
def _(value: str) -> list[str]:
    return [value]


@_texts.register
def _(value: list) -> list[str]:  # type: ignore[type-arg]
    return [text for item in value for text in _texts(item)]


@_texts.register
def _(value: dict) -> list[str]:  # type: ignore[type-arg]
    return [text for pair in value.items() for item in pair for text in _texts(item)]
