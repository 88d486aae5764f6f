"""Kernels forked from a warm process, as those of a class are: a start costs 0.3 seconds."""

import pytest

from grader.kernel.sandbox import forks


@pytest.fixture(scope="module")
def warm():
    """Have a file's kernels forked: `pytestmark = pytest.mark.usefixtures("warm")`."""
    forks.warm_up()
    yield
    forks.stop()


@pytest.fixture
def fresh(monkeypatch):
    """Have this test's kernels started afresh, as that of a single submission is."""
    monkeypatch.setattr(forks, "_zygote", None)
