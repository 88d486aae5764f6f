"""Question 2: a class."""

from grader.judging.catalog import check
from grader.model import Finding, Request

WORDS = ["a", "b", "a"]


def requests(draw):
    """Yield the one call."""
    yield Request("counter", "count", {"words": WORDS}, {})


@check("counter.counts")
def counts(student, reference):
    """`Counter.add` returns how often a word has come.

    Why it matters: a count that is off by one is off everywhere.
    Usual cause: it returns the count from before.
    """
    got, due = student["counter"].values["counts"], reference["counter"].values["counts"]
    if got != due:
        late = "starts_at_zero" if got == [n - 1 for n in due] else None
        yield Finding(f"Counter().add of {', '.join(WORDS)}", str(due), str(got), late)
