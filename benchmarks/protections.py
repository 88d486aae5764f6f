"""What judging's protections cost an honest submission: budgets, forms of replies, the second look.

    PYTHONPATH=. python benchmarks/protections.py [--rounds N] [--whole SECONDS]

Everything that the grader itself does with one right submission (open it, take its replies in, look
for a failing call, judge, make the page) is done with the protections and without, by turns, in one
process. Processor seconds, those of children among them, so a busy machine does not matter much.
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import statistics
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import torch

from benchmarks.measuring import SEED
from examples.notebook_builder import build_notebook, notebook_text
from grader.assignment.conv2d import verdicts
from grader.basics import budget
from grader.batch import pages, run
from grader.handin import submissions
from grader.judging import catalog
from grader.kernel import replies, requests
from grader.model import Evidence, ExecutedNotebook, HandIn, Replies, Reply, Request
from grader.model.assignment import chosen
from grader.proving import solutions
from grader.scoring import reporting, rubric

WRITEUP = Path(__file__).resolve().parents[1] / "examples/submissions/amelie-right/a2-writeup.pdf"
WHOLE = 6.2  # s of a submission that trains nothing, docs/benchmarks.md: of others it is less


@contextlib.contextmanager
def without() -> Iterator[None]:
    """Take the protections away: no children, no forms, no second look at MyConv2d."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(budget, "LIMITED", new=False))
        stack.enter_context(mock.patch.object(replies, "check", return_value=None))
        stack.enter_context(mock.patch.object(verdicts, "is_wrong", return_value=False))
        yield


def spent() -> float:
    """Return the processor seconds of this process and of its children so far."""
    used = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def work(hand_in: HandIn) -> None:
    """Do with one right submission all that is done outside its kernel."""
    submission = submissions.parse(hand_in)
    asked, reference = solutions.requests(), solutions.reference()
    known = Replies({id_: _taken_in(asked[id_], reference.peek(id_)) for id_ in asked}, asked)
    if verdicts.is_wrong(known):
        raise RuntimeError("something is wrong with the reference's MyConv2d")
    evidence = Evidence(submission, ExecutedNotebook("none"), known)
    results = catalog.judge(evidence, reference, limit=budget.JUDGING)
    environment = reporting.environment("cpu", SEED)
    report = reporting.report(evidence, results, rubric.load(), environment)
    notebook = submission.notebook or ""
    pages.of_graded(run.Graded(report, evidence, results, notebook), reference)


def _taken_in(request: Request, reply: Reply) -> Reply:
    return reply if request.kind in chosen().staff_answers else requests.typed(request, reply)


def main() -> None:
    """Measure by turns and print the medians."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--whole", type=float, default=WHOLE)
    chosen = options.parse_args()
    files = {"a2-cnn.ipynb": notebook_text(build_notebook()).encode()}
    files |= {WRITEUP.name: WRITEUP.read_bytes()} if WRITEUP.is_file() else {}
    hand_in = HandIn("ada", files)
    torch.set_num_threads(1)  # as in a worker
    work(hand_in)  # imports, caches, the reference's replies
    taken: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * chosen.rounds):
        protected = number % 2 == 0
        started = spent()
        with contextlib.nullcontext() if protected else without():
            work(hand_in)
        taken[protected].append(spent() - started)
    with_, bare = (statistics.median(taken[kind]) for kind in (True, False))
    print(f"with {with_:.3f} s, without {bare:.3f} s, median of {chosen.rounds} each, by turns")
    share = (with_ - bare) / chosen.whole
    print(f"{with_ - bare:+.3f} s: {share:+.1%} of a submission of {chosen.whole:g} s")


if __name__ == "__main__":
    main()
