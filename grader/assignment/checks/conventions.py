"""The conventions of counting that the reference knows, and which of them an answer fits."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.assignment.written.answers import Answer
from grader.assignment.written.labels import LABELS, Slot
from grader.assignment.written.polynomial import Polynomial
from grader.model import Replies

KEY = "counts.conventions"
HANDOUT = (32, 24)  # NF and NC of the handout's run, for answers that are plain numbers


@dataclass(frozen=True)
class Convention:
    """One consistent way to count, and what it gives for each slot."""

    name: str
    values: Mapping[Slot, Polynomial]

    def fits(self, answer: Answer, slot: Slot) -> bool:
        """Return whether one of the formulas found for a slot is this convention's."""
        return any(equal(formula, self.values[slot]) for formula in answer.at(*slot))

    def fits_aside(self, answer: Answer, slot: Slot) -> bool:
        """Return whether a formula beside what was taken for the total is this convention's."""
        return any(at == slot and equal(other, self.values[slot]) for at, other in answer.others)


def conventions(reference: Replies) -> tuple[Convention, ...]:
    """Return every convention, the plainest first."""
    return _conventions(str(reference[KEY].values["conventions"]))


@functools.lru_cache(maxsize=2)
def _conventions(text: str) -> tuple[Convention, ...]:
    slots = [(label, scale) for label in LABELS for scale in (1, 2)]
    return tuple(
        Convention(
            entry["name"],
            {(n, scale): Polynomial.from_rows(entry[str(scale)][n]) for n, scale in slots},
        )
        for entry in json.loads(text)
    )


def equal(formula: Polynomial, right: Polynomial) -> bool:
    """Compare formulas; a plain number is compared at the handout's widths."""
    return formula == right or (formula.constant and formula(0, 0) == right(*HANDOUT))


def consistent(answer: Answer, known: Sequence[Convention]) -> list[Convention]:
    """Return the conventions that fit every count which fits any; one is what decides it."""
    slots = [slot for slot in known[0].values if any(c.fits(answer, slot) for c in known)]
    return [c for c in known if slots and all(c.fits(answer, slot) for slot in slots)]
