"""What each mistake took from a question, in hundredths that add up as they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal

from grader.judging import mistakes
from grader.model import QuestionGrade

CENT = Decimal("0.01")
OTHERS = {  # what takes points besides mistakes and checks
    "needs": "it counts only beside points of another question",
    "decided": "missing after a person's decision",
}
MINUS = "\u2212"


def shown(question: QuestionGrade) -> Mapping[str, Decimal]:
    """Return what each thing took, by its id; together what is missing of the points shown.

    What comes to nothing when rounded is left out, and its part is in the others.
    """
    missing = Decimal(f"{question.max_points:.2f}") - Decimal(f"{question.points:.2f}")
    exact = {cost.of: Decimal(repr(cost.points)) for cost in question.costs}
    cents = {of: cost.quantize(CENT, ROUND_FLOOR) for of, cost in exact.items()}
    by_rest = sorted(exact, key=lambda of: cents[of] - exact[of])  # the largest rest first
    off = int((missing - sum(cents.values())) / CENT)
    for of in by_rest[:off] if off > 0 else by_rest[::-1][:-off]:
        cents[of] += CENT if off > 0 else -min(CENT, cents[of])
    return {of: cost for of, cost in cents.items() if cost}


def named(of: str) -> str:
    """Return what took points, in words.

    >>> named("relu_at_end"), named("cnn.values")
    ('A ReLU after the last convolution [relu_at_end]', 'cnn.values')
    """
    return OTHERS.get(of) or mistakes.named(of)


def title(of: str) -> str:
    """Return what took points, in words alone where a page shows the id elsewhere."""
    return OTHERS.get(of) or mistakes.title(of) or of


def minus(cost: Decimal) -> str:
    """Return a cost as a report shows it, for instance `−0.24`."""
    return f"{MINUS}{cost:.2f}"
