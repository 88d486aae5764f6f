"""Files from and to the browser: there is none."""

# ruff: noqa: ARG001 - the signatures are those of what this stands in for

from __future__ import annotations


def upload(*args: object, **options: object) -> dict[str, bytes]:
    """Return no file."""
    print("files.upload: no browser, no file")
    return {}


def upload_file(filename: str) -> str:
    """Return the name: no file comes."""
    print("files.upload_file: no browser, no file")
    return filename


def download(filename: str) -> None:
    """Leave the file where it is."""


def view(filepath: str) -> None:
    """Show nothing."""
