"""The three counts of question A3, by the words that stand for them."""

from __future__ import annotations

import re

LABELS = ("weights", "outputs", "connections")
LABEL = re.compile(r"(?<![A-Za-z])(weight|output|connection)s?(?![A-Za-z])", re.IGNORECASE)

Slot = tuple[str, int]  # a label, and 1 for the input as it is or 2 for the doubled one


def named(match: re.Match[str]) -> str:
    """Return the label that a match of LABEL says."""
    return match[1].lower() + "s"
