"""The machine behind the notebook: it stays."""


def unassign() -> None:
    """Keep the machine: later cells need it."""
