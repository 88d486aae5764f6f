"""How much of a notebook has to run before some of its checks can be made."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

from grader.model.assignment import chosen

WORD = re.compile(r"\w+")
# What may bring any name along: another module's names, another file's, a text that is run.
ANYTHING = re.compile(r"\bimport[ \t]*\*|^[ \t]*%(?:run|load|pylab)\b|\bexec[ \t]*\(", re.MULTILINE)


def classes(checks: Iterable[str]) -> frozenset[str] | None:
    """Return the classes that the checks are about; None if they look at more than classes."""
    found = set()
    for check in checks:
        name = chosen().classes.get(chosen().about(check))
        if name is None:
            return None
        found.add(name)
    return frozenset(found)


def cells(sources: Sequence[str], wanted: Iterable[str]) -> int:
    """Return how many of the cells, from the first on, have to do with these classes.

    Args:
        sources: of the cells that hold code; "" for others.
        wanted: names of classes. Where one of them is nowhere, every cell counts.
    """
    last, named = 0, [set(WORD.findall(text)) for text in sources]
    for name in wanted:
        places = [i for i, words in enumerate(named) if name in words]
        if not places:
            return len(sources)
        last = max(last, places[-1])
    given = _made(chosen().handed_out)
    others = [i for i, text in enumerate(sources) if given.search(text) or ANYTHING.search(text)]
    return max([last, *others]) + 1


@functools.cache
def _made(name: str) -> re.Pattern[str]:
    """Return what a cell holds that makes or changes the class that is handed out.

    All that is built uses it: one that only uses it counts no more than any other.
    """
    given = re.escape(name) or "(?!)"
    return re.compile(rf"\bclass\s+{given}\b|\b{given}\s*=(?!=)|\b{given}\.\w+\s*=(?!=)")
