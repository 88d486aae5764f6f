"""Settings shared by the whole suite: deterministic hypothesis, one thread."""

import pytest
import torch
from hypothesis import settings

from grader.kernel.sandbox.probe import probe

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
