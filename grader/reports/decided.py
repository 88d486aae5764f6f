"""What a person decided, in lines for whatever shows a report."""

from __future__ import annotations

from collections.abc import Mapping

from grader.model import Decision, GradeReport
from grader.reports.costs import MINUS


def lines(report: GradeReport) -> tuple[str, ...]:
    """Return a line for each decision of a report, as its reader may see it."""
    most = {c.id: c.max_points for c in report.checks}
    most |= {q.id: q.max_points for q in report.questions}
    return tuple(in_words(decision, most) for decision in report.decisions)


def changed(report: GradeReport) -> str:
    """Return bonus and deduction in words; "" without any.

    >>> changed(GradeReport(None, "graded", 1, 2, "", decisions=(Decision("bonus", "r", "", 0.5),)))
    'bonus +0.50'
    """
    found = [d for d in report.decisions if d.change]
    return ", ".join(f"{d.what} {_signed(d.change)}" for d in found)


def in_words(decision: Decision, most: Mapping[str, float]) -> str:
    """Return a decision in a line.

    Args:
        decision: what was decided.
        most: the most points of each question and check.

    >>> in_words(Decision("A1", "as we said", "Kim", 0.5, before="0.64"), {"A1": 0.8})
    'A1: 0.50 of 0.80 points (0.64 before): as we said [Kim]'
    >>> in_words(Decision("deduction", "a day late", "Kim", 0.3), {})
    'deduction: −0.30 points: a day late [Kim]'
    """
    text = decision.what
    if decision.change:
        text += f": {_signed(decision.change)} points"
    elif decision.points is not None:
        of = f" of {most[decision.what]:.2f}" if decision.what in most else ""
        text += f": {decision.points:.2f}{of} points"
    elif decision.verdict:
        text += f": {decision.verdict}"
    text += f" ({decision.before} before)" if decision.before else ""
    text += f": {decision.reason}"
    return f"{text} [{decision.who}]" if decision.who else text


def _signed(change: float) -> str:
    """Return points with their sign, a loss with the minus sign of all other losses."""
    return f"{change:+.2f}".replace("-", MINUS)
