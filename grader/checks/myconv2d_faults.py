"""What is MyConv2d's own fault is charged there, and not again in the networks made of it."""

from __future__ import annotations

from collections.abc import Iterable

from grader.checks import conv2d
from grader.model import Evidence, NoAnswer, Replies

UNRECOGNISED = "unrecognised"
UNLISTED = "_not_parameter"


def faults(student: Evidence, reference: Replies) -> frozenset[str]:
    """Return the mistakes of MyConv2d that show in the values and gradients of a network."""
    found = set[str]()
    for judge in (conv2d.values, conv2d.gradients, conv2d.parameters):
        try:
            findings = tuple(judge(student, reference))
        except (NoAnswer, KeyError, IndexError):
            continue  # nothing is known of MyConv2d, so nothing is excused
        found |= {f.mistake or UNRECOGNISED for f in findings if not f.note}
    return frozenset(found)


def unlisted(mistakes: Iterable[str]) -> frozenset[str]:
    """Return the tensors of MyConv2d that `parameters()` does not list: "weight", "bias".

    >>> sorted(unlisted(["bias_not_parameter", "kernel_flipped"]))
    ['bias']
    """
    return frozenset(m.removesuffix(UNLISTED) for m in mistakes if m.endswith(UNLISTED))
