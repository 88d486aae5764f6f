"""Tells the total of a count from the counts of single layers, which are never judged."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.assignment.written.labels import LABEL, Slot
from grader.assignment.written.polynomial import Polynomial, number

LINES = 5  # above a formula that may say what it counts
WIDE = 200  # characters of a line that are looked at
_TOTAL = re.compile(
    r"\b(?:totals?|sums?|summ(?:ing|ed)|overall|altogether|in all|add(?:ing|ed| them| up)"
    r"|(?:whole|entire|complete) (?:net\w*|cnn|model))\b",
    re.IGNORECASE,
)
_LAYER = re.compile(
    r"\b(?:(?:layer|block|conv(?:olution)?s?(?:al)?(?: layer| block)?|stage|step|bn|l)"
    r"[ _.#-]{0,2}(?:\d|[ivx]{1,3}\b)"
    r"|(?:\dst|\dnd|\drd|\dth|first|second|third|fourth|fifth|sixth|last|final|input|output|next)"
    r" (?:layer|block|conv\w*|stage)|batch ?norm\w*|max ?pool\w*|upsampl\w*|downsampl\w*)",
    re.IGNORECASE,
)
_STATED = re.compile(r"[A-Za-z]{1,12}[ \t*_]{0,3}[=:]")
_FORMULA = re.compile(r"\d ?\*? ?N[FC]|N[FC] ?[*^\d]", re.IGNORECASE)


class Role(enum.Enum):
    """What a formula counts, as far as the words around it say."""

    TOTAL = "total"
    PART = "part"
    UNSAID = ""


@dataclass(frozen=True)
class Entry:
    """A formula that was found, None if it cannot be read; whose count it is, and of what."""

    slot: Slot
    value: Polynomial | None
    role: Role
    text: str = ""


@dataclass(frozen=True)
class Choice:
    """The answers among the entries of one slot; `partial` if there are only parts."""

    entries: tuple[Entry, ...]
    partial: bool = False


def role(text: str, since: int, start: int, end: int) -> Role:
    """Return what the formula from `start` to `end` counts; `since` ends the one before it."""
    line = text.rfind("\n", 0, start) + 1
    before = text[max(line, since, start - WIDE) : start]
    after = re.split(r"[,;.\n]", text[end : end + WIDE], maxsplit=1)[0]
    said = of(before)
    if said is Role.UNSAID and _LAYER.search(after):
        return Role.PART
    return _above(text, line, since) if said is Role.UNSAID else said


def of(words: str) -> Role:
    """Return what words say: "block 2, in total", but not "the total of block 2"."""
    total = max((found.start() for found in _TOTAL.finditer(words)), default=-1)
    layer = max((found.start() for found in _LAYER.finditer(words)), default=-1)
    if total == layer:
        return Role.UNSAID
    return Role.TOTAL if total > layer else Role.PART


def _above(text: str, line: int, since: int) -> Role:
    """Return what the lines above say: those without a formula, past those with a label."""
    for _ in range(LINES):
        if line <= 0 or line <= since - WIDE:
            break
        start = text.rfind("\n", 0, line - 1) + 1
        said = text[max(start, line - 1 - WIDE) : line - 1]
        line = start
        if _FORMULA.search(said):
            if not LABEL.search(said):
                break
            continue
        found = of(said)
        if found is not Role.UNSAID:
            return found
        if said.strip() and not LABEL.search(said):
            break
    return Role.UNSAID


def choose(entries: Sequence[Entry]) -> Choice:
    """Return which of the entries of one slot, in the order of the text, answer the question."""
    totals = [entry for entry in entries if entry.role is Role.TOTAL]
    if totals:
        return Choice(tuple(totals))
    last = entries[-1]
    if len(entries) > 2 and last.value is not None and last.value == _sum(entries[:-1]):
        return Choice((last,))
    unsaid = [entry for entry in entries if entry.role is Role.UNSAID]
    if not unsaid or (len(unsaid) == 1 and _one_layers(unsaid[0])):
        return Choice((), partial=True)
    if len(unsaid) < len(entries) and last.role is Role.UNSAID:
        return Choice((last,))  # behind the parts, the last line
    return Choice(tuple(unsaid))


def _sum(entries: Sequence[Entry]) -> Polynomial | None:
    values = [entry.value for entry in entries]
    known = [value for value in values if value is not None]
    return sum(known, number(0)) if len(known) == len(values) else None


def _one_layers(entry: Entry) -> bool:
    """Return whether a formula has but one term, as one layer's count has and no total does.

    One that is set equal to the label, "weights = 9NF", is an answer all the same.
    """
    value = entry.value
    if value is None or value.constant or _STATED.match(entry.text):
        return False
    return len(value.terms) == 1
