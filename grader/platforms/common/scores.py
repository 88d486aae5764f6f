"""Scores in a platform's own file: whose they are, what they are worth there, their spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from grader.basics.exits import BadInput
from grader.model import Student
from grader.reports.tally import Row

NUMBER = re.compile(r"-?(?:\d+[.,])*\d+")
MARK = re.compile(r"[.,]")


def two_decimals(score: float) -> str:
    """Return a score as Canvas reads it; half a hundredth is the student's.

    >>> two_decimals(2.675), two_decimals(1234.5)
    ('2.68', '1234.50')
    """
    exact = Decimal(repr(round(score, 6)))
    return str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def factor(possible: float | None, most: float, platform: str, *, scale: bool) -> float:
    """Return what scores are multiplied by for a platform that knows `possible` points, or none.

    Raises:
        BadInput: it and the rubric disagree on the most points, and `scale` is off.
    """
    if possible is None or not most:
        return 1.0  # "(read only)" and the like, or none
    if scale:
        return possible / most
    if abs(possible - most) > 1e-6:
        raise BadInput(
            f"{platform} has {possible:g} points possible, these scores go to {most:g}: change it "
            f"in {platform}, or add --scale"
        )
    return 1.0


def number(text: str) -> float | None:
    """Return a number as Canvas reads it: whatever stands last of comma and point is the point.

    >>> number("10,00"), number("1.234,50"), number("(read only)")
    (10.0, 1234.5, None)
    """
    if not NUMBER.fullmatch(text.strip()):
        return None
    *whole, last = MARK.split(text.strip())
    return float(f"{''.join(whole)}.{last}" if whole else last)


def by_student(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    """Return the submissions under every id that a platform may know their students by."""
    known: dict[str, list[Row]] = {}
    for row in rows:
        for name in {name for student in row.students for name in _names(student)}:
            known.setdefault(name, []).append(row)
    return known


def _names(student: Student) -> set[str]:
    return {name for name in (student.platform_id, student.id, student.email) if name}
