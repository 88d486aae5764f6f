"""What one submission cost: wall-clock seconds by stage, processor seconds, memory."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

FILE = "cost.json"  # beside the evidence


@dataclass(frozen=True)
class Cost:
    """What a worker and the kernel that it started used.

    Attributes:
        seconds: wall clock, by stage.
        cpu_seconds: processor time of the worker and of its sandboxes, as it was seen last: what
            ended by itself within half a second, unwaited for, is not in it.
        peak_bytes: most resident memory of the worker itself.
    """

    seconds: Mapping[str, float] = field(default_factory=dict)
    cpu_seconds: float = 0.0
    peak_bytes: int = 0


class Meter:
    """Measures from its making on; `stage` is called whenever another stage begins."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        elsewhere: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """Begin.

        Args:
            clock: in seconds.
            elsewhere: processor seconds, so far, of what the system does not count as ours.
        """
        self._clock, self._elsewhere = clock, elsewhere
        self._seconds: dict[str, float] = {}
        self._stage, self._since = "start", clock()
        self._cpu = _cpu_seconds() + elsewhere()

    def stage(self, name: str) -> None:
        """Say that a stage begins; the one before it ends."""
        if name != self._stage:
            now = self._clock()
            self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + now - self._since
            self._stage, self._since = name, now

    def cost(self) -> Cost:
        """Return what was used so far."""
        self.stage("end")
        seconds = {name: round(value, 3) for name, value in self._seconds.items()}
        cpu = _cpu_seconds() + self._elsewhere() - self._cpu
        return Cost(seconds, round(cpu, 3), _peak_bytes())


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak_bytes() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10
