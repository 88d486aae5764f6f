"""One stand-in world for the whole session: it takes seconds to build."""

from pathlib import Path

import pytest

from grader.assignment.world.building import build_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built stand-in world; tests only read it."""
    return build_world(tmp_path_factory.mktemp("standin") / "world")
