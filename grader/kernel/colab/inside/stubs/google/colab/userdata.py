"""Secrets of the user: none."""

# ruff: noqa: ARG001 - the signatures are those of what this stands in for

from __future__ import annotations


def get(key: str) -> str:
    """Return an empty secret."""
    return ""
