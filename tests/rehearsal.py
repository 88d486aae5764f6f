"""`grader` with an engine that grades nothing: a class is done in a moment, at any moment of which
something may happen.

    python -m tests.rehearsal SEAM grade CLASS --out OUT

SEAM is a function of the program, `module:name`; the second call of it, or the first if it is
called once, begins with Ctrl-C, as does the whole program if SEAM is `twice`. `-` is nothing.
"""

import contextlib
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from grader.basics import storage
from grader.batch import batch, grading
from grader.batch.supervisor import Parcel
from grader.cli import main as cli
from grader.model import Student, Submission
from tests.class_parts import report

SIZE = 20_000  # bytes of a submission's folder


def graded(job):
    submission = Submission(job.hand_in.id, students=(Student(job.hand_in.id),))
    made = report(job.hand_in.id, submission=submission)
    files = {"report.json": storage.to_json(made), "evidence/page.json": b"{}" + b" " * SIZE}
    return Parcel(made.submission.id, made.verdict, made.reason, files, 1.0)


@contextlib.contextmanager
def engine(*_arguments):
    with ThreadPoolExecutor(1) as executor:
        yield batch.Engine(executor, 1, graded)


def interrupt_at(seam, times):
    where, _, name = seam.partition(":")
    holder = import_module(where)
    *above, name = name.split(".")
    for part in above:
        holder = getattr(holder, part)
    real, calls = getattr(holder, name), []

    def interrupted(*arguments, **named):
        calls.append(name)
        if len(calls) == times:
            os.kill(os.getpid(), signal.SIGINT)
        return real(*arguments, **named)

    setattr(holder, name, interrupted)


def main():
    seam, times, *arguments = sys.argv[1:]
    grading._Grading._engine = engine
    if seam != "-":
        interrupt_at(seam, int(times))
    sys.argv[1:] = arguments
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
