"""What is typed as one answer to A3: a formula, a sentence with one, "same", "4 × outputs"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.assignment.written import formula
from grader.assignment.written.labels import LABEL, named
from grader.assignment.written.plain_math import plain
from grader.assignment.written.polynomial import Polynomial

ADVICE = "write NF and NC with * and ^, for example 4*NF^2 + 7*NF*NC"
TIMES = {"two": 2, "twice": 2, "double": 2, "doubled": 2, "three": 3, "four": 4, "fourfold": 4}
TIMES |= {"quadruple": 4, "quadrupled": 4, "quadruples": 4, "eight": 8, "sixteen": 16}
SAME = {"same", "unchanged", "identical", "constant"}
CHANGE = {"change", "changes", "changed", "changing"}
NO = {"no", "not", "t"}  # doesn't
GROWTH = {"x", "*", "times", "fold", "factor", "multiplied"}
FILLER = frozenset(
    re.findall(
        r"\S+",
        "it they this that these the a of is are be will was by to as in for with and does do doesn"
        " stay stays remain remains grow grows become becomes increase increases all number numbers"
        " count counts many much more larger bigger original previous old before above input plain"
        " case one weight weights output outputs connection connections total value answer without"
        " doubling ( ) , . : - '",
    )
)

_LOOKED_UP = re.compile(r"[A-Za-z_]\w{0,20}\[ ?['\"]?([^'\"\]]{1,40})['\"]? ?\]")
_TOKEN = re.compile(r"[a-z]+|\d+|\S", re.IGNORECASE)
_REMARK = re.compile(
    r"\s?\((?:(?:with|without|incl|excl|no|plus|counting|biases|bias|in total)[^()]{0,60})\)\.?$"
    r"|,? ?(?:with|without|including|excluding) (?:the )?bias(?:es)?\.?$"
    r"|(?<=[\w)]) (?:weights|outputs|connections|parameters|units|in total|altogether)\.?$|\.$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"(?:(?!n_?[fc]\b|k\b)(?:[A-Za-z][A-Za-z'-]{1,20}|a)[ ,]{1,2}){0,20}"
    r"(?:(?!n_?[fc]\b)[A-Za-z][A-Za-z'-]{1,20}) ?[:=]? ",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"(?<![\d.])[1-9]\d{0,2}\.\d{3}(?![\d.])")
_KILO = re.compile(r"(?<![\w.])(?:\d{1,9}\.\d{1,9}|\d{2,9}) ?[kK](?![\w^])(?! ?[*^(]| ?\d)")


@dataclass(frozen=True)
class Typed:
    """What one answer means: a formula, or how many times the count for the input as it is."""

    value: Polynomial | None = None
    factor: int | None = None
    of: str = ""  # the label that the factor is of, if it says so


def read(text: str) -> Typed:
    """Return what an answer means.

    Raises:
        Unreadable: it is no formula, or may be read in two ways; the message says which.

    >>> print(read("The total number of weights is 9 NF (with biases)").value)
    9·NF
    >>> read("4 × outputs").factor
    4
    """
    if len(text) > formula.LENGTH:
        raise formula.Unreadable(f"longer than {formula.LENGTH} characters")
    said = " ".join(_LOOKED_UP.sub(r"\1", plain(text)).split())
    if why := doubt(said):
        raise formula.Unreadable(why)
    if grown := _grown(said):
        return grown
    try:
        return Typed(stated(text))
    except formula.Unreadable as error:
        for shorter in _shorter(said):
            try:
                return Typed(stated(shorter))
            except formula.Unreadable:
                continue
        raise error from None


def stated(text: str) -> Polynomial:
    """Return what a text states: a formula, or a chain `a = b` of equal ones.

    Raises:
        Unreadable: it is no formula, or the two sides of an equals sign differ.

    >>> print(stated("weights = 2 NF (NF + 1) = 2NF^2 + 2NF"))
    2·NF² + 2·NF
    """
    sides = text[: formula.LENGTH + 1].split("=")
    if len(sides) > 1 and LABEL.search(sides[0]):
        sides = sides[1:]
    values = [formula.parse(side) for side in sides]
    if len(set(values)) > 1:
        raise formula.Unreadable("the two sides of '=' differ")
    return values[0]


def _grown(said: str) -> Typed | None:
    """Return how many times the count is meant, if that is what a text says and all it says."""
    tokens = [token.lower() for token in _TOKEN.findall(said)]
    labels = {named(match) for match in LABEL.finditer(said)}
    numbers = [TIMES.get(t) or int(t) for t in tokens if t in TIMES or _small(t)]
    words = {token for token in tokens if token not in TIMES and not token.isdecimal()}
    if len(labels) > 1 or not words <= FILLER | SAME | CHANGE | NO | GROWTH:
        return None
    of, same = next(iter(labels), ""), bool(words & SAME)
    if not numbers and words & NO and words & CHANGE and not same:
        return Typed(factor=1, of=of)
    if words & NO:
        return None
    if not numbers and same and not words & GROWTH:
        return Typed(factor=1, of=of)
    grows = words & GROWTH or set(tokens) & TIMES.keys() or labels
    return Typed(factor=numbers[0], of=of) if len(numbers) == 1 and grows and not same else None


def _small(token: str) -> bool:
    return len(token) < 3 and token.isascii() and token.isdecimal()


def _shorter(said: str) -> list[str]:
    """Return a text without the remark behind its formula, and without the words before it."""
    bare = _REMARK.sub("", _REMARK.sub("", said))
    words = _SENTENCE.match(bare)
    return [bare, *([bare[words.end() :]] if words else [])]


def doubt(said: str) -> str:
    """Return why a number may be read in two ways, and how to write it; "" for plain ones.

    >>> doubt("1.024*NF"), doubt("1024*NF")
    ("is '1.024' 1024 or a fraction? write 1024, or 1/2", '')
    """
    if found := _KILO.search(said):
        return f"is {found[0]!r} thousands, or times the kernel? write it in full"
    if found := _THOUSANDS.search(said):
        whole = found[0].replace(".", "")
        return f"is {found[0]!r} {whole} or a fraction? write {whole}, or 1/2"
    return ""
