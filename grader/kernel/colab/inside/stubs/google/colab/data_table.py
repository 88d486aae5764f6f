"""Tables to sort: shown as they are."""

from __future__ import annotations


class DataTable:
    """A table shown as it is."""

    max_rows = max_columns = 20

    def __init__(self, dataframe: object, *_args: object, **_options: object) -> None:
        self.dataframe = dataframe


def enable_dataframe_formatter() -> None:
    """Show tables as before."""


def disable_dataframe_formatter() -> None:
    """Show tables as before."""


def load_ipython_extension(ipython: object) -> None:
    """Load nothing."""


def unload_ipython_extension(ipython: object) -> None:
    """Unload nothing."""
