"""What was changed in the notebook's world, and in which cell: read by the side that grades."""

from __future__ import annotations

from collections.abc import Callable

MOST = 500  # a loop of the notebook must not fill the memory with notes

applied: list[dict[str, int | str | None]] = []


def _no_cell() -> int | None:
    return None


_current_cell: Callable[[], int | None] = _no_cell


def number_cells_by(current_cell: Callable[[], int | None]) -> None:
    """Ask `current_cell` from now on for the execution count of the running cell."""
    global _current_cell
    _current_cell = current_cell


def cell() -> int | None:
    """Return the execution count of the running cell, None outside of any."""
    return _current_cell()


def note(transform: str, detail: str) -> None:
    """Remember that `transform` changed something in the running cell; `detail` is one line."""
    entry: dict[str, int | str | None] = {
        "cell": cell(),
        "transform": transform,
        "detail": detail,
    }
    if entry not in applied[-20:] and len(applied) < MOST:
        applied.append(entry)
