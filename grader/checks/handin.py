"""The hand-in itself: what was found, what ran. Notes, unless nothing can be graded at all."""

from __future__ import annotations

from collections.abc import Iterator

from grader.catalog import check
from grader.model import Evidence, Finding, Outcome, Replies

NAME = "a2-cnn.ipynb"
SAID = {
    Outcome.RAISED: "cell_raised",
    Outcome.TIMED_OUT: "cell_timed_out",
    Outcome.DIED: "kernel_died",
    Outcome.SKIPPED: "cell_not_run",
}


@check("handin.notebook")
def notebook(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """A notebook was handed in, under the name a2-cnn.ipynb.

    Why it matters: without a notebook there is nothing to run.
    Usual cause: an export to PDF or HTML handed in instead, or another name.
    """
    if student.submission.notebook_name is None:
        names = ", ".join(file.name for file in student.submission.files) or "nothing"
        yield Finding("the hand-in", f"the notebook {NAME}", names, "notebook_missing")
    elif student.submission.notebook_name.rpartition("/")[2] != NAME:
        name = student.submission.notebook_name
        yield Finding("the notebook's name", NAME, name, "notebook_wrong_name", note=True)


@check("handin.cells_run", requires=["handin.notebook"])
def cells_run(student: Evidence, reference: Replies) -> Iterator[Finding]:
    """Every cell runs, from the first to the last.

    Why it matters: what a broken cell would have defined is missing further down.
    Usual cause: cells that were run in another order, or by hand several times.
    """
    for run in student.notebook.cells:
        if run.outcome is not Outcome.OK:
            yield Finding(
                f"cell {run.index + 1}",
                "it runs",
                str(run.error or run.outcome.value),
                SAID.get(run.outcome),
                where=f"cell {run.index + 1}",
                note=True,
            )
