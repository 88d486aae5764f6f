"""Finds the answer to Part A, question 3, in what a student wrote: three formulas, twice.

People write "weights = 2 NF + ...", "Number of outputs: ...", a table, a list of layers with a sum
below, or a sentence; for the doubled input below, beside it, or in words. What is found is stated
with where it stood; what is not found, or cannot be read, is left to a person.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from grader.assignment.written import grids, letters, totals
from grader.assignment.written.doubling import Doubling
from grader.assignment.written.formula import Effort
from grader.assignment.written.labels import LABEL, Slot, named
from grader.assignment.written.plain_math import plain
from grader.assignment.written.polynomial import Polynomial
from grader.assignment.written.statements import Found, behind, heads, section
from grader.assignment.written.totals import Entry, role
from grader.assignment.written.typed import doubt

TEXT_LIMIT = 200_000
STATEMENTS = 100  # labels looked at in one text
SHOWN = 80  # characters of what cannot be read


@dataclass(frozen=True)
class Answer:
    """What one text says.

    Attributes:
        source: where the text stood, for instance "a2-writeup.pdf".
        formulas: each formula that was read, with its slot, in the order of the text.
        unreadable: (label, text) of what stands where a formula should and is none.
        words: (label, factor) of what is said of the doubled input without a formula.
        partial: slots of which only the counts of single layers were found.
        others: formulas beside what was taken for the total.
        empty: slots whose place, in the answer cell, is empty.
    """

    source: str
    formulas: tuple[tuple[Slot, Polynomial], ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    words: frozenset[tuple[str, int]] = frozenset()
    partial: frozenset[Slot] = frozenset()
    empty: tuple[Slot, ...] = ()
    others: tuple[tuple[Slot, Polynomial], ...] = ()

    def at(self, label: str, scale: int) -> tuple[Polynomial, ...]:
        """Return the formulas of one slot, each once."""
        return self._by_slot.get((label, scale), ())

    @functools.cached_property
    def _by_slot(self) -> dict[Slot, tuple[Polynomial, ...]]:
        found: dict[Slot, dict[Polynomial, None]] = {}
        for slot, formula in self.formulas:
            found.setdefault(slot, {})[formula] = None
        return {slot: tuple(formulas) for slot, formulas in found.items()}


@functools.lru_cache(maxsize=64)
def find(text: str, source: str) -> Answer:
    """Return what `text` says of weights, outputs and connections."""
    text = letters.renamed(plain(text[:TEXT_LIMIT])[:TEXT_LIMIT])
    effort = Effort()
    tables = list(grids.read(text, effort))
    for table in tables:
        text = _without(text, table.start, table.end)
    doubling = Doubling(text)
    found = [entry for table in tables for entry in table.entries]
    found += _entries(text, doubling, effort)
    slots = {entry.slot: None for entry in found}
    choices = {slot: totals.choose([e for e in found if e.slot == slot]) for slot in slots}
    kept = {id(entry) for choice in choices.values() for entry in choice.entries}
    chosen = [entry for entry in found if id(entry) in kept]
    return Answer(
        source,
        tuple((entry.slot, entry.value) for entry in chosen if entry.value is not None),
        tuple((entry.slot[0], entry.text) for entry in chosen if entry.value is None),
        frozenset(doubling.words()),
        frozenset(slot for slot, choice in choices.items() if choice.partial),
        others=tuple((e.slot, e.value) for e in found if id(e) not in kept and e.value is not None),
    )


def _without(text: str, start: int, end: int) -> str:
    """Return a text with a stretch of it blank, everything else in its place."""
    blank = "".join("\n" if character == "\n" else " " for character in text[start:end])
    return text[:start] + blank + text[end:]


def _entries(text: str, doubling: Doubling, effort: Effort) -> Iterator[Entry]:
    """Yield what stands behind labels and in the sections that they head, in the text's order."""
    first_end: dict[str, int] = {}
    since = 0
    for found, match in sorted(_claimed(text, effort), key=lambda claim: claim[0].start):
        label = named(match)
        scale = doubling.scale(match, found.start, first_end.get(label), first_end.values())
        if scale == 1:
            first_end.setdefault(label, found.end)
        shown = text[match.start() : found.end].strip()[:SHOWN]
        value = None if doubt(text[found.start : found.end]) else found.value
        yield Entry((label, scale), value, role(text, since, found.start, found.end), shown)
        since = found.end


def _claimed(text: str, effort: Effort) -> Iterator[tuple[Found, re.Match[str]]]:
    """Yield each formula once, with its label: the one right before it, or the section's."""
    labels = list(islice(LABEL.finditer(text), STATEMENTS))
    taken = bytearray(len(text))
    headings = [match for match in labels if heads(text, match)]
    for reading, matches in ((behind, labels), (section, headings)):
        for number, match in enumerate(matches):
            following = matches[number + 1].start() if matches[number + 1 :] else len(text)
            for found in reading(text, match.end(), following, effort):
                if not any(taken[found.start : found.end]):
                    taken[found.start : found.end] = b"\1" * (found.end - found.start)
                    yield found, match
