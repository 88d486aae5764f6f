"""Everything of a page that costs time or reads what a student wrote: done once, in the worker."""

from __future__ import annotations

from dataclasses import replace

from grader.judging import cells as saved
from grader.model import Evidence, Replies
from grader.model.assignment import chosen
from grader.reports.html import cells, places
from grader.reports.html.nouns import Parts


def parts(student: Evidence, reference: Replies, notebook: str) -> Parts:
    """Return what a page shows besides the report; `grader.basics.storage.to_json` writes it.

    Args:
        student: the evidence of one submission.
        reference: the reference's replies to the same requests.
        notebook: the notebook as it ran, JSON text; "" if there was none.
    """
    shown, more = cells.read(notebook)
    names = saved.names(student.submission.notebook)
    shown = tuple(replace(cell, name=names.get(cell.index, "")) for cell in shown)
    networks, learning = chosen().pictures(student, reference)
    return Parts(
        networks=networks,
        learning=learning,
        cells=shown,
        more_cells=more,
        places=places.find(shown),
    )
