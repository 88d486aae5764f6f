"""The files of a class, made from the reports of its submissions; and other points for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from grader import reporting, storage
from grader.exits import BadInput, shown
from grader.model import GradeReport
from grader.results import Results
from grader.rubric import Rubric


def rescore(store: Results, ids: Iterable[str], rubric_: Rubric, rubric_key: str) -> None:
    """Give submissions the points of another rubric; nothing is run or judged again.

    What was withheld has no verdicts to score, and stays withheld.
    """
    for id_ in ids:
        old = store.report(id_)
        if old.status == "withheld":
            continue
        folder = store.evidence(id_)
        try:
            results = storage.load_results(folder / storage.RESULTS)
        except (OSError, storage.Unreadable) as error:
            raise BadInput(f"{shown(folder)}: cannot be scored again: {error}") from None
        report = reporting.rescore(old, results, rubric_)
        files = {storage.REPORT: storage.to_json(report)}
        key = store.key(id_)
        store.update(id_, files, replace(key, rubric=rubric_key) if key else None)


def write(store: Results) -> list[GradeReport]:
    """Write the files of the class; return all its reports, sorted by submission."""
    return [store.report(id_) for id_ in store.ids()]
