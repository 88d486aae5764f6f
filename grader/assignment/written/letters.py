"""Letters of a student's own for NF and NC, where the text says what they stand for.

"Let n_1 be the number of filters", "F = NF". What is not said, or said of both, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

MOST = 40  # definitions looked at
LONG = 40  # characters: no such word is a product of letters
_NAME = r"(?P<name>[A-Za-z](?:_?\d|_\(\d\)|_[a-z])?)"
_MEANT = r"(?:(?P<nf>num_?filters|NF|filters?|feature maps)|(?P<nc>num_?colou?rs|NC|colou?rs?))"
_VERB = (
    r"(?:=|:=?|be|is|denotes?|represents?|means|stands? for|for|equals?|as|to be|will be|should be)"
)
_NO_TERM = r"(?<![A-Za-z\d_^*+/)])"
_NO_FORMULA = r"(?![A-Za-z_\d]| ?[*^+/(\d-])"
_COUNT = r"(?:the )?(?:total )?(?:number of|num(?:ber)?|no\.? of|# ?(?:of)?)"
_DEFINED = tuple(
    re.compile(_NO_TERM + pattern + _NO_FORMULA, re.IGNORECASE)
    for pattern in (
        rf"{_NAME} ?{_VERB} {{0,2}}(?:{_COUNT} )?(?:the )?{_MEANT}",
        rf"{_NAME} {_COUNT} {_MEANT}",  # "and n_2 the number of colours"
        rf"{_COUNT} {_MEANT} ?(?:as|by|is|be|=|:|to be)? ?(?:denoted )?(?:by |as )?{_NAME}",
    )
)
_WORD = re.compile(r"[A-Za-z](?:[A-Za-z\d]|_\(\d\)|_[A-Za-z\d])*")
_NEVER = frozenset("aAIkKxX")  # words, the kernel, and the sign of a product


def renamed(text: str) -> str:
    """Return a plain text with its own letters for NF and NC replaced by these.

    >>> renamed("Let n_1 be the number of filters and n_2 the number of colours: 9n_1n_2^2")
    'Let NF be the number of filters and NC the number of colours: 9NFNC^2'
    """
    letters = _letters(text)
    if not letters:
        return text
    known = {**letters, "NF": "NF", "NC": "NC"}
    one = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    pieces = re.compile(rf"{one}|\d+")

    def put(word: re.Match[str]) -> str:
        found = pieces.findall(word[0]) if len(word[0]) < LONG else []
        if "".join(found) != word[0]:
            return word[0]
        return "".join(known.get(piece, piece) for piece in found)

    return _WORD.sub(put, text)


def _letters(text: str) -> Mapping[str, str]:
    """Return what each letter stands for; none that is said to be both."""
    said: dict[str, set[str]] = {}
    for name, meaning in _definitions(text):
        said.setdefault(name, set()).add(meaning)
    return {
        name: next(iter(meant))
        for name, meant in said.items()
        if len(meant) == 1 and name not in _NEVER
    }


def _definitions(text: str) -> Iterator[tuple[str, str]]:
    for pattern in _DEFINED:
        for found in islice(pattern.finditer(text), MOST):
            yield found["name"], "NF" if found["nf"] else "NC"
