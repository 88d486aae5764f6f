"""How a run grades. Light: the process that owns the results needs no torch."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.kernel.session.deadlines import Deadlines
from grader.model.assignment import chosen
from grader.scoring import rubric


@dataclass(frozen=True)
class Settings:
    """How a run grades: the same settings and seed give the same reports."""

    isolation: str
    world: Path | None  # None: the stand-in of the machine that grades
    seed: int
    rubric: rubric.Rubric
    weights: Path | None = None
    full: bool = False
    max_epochs: int = 1
    device: str = "cpu"
    denied: tuple[Path, ...] = ()  # folders that no sandbox may show
    deadlines: Deadlines = field(default_factory=Deadlines)


def new_seed() -> int:
    """Return a fresh secret seed."""
    return secrets.randbits(63)


@contextlib.contextmanager
def world_of(data_root: Path) -> Iterator[Path]:
    """Yield the data folder of the run: the user's own, laid out as a notebook expects it.

    Raises:
        BadData: the user's data is incomplete or damaged; one line.
    """
    with tempfile.TemporaryDirectory(prefix=".grader-data-", dir=data_root.parent) as folder:
        yield chosen().data.lay_out(data_root, Path(folder))
