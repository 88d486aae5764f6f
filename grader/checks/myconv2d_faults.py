"""What is MyConv2d's own fault is charged there, and not again in the networks made of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grader import catalog
from grader.conv2d import verdicts
from grader.model import Evidence, Replies, Status

SHOWING = ("conv2d.values", "conv2d.gradients", "conv2d.parameters")
UNRECOGNISED = "unrecognised"
UNLISTED = "_not_parameter"


def faults(student: Evidence, reference: Replies) -> frozenset[str]:
    """Return the mistakes of MyConv2d that show in the values and gradients of a network.

    None where MyConv2d was not asked, or is not there: then nothing is excused.
    """
    results = catalog.judge(student, reference, SHOWING)
    wrong = [r for r in results if r.id in SHOWING and r.status is Status.FAILED]
    found = (f for result in wrong for f in result.findings if not f.note)
    return frozenset(f.mistake or UNRECOGNISED for f in found)


def unlisted(mistakes: Iterable[str]) -> frozenset[str]:
    """Return the tensors of MyConv2d that `parameters()` does not list: "weight", "bias".

    >>> sorted(unlisted(["bias_not_parameter", "kernel_flipped"]))
    ['bias']
    """
    return frozenset(m.removesuffix(UNLISTED) for m in mistakes if m.endswith(UNLISTED))


def written(student: Evidence) -> dict[str, Any]:
    """Return how a wrong MyConv2d is written, as `grader.networks.twin.Written` takes it."""
    plan, _ = verdicts.blames(verdicts.recorded(student.replies))
    if plan is None:
        return {}
    swapped = plan.axes == "stored"
    return {
        "flipped": plan.flipped, "swapped": swapped, "bias": plan.bias, "stride": plan.stride,
    }  # fmt: skip
