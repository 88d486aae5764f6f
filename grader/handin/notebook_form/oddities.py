"""What a notebook holds beside the schema, in words for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from grader.basics.exits import shown

NAMED = 6  # kinds of oddities in a note
KEY_LENGTH = 40  # characters of a key in a note


class Oddities:
    """What a notebook holds beside the schema, each kind once, with how often."""

    def __init__(self) -> None:
        self._times: Counter[str] = Counter()

    def say(self, what: str) -> None:
        """Take note of one thing."""
        self._times[what] += 1

    def note(self) -> str | None:
        """Return what a person should know, None for a notebook as the schema wants it."""
        if not self._times:
            return None
        kinds = [what if n == 1 else f"{what} ({n} times)" for what, n in self._times.items()]
        more = f" and {len(kinds) - NAMED} more" if len(kinds) > NAMED else ""
        listed = "; ".join(kinds[:NAMED]) + more
        return f"not as nbformat 4 has it, but read as Jupyter reads it: {listed}"

    def beside(self, what: str, raw: Mapping[str, Any], known: Iterable[str]) -> None:
        """Take note of every key that does not belong there."""
        for key in raw:
            if key not in known:
                self.say(f"{named(key)} of {what}, left out")


def named(value: Any) -> str:
    """Return a key or a value of a stranger's as a note shows it."""
    return f"{shown(value)[:KEY_LENGTH]!r}"
