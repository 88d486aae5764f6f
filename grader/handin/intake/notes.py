"""Notes of the intake: names escaped, and lists not without end."""

from __future__ import annotations

from collections.abc import Iterable

from grader.basics.exits import shown

NAMED = 10  # names in a note


def named(names: Iterable[str]) -> str:
    """Return names as a note lists them.

    >>> named(["b", "a"]), named(str(n) for n in range(12))
    ('b, a', '0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more')
    """
    all_ = [shown(name) for name in names]
    more = f" and {len(all_) - NAMED} more" if len(all_) > NAMED else ""
    return ", ".join(all_[:NAMED]) + more
