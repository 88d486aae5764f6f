"""What findings about a network have in common."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import replace

from grader.checks.views import View
from grader.model import Finding
from grader.networks.diagnosis import Departure


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


def excused(found: Finding) -> Finding:
    """Return what MyConv2d explains as a note: it is charged where MyConv2d is judged."""
    actual = f"{found.actual}; MyConv2d explains it"
    return replace(found, actual=actual, mistake=None, where=None, note=True)
