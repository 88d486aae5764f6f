"""Which of several notebooks to grade, as far as their names tell: the newest, no checkpoint."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.handin.intake import NAME
from grader.model.assignment import chosen

_CHECKPOINT = re.compile(r"-checkpoint\d*\.ipynb$", re.IGNORECASE)
_WORD = r"(?<![a-z]){}(?![a-z])"
_LATER = re.compile(_WORD.format("(?:final|finished|done|latest|newest|new|submission|submit)"))
_EARLIER = re.compile(
    _WORD.format("(?:old|older|backup|bak|draft|template|starter|scratch|tmp|temp|test|untitled)")
)
_TASK = re.compile(rf"(?<![a-z0-9])(?:{chosen().task}|{chosen().course})(?![a-z0-9])")
_NUMBER = re.compile(r"\d{1,9}")


def in_order(names: Iterable[str]) -> list[str]:
    """Return notebooks, the likeliest to be the one that is meant first.

    >>> in_order(["a2-cnn-checkpoint.ipynb", "a2-cnn(1).ipynb", "a2-cnn(2).ipynb"])
    ['a2-cnn(2).ipynb', 'a2-cnn(1).ipynb', 'a2-cnn-checkpoint.ipynb']
    """
    return sorted(sorted(names), key=_likeliness, reverse=True)


def reason(chosen: str) -> str:
    """Return why a notebook is preferred to those beside it, for a person."""
    return "" if _is_called_so(chosen) else ", the newest as far as names tell"


def _is_called_so(path: str) -> bool:
    return path.rpartition("/")[2] == NAME


def _likeliness(path: str) -> tuple[bool, bool, int, int, tuple[int, ...]]:
    """Return a key that is larger the likelier a notebook is the one that is meant."""
    bare = _TASK.sub("", path.lower())
    word = bool(_LATER.search(bare)) - bool(_EARLIER.search(bare))
    numbers = tuple(int(number) for number in _NUMBER.findall(bare))
    return _is_called_so(path), not _CHECKPOINT.search(path), -path.count("/"), word, numbers
