"""The output area of a cell."""

from __future__ import annotations


def clear(*args: object, **options: object) -> None:
    """Keep the output: it is the record of the run."""


def eval_js(script: str, *args: object, **options: object) -> None:
    """Run nothing: there is no browser."""


def enable_custom_widget_manager(*args: object, **options: object) -> None:
    """Enable nothing."""


def no_vertical_scroll() -> None:
    """Scroll as before."""
