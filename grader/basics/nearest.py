"""What somebody meant by a word that is not known: one matcher for verbs, checks and people."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MOST = 3  # words that a line names
PARTS = ".-_ "  # what separates the parts of a name


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """Return the known words that a mistyped one may stand for, at most three; case is ignored.

    Words that begin with it come first, then words of which a part does, then the likest one.

    >>> nearest("cnn.b", ["unet.blocks", "cnn.values", "cnn.builds", "cnn.blocks"])
    ['cnn.builds', 'cnn.blocks']
    >>> nearest("skip", ["unet.skip_connections", "unet.blocks"])
    ['unet.skip_connections']
    >>> nearest("Garde", ["grade", "export"])
    ['grade']
    """
    plain = {name: name.casefold() for name in dict.fromkeys(known)}
    wanted = word.strip().casefold()
    if not wanted:
        return []
    for matches in (_begins, _has_part):
        found = [name for name, text in plain.items() if matches(text, wanted)]
        if found:
            return sorted(found, key=len)[:MOST]
    near = difflib.get_close_matches(wanted, plain.values(), 1)
    return [name for name, text in plain.items() if text in near][:1]


def _begins(text: str, wanted: str) -> bool:
    return text.startswith(wanted)


def _has_part(text: str, wanted: str) -> bool:
    return any(text[i - 1] in PARTS for i in _places(text, wanted) if i)


def _places(text: str, wanted: str) -> Iterable[int]:
    place = text.find(wanted)
    while place >= 0:
        yield place
        place = text.find(wanted, place + 1)


def meant(word: str, known: Iterable[str]) -> str:
    """Return what to say behind a word that is not known; "" if nothing is like it.

    >>> meant("cnn.b", ["cnn.builds", "cnn.blocks"])
    "; did you mean 'cnn.builds' or 'cnn.blocks'?"
    """
    found = [repr(name) for name in nearest(word, known)]
    return f"; did you mean {either(found)}?" if found else ""


def either(words: list[str]) -> str:
    """Return words as a choice: `a`, `a or b`, `a, b or c`."""
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
