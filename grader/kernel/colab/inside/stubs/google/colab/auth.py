"""The user's account: none."""


def authenticate_user(*args: object, **options: object) -> None:
    """Ask for nothing."""
