"""Reports under the names by which a platform takes files back and hands them to its students."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.basics.exits import BadInput, shown
from grader.model import GradeReport
from grader.platforms import github

PAGE, NOTEBOOK = "report.html", "report.ipynb"
TAKEN = {"canvas": "Canvas", "moodle": "Moodle", "brightspace": "Brightspace"}
INSTEAD = {
    "gradescope": "Gradescope takes no files back, it shows results: use --to gradescope",
    "blackboard": "Blackboard takes no files back for a class: attach each report.html by hand",
    "": "not a download of Canvas, Moodle or Brightspace; MarkUs gets the reports by "
    "`grader push markus`",
}


@dataclass(frozen=True)
class Feedback:
    """The files of the zip by name, and what a person should know, a line each."""

    files: Mapping[str, bytes]
    notes: tuple[str, ...]


def accepted(platform: str, name: str) -> str:
    """Return what a platform is called if it takes files back.

    Raises:
        BadInput: it does not; the line says what to do in place of that.
    """
    if platform not in TAKEN:
        raise BadInput(f"--download {shown(name)}: {INSTEAD[platform]}")
    return TAKEN[platform]


def feedback(
    platform: str,
    reports: Sequence[GradeReport],
    pages: Mapping[str, bytes],
    back: Mapping[str, str],
) -> Feedback:
    """Return what goes back to the students of a class.

    Args:
        platform: one that takes files back, as its module is called.
        reports: what was found; a withheld one goes to nobody.
        pages: report.html as students see it, by submission.
        back: how the name of a file begins that is to reach a submission's student, by submission.
    """
    files, notes = {}, []
    for report in reports:
        id_ = report.submission.id
        if report.status != "graded":
            continue  # whoever exports says so
        front = back.get(id_)
        if front is None:
            notes.append(f"{shown(id_)}: not in the download; left out")
        elif not front:
            notes.append(f"{shown(id_)}: {_without(platform)}; left out")
        elif platform == "canvas":
            files[front + NOTEBOOK] = as_notebook(report)
        elif id_ in pages:
            files[front + PAGE] = pages[id_]
        else:
            notes.append(f"{shown(id_)}: no {PAGE}; `grader report` writes it; left out")
    known = {report.submission.id for report in reports}
    notes += [f"{shown(id_)}: not graded; left out" for id_ in sorted(back.keys() - known)]
    return Feedback(files, tuple(notes))


def _without(platform: str) -> str:
    """Return why a platform hands nothing to one of its students."""
    return {
        "canvas": "Canvas hands files back beside uploaded notebooks, and there is none",
        "moodle": "a team without a number, and Moodle goes by numbers",
        "brightspace": "not in a folder of its own, and Brightspace goes by folders",
    }[platform]


def as_notebook(report: GradeReport) -> bytes:
    """Return the findings as a notebook of one text cell.

    Canvas shows what comes back under the name of the upload that it belongs to: a page would
    reach the student as `a2-cnn.ipynb`, which nothing opens.
    """
    cell = {
        "cell_type": "markdown",
        "id": "report",
        "metadata": {},
        "source": github.summary([report]).decode("utf-8", "replace"),
    }
    plain = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(plain, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")
