"""Keeps what a notebook shows from filling its report, or the grader's memory.

Of each cell at most `KEPT_BYTES` are kept, of a whole notebook `NOTEBOOK_BYTES`; a cell that goes
on past `TOTAL_BYTES` or `TOTAL_MESSAGES` is stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KEPT_BYTES = 1 << 20  # of one cell; a picture counts too
NOTEBOOK_BYTES = 48 << 20  # of all cells together
TOTAL_BYTES = 50 << 20
TOTAL_MESSAGES = 20_000
OVERHEAD = 100  # bytes that an output costs beside its text
CUT = "[grader] output cut\n"


class Meter:
    """Counts what one cell prints and shows, and says what to do with it.

    Args:
        before: the meter of the cell that ran before: a notebook has a bound of its own.
    """

    def __init__(self, before: Meter | None = None) -> None:
        self.bytes = 0
        self.messages = 0
        self.cut = False
        self.kept: int = 0 if before is None else before.kept  # of the notebook until now

    def keeps(self, message: Mapping[str, Any]) -> bool:
        """Count a message; return whether its output is still kept."""
        self.messages += 1
        cost = size(message.get("content", {})) + OVERHEAD
        self.bytes += cost
        if self.bytes > KEPT_BYTES or self.kept + cost > NOTEBOOK_BYTES:
            self.cut = True
        if not self.cut:
            self.kept += cost
        return not self.cut

    @property
    def flooded(self) -> bool:
        """Return whether the cell has printed so much that it must be stopped."""
        return self.bytes > TOTAL_BYTES or self.messages > TOTAL_MESSAGES


def size(value: Any, depth: int = 6) -> int:
    """Return about how many bytes the texts in a message's content take.

    >>> size({"name": "stdout", "text": "abcd"})
    18
    """
    if isinstance(value, str):
        return len(value)
    if depth and isinstance(value, Mapping):
        return sum(len(str(key)) + size(item, depth - 1) for key, item in value.items())
    if depth and isinstance(value, (list, tuple)):
        return sum(size(item, depth - 1) for item in value)
    return 8
