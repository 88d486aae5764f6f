"""A second assignment, to prove the seam: a function `mean`, a class `Counter`, one question."""

import contextlib
import importlib
import tempfile
from pathlib import Path

from grader.basics.schema import Many, Real, Record, Whole
from grader.kernel.replies import ReplyForm
from grader.model.assignment import Assignment, Data, Examples

HOME = Path(__file__).parent


def stand_in(_=None):
    """Return a folder with the numbers that a notebook reads."""
    folder = Path(tempfile.gettempdir()) / "tiny-assignment"
    folder.mkdir(exist_ok=True)
    (folder / "numbers.txt").write_text("3\n4\n")
    return folder


def mean(values):
    """Return the right mean."""
    return sum(values) / len(values)


class Counter:
    """The right one."""

    def __init__(self):
        self.seen = {}

    def add(self, word):
        """Count a word, and return how often it has come."""
        self.seen[word] = self.seen.get(word, 0) + 1
        return self.seen[word]


@contextlib.contextmanager
def reference(_):
    """Yield what the right notebook leaves behind."""
    yield {"mean": mean, "Counter": Counter}


ASSIGNMENT = Assignment(
    title="A tiny assignment",
    notebook="a0.ipynb",
    examples=Examples("counter", "counter.counts", "starts_at_zero"),
    home=HOME,
    checks=(f"{__name__}.average", f"{__name__}.counter"),
    classes={"counter": "Counter"},
    data=Data(stand_in, stand_in, lambda root, _: root, stand_in),
    reference=reference,
    handlers=lambda: importlib.import_module(f"{__name__}.agent.handlers"),
    agent=HOME / "agent",
    forms=lambda: {
        "mean": ReplyForm(Record({"mean": Real()})),
        "count": ReplyForm(Record({"counts": Many(Whole(), 100)})),
    },
)
