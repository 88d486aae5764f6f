"""How an exception of the student's code is told: class, message, first own line."""

from __future__ import annotations

import traceback
from typing import Any

MESSAGE_LIMIT = 400
OWN_MARKS = ("ipykernel", "<ipython-input", "ipython-input", "<string>", "a2-cnn", "/content/")


class PartAnswer(Exception):
    """The student's code raised (the cause), after some values were known all the same."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__()
        self.values = values


def describe(error: BaseException) -> dict[str, str]:
    """Return {"name", "message", "line"} of `error`, each bounded.

    `line` is the last line of the traceback that stands in the notebook itself.
    """
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - a hostile __str__ must not break the answer
        message = "(its message cannot be read)"
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if any(mark in f.filename for mark in OWN_MARKS)]
    line = (own[-1].line or "") if own else ""
    first = message.strip().splitlines()[0] if message.strip() else ""
    return {
        "name": type(error).__name__[:80],
        "message": first[:MESSAGE_LIMIT],
        "line": line.strip()[:160],
    }


def answer_of(outcome: str, error: BaseException | None = None, **values: Any) -> dict[str, Any]:
    """Return the head of a reply."""
    return {
        "outcome": outcome,
        "error": describe(error) if error is not None else None,
        "values": values,
    }
