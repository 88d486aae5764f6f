"""Numbers with their nouns, for every line that counts something."""

from __future__ import annotations


def many(number: int, noun: str) -> str:
    """Return how many of something there are; `noun` is what one of them is called.

    >>> many(1, "hand-in"), many(0, "pair"), many(2, "code cell")
    ('1 hand-in', '0 pairs', '2 code cells')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
