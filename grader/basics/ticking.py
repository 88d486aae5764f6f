"""A clock beside a bar that goes on while nothing is done yet: a sign of life."""

from __future__ import annotations

import threading
from typing import Any

EVERY = 1.0  # seconds


class Ticker:
    """Refreshes a bar of tqdm's each second, so that its clock goes on, until it is stopped."""

    def __init__(self, bar: Any, every: float = EVERY) -> None:
        self._bar, self._every, self._stop = bar, every, threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)
        if not bar.disable:
            self._thread.start()

    def _tick(self) -> None:
        while not self._stop.wait(self._every):
            self._bar.refresh()

    def stop(self) -> None:
        """End it; nothing is drawn afterwards."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
