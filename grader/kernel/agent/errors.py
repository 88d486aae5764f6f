"""How an exception of the student's code is told: class, message, first own line."""

from __future__ import annotations

import linecache
import traceback
from types import FrameType
from typing import Any

MESSAGE_LIMIT = 400
OWN_MARKS = ("ipykernel", "<ipython-input", "ipython-input", "<string>", "/content/")


class NotBuilt(Exception):
    """The name that was asked for does not exist."""


class PartAnswer(Exception):
    """The student's code raised (the cause), after some values were known all the same."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__()
        self.values = values


def describe(error: BaseException, handed_out: str = "") -> dict[str, str]:
    """Return {"name", "message", "line"} of `error`, each bounded.

    `line` is the last line of the traceback that stands in the notebook itself; outside of the
    class `handed_out` that every student is given complete, unless nothing else of theirs ran.
    """
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - a hostile __str__ must not break the answer
        message = "(its message cannot be read)"
    frames = traceback.walk_tb(error.__traceback__)
    own = [pair for pair in frames if any(mark in _file(pair[0]) for mark in OWN_MARKS)]
    theirs = [pair for pair in own if not _is_of(pair[0], handed_out)] or own
    line = linecache.getline(_file(theirs[-1][0]), theirs[-1][1]) if theirs else ""
    first = message.strip().splitlines()[0] if message.strip() else ""
    return {
        "name": type(error).__name__[:80],
        "message": first[:MESSAGE_LIMIT],
        "line": line.strip()[:160],
    }


def _file(frame: FrameType) -> str:
    return frame.f_code.co_filename


def _is_of(frame: FrameType, cls: str) -> bool:
    """Return whether a frame is of a method of a class of that name."""
    code = frame.f_code
    first = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
    return any(base.__name__ == cls for base in type(first).__mro__)


def answer_of(
    outcome: str, error: BaseException | None = None, handed_out: str = "", **values: Any
) -> dict[str, Any]:
    """Return the head of a reply."""
    return {
        "outcome": outcome,
        "error": describe(error, handed_out) if error is not None else None,
        "values": values,
    }
