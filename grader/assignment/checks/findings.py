"""What findings about a network have in common."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

from grader.assignment.checks.views import View
from grader.assignment.networks.diagnosis import Departure
from grader.model import Finding


def finding(departure: Departure, what: str, *, note: bool = False) -> Finding:
    """Return a departure from the diagram as a finding about `what`."""
    return Finding(
        what=f"{departure.where} of {what}",
        expected=departure.expected,
        actual=departure.actual,
        mistake=departure.mistake,
        where=departure.where,
        note=note,
    )


def not_followed(view: View) -> Finding:
    """Return what is said in place of every other verdict on a network that is not followed."""
    return Finding(
        f"the values of {view.name}",
        "those of the diagram, or of the operations that were seen",
        "neither, so nothing that it does can be told for certain",
        "not_followed",
    )


def followed(verdict: Callable[[View], Iterator[Finding]]) -> Callable[[View], Iterator[Finding]]:
    """Make a verdict on what a network does one that is only passed where it can be followed."""

    @functools.wraps(verdict)
    def judged(view: View) -> Iterator[Finding]:
        if view.is_followed:
            yield from verdict(view)
        else:
            yield not_followed(view)

    return judged


def repaired(view: View) -> Finding:
    """Return the note on a network that is judged with another MyConv2d than its own."""
    return Finding(
        f"the MyConv2d that {view.name} is made of",
        "a right one",
        "yours is not, so a right one took its place here: that mistake costs nothing again",
        note=True,
    )
