"""Imported by the process that workers are forked from: all that they need, before they need it.

Whatever goes wrong here is left to the first worker, which does the same work and can report it.
"""

import contextlib
import os
import pickle
import sys
from types import TracebackType

from grader.basics import interrupts
from grader.batch import forking

interrupts.ignored()  # held back until now; before anything that takes time
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_library}_NUM_THREADS"] = "1"  # before numpy: a thread does not survive a fork

with contextlib.suppress(Exception):
    if os.environ.pop(forking.KERNELS, "") == "bubblewrap":
        from grader.kernel.sandbox import forks

        forks.warm_up()  # first: it imports beside this process

with contextlib.suppress(Exception):
    import nbconvert.preprocessors  # noqa: F401

    from grader.batch import warm, worker  # noqa: F401
    from grader.handin.writeup import pdf_glyphs  # noqa: F401

    warm.preload()


def _excepthook(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Say nothing of a job that was cut off: the run was killed while it handed it over."""
    if not issubclass(kind, (EOFError, pickle.UnpicklingError)):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _excepthook
