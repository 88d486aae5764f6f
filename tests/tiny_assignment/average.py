"""Question 1: a function. Its checks are called after this module."""

from grader.judging.catalog import check
from grader.model import Finding, Request


def requests(draw):
    """Yield the one call: numbers of this run's own."""
    yield Request("mean", "mean", {}, {"values": draw.uniform("mean", (5,))})


@check("average.value")
def value(student, reference):
    """`mean` returns the mean.

    Why it matters: everything else is measured against it.
    Usual cause: a division by another number than there are values.
    """
    got, due = student["mean"].values["mean"], reference["mean"].values["mean"]
    if abs(got - due) > 1e-9:
        yield Finding("mean of five numbers", f"{due:.6f}", f"{got:.6f}")
