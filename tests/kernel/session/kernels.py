"""Runs a few cells in a real kernel, as the line would: shared by the tests of a session."""

import contextlib

import numpy as np

from grader.assignment.asking import conv2d
from grader.batch.run import room
from grader.batch.settings import Settings
from grader.kernel.session.deadlines import Deadlines
from grader.kernel.session.execution import NotebookRunner
from grader.proving.solutions import world
from grader.scoring.rubric import load
from tests.cells import notebook_of

# In place of the Colab, where a test is about how kernels start and end and not what they hold.
LIGHT = "from ipykernel.kernelapp import launch_new_instance\n\nlaunch_new_instance()\n"
QUICK = Deadlines(cell=6, submission=120, request=10, grace=2, restarts=2)


@contextlib.contextmanager
def running(*sources, deadlines=QUICK, metadata=None, isolation="bubblewrap", light=False):
    """Yield the runner of a notebook whose cells have run.

    A light kernel starts in a fifth of the time, and imports nothing.
    """
    settings = Settings(isolation, world(), seed=1, rubric=load())
    with room(settings) as folders:
        if light:
            (folders.kernel_side / "launch.py").write_text(LIGHT)
        runner = NotebookRunner(isolation, folders, deadlines)
        with runner.opened(notebook_of(*sources, metadata=metadata)):
            runner.run_cells()
            yield runner


def outcomes(runner):
    """Return what came of each cell."""
    return [run.status.value for run in runner.executed().cells]


def convolution(weight=1.0):
    """Return a request for the convolution of 3 by 3 ones with a constant kernel, plus 1."""
    arrays = {"input": np.ones((1, 1, 3, 3)), "weight": np.full(9, weight), "bias": np.ones(1)}
    return conv2d("r", (1, 1, 3), arrays)
