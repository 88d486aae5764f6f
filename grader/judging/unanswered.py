"""What a report says where the student's code gave no answer: it raised, hung or is not there."""

from __future__ import annotations

import textwrap

from grader.judging import cells
from grader.model import Finding, Outcome, Reply, Request, StudentError
from grader.model.assignment import chosen

NOTHING = "NothingReturned"  # the agent's word for a forward that returned None
MOST_OF_TORCH = 150  # characters of a message that is told in our words as well


def no_answer(reply: Reply, request: Request | None, notebook: str | None = None) -> Finding:
    """Return the finding for a reply that did not come out well.

    `notebook`, JSON text, tells in which cell the line stands that raised.
    """
    error, hint = reply.error, None
    actual, mistake = {
        Outcome.MISSING: (str(error.message if error else "there is no such name"), "missing"),
        # No mistake is named for a reply that never came: nobody knows what it would have been.
        Outcome.TIMED_OUT: ("it did not come to an end in time", None),
        Outcome.DIED: ("the kernel died while it ran", None),
        Outcome.REFUSED: (f"an answer that cannot be used: {error}", None),
    }.get(reply.outcome, (f"no answer: {error.message if error else 'it was never asked'}", None))
    if reply.outcome is Outcome.RAISED and error is not None:
        subject = str(request.params.get("class", "")) if request else ""
        actual = raised(error, subject, notebook)
        mistake = "returns_nothing" if error.name == NOTHING else "raises"
        hint = look_for(error, subject)
    call = chosen().call(request) if request else "the notebook"
    due = chosen().due(request) if request else "an answer"
    return Finding(call, due, actual, mistake, hint=hint)


def raised(error: StudentError, subject: str = "", notebook: str | None = None) -> str:
    """Return an error in words: at which line of whose cell, what it means, what torch said.

    >>> raised(StudentError("KeyError", "'y'", "return parts['y']"))
    "it raises KeyError at `return parts['y']`: 'y'"
    """
    return f"it raises {told(error, subject, notebook)}"


def told(error: StudentError, subject: str = "", notebook: str | None = None) -> str:
    """Return the same without who raised it.

    >>> told(StudentError("ValueError", "optimizer got an empty parameter list"))
    'ValueError: the optimizer gets nothing to learn (optimizer got an empty parameter list)'
    """
    cell = cells.holding(error.line, subject, notebook) if error.line and notebook else None
    place = f" in {cells.name(cell)}" if cell else ""
    at = f" at `{error.line}`{place}" if error.line else ""
    known = chosen().meaning(error, subject)
    message = textwrap.shorten(error.message, MOST_OF_TORCH, placeholder=" ...")
    said = f"{known.says} ({message})" if known else error.message
    return f"{error.name}{at}" + (f": {said}" if said else "")


def look_for(error: StudentError, subject: str = "") -> str | None:
    """Return what to look for after an error: what it means, else the line that raised it."""
    known = chosen().meaning(error, subject)
    return f"{known.look_for}." if known else error.line or None
