"""How long student code may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Deadlines:
    """Seconds of wall-clock time that student code may take."""

    cell: float = 300.0
    submission: float = 1200.0
    request: float = 60.0
    grace: float = 5.0  # between an interrupt and a kill
    restarts: int = 6  # a death without a known reason takes two

    @classmethod
    def full_size(cls) -> Deadlines:
        """Return deadlines for runs with the real data: hours a cell."""
        hour = 3600.0
        return cls(cell=12 * hour, submission=24 * hour, request=600.0)
