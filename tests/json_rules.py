"""What every reader of JSON demands of it."""


def no_constant(name: str) -> float:
    """Refuse NaN and infinities, which JSON does not have."""
    raise AssertionError(f"{name} is no JSON")
