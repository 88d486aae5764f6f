"""Widgets of the output area: what stands in them is shown plainly."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator


class _Area:
    def __init__(self, *_args: object, **_options: object) -> None:
        """Take any description."""

    @contextlib.contextmanager
    def output_to(self, *_args: object, **_options: object) -> Iterator[None]:
        """Show what the block prints where it stands."""
        yield

    def clear_cell(self, *_args: object, **_options: object) -> None:
        """Keep what is shown."""


Grid = TabBar = _Area
