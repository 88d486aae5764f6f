"""The number of the running cell.

Why not `shell.execution_count`: IPython 9 raises it before a cell runs, older ones afterwards.
"""

from __future__ import annotations

from typing import Any

from .notes import number_cells_by


class Counter:
    """Reads the shell's count when a request comes in, which is before either of them."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.request: object = None
        self.number: int | None = None

    def begin(self, lines: list[str]) -> list[str]:
        """Note the count at a new request; leave `lines`, the cell's source, as they are."""
        request = self.shell.get_parent().get("header", {}).get("msg_id")
        if request != self.request:  # else a magic runs a cell within the cell
            self.request, self.number = request, self.shell.execution_count
        return lines


def install(shell: Any) -> None:
    """Number the cells of IPython's `shell` from now on."""
    counter = Counter(shell)
    shell.input_transformers_cleanup.insert(0, counter.begin)
    number_cells_by(lambda: counter.number)
