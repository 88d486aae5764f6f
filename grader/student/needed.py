"""How much of a notebook has to run before some of its checks can be made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

CLASSES = {"conv2d": "MyConv2d", "cnn": "CNN", "unet": "UNet"}
TRAINING = "training"  # a family of checks that are called after a network: "cnn_accuracy"
WORD = re.compile(r"\w+")
# All that is built uses it: a cell that makes or changes it counts, one that only uses it does not.
LAYER = re.compile(r"\bclass\s+MyConv2d\b|\bMyConv2d\s*=(?!=)|\bMyConv2d\.\w+\s*=(?!=)")
# What may bring any name along: another module's names, another file's, a text that is run.
ANYTHING = re.compile(r"\bimport[ \t]*\*|^[ \t]*%(?:run|load|pylab)\b|\bexec[ \t]*\(", re.MULTILINE)


def classes(checks: Iterable[str]) -> frozenset[str] | None:
    """Return the classes that the checks are about; None if they look at more than classes."""
    found = set()
    for check in checks:
        family, _, what = check.partition(".")
        name = CLASSES.get(what.partition("_")[0] if family == TRAINING else family)
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
    others = [i for i, text in enumerate(sources) if LAYER.search(text) or ANYTHING.search(text)]
    return max([last, *others]) + 1
