"""Settings shared by the whole suite: deterministic hypothesis, one thread."""

from pathlib import Path

import pytest
import torch
from hypothesis import settings

from grader.kernel.sandbox.probe import probe

# The files that take longest, which begin first: workers take a file at a time, and none is to be
# left alone with one of these at the end.
LONGEST = (
    "proving/test_cases.py", "attacks/test_attacks.py", "test_end_to_end.py",
    "attacks/test_forgeries.py", "kernel/session/test_execution.py", "batch/test_cluster.py",
    "assignment/appeal/test_explain.py", "batch/test_forked.py", "batch/test_class_run.py",
    "platforms/packaging/test_autograder.py", "student/test_student_day.py",
    "fuzz/test_patterns.py", "assignment/checks/test_broken_myconv2d.py",
    "kernel/sandbox/test_forks.py", "kernel/session/test_flood.py",
)  # fmt: skip
HERE = Path(__file__).parent
BEGIN = {HERE / name: place for place, name in enumerate(LONGEST)}

settings.register_profile("grader", derandomize=True, deadline=None)
settings.load_profile("grader")
torch.set_num_threads(1)


@pytest.fixture
def fresh_probe():
    """The probe remembers its success, so forget it before and after."""
    probe.cache_clear()
    yield
    probe.cache_clear()


@pytest.fixture
def without_bubblewrap(fresh_probe, monkeypatch):
    """Hide bubblewrap, also from what this process knows of it already."""
    monkeypatch.setenv("PATH", "/nowhere")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: BEGIN.get(item.path, len(BEGIN)))
