"""Finds the formulas that stand behind a label, at once or anywhere in its section."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.assignment.written.formula import Effort, longest
from grader.assignment.written.labels import LABEL
from grader.assignment.written.polynomial import Polynomial

REACH = 600  # characters behind a label that may belong to it
SECTION = 6_000  # the same for a label that is a heading
ATTEMPTS = 12  # formulas looked for behind one label
SEARCHED = 150  # the same in a section
SMALLEST = 100  # a bare number below this is no count of a network

_MARKUP = r"[ \t*_|)#\"']{0,20}"
_SIGN = r"(?:[:=]|->|\bis\b|\bare\b)"
_STILL = (  # what may stand between "is" and the formula
    r"(?:[ \t](?:still|then|now|thus|again|also|just|simply|therefore|hence|given by|equal to))?"
)
_BREAKS = r"(?:\n[ \t]{0,20}){0,2}"
_SIDE = (  # what is set equal to the formula: "W = ", "weights(NF, NC) = "
    r"(?:(?!(?:n_?[fc]|k)\b)[A-Za-z][A-Za-z_]{0,14}(?:\([^()\n]{0,20}\))?[ \t]{0,3}=[ \t]{0,3})?"
)
_NEAR = re.compile(
    rf"{_MARKUP}(?:\n[ \t]{{0,9}})?(?P<sign>{_SIGN})?{_STILL}[ \t*_|:=]{{0,20}}"
    rf"{_BREAKS}(?:{_SIDE})",
    re.IGNORECASE,
)
_FAR = re.compile(
    rf"[^\n=:|;]{{0,60}}(?P<sign>[=:]|\b(?:is|are|equals)\b){_STILL}[ \t*_|=:]{{0,20}}{_BREAKS}"
)
_COLON = re.compile(r"[^\n]{0,60}[:=][ \t]{0,9}\n\s{0,99}")
_BEGINS = re.compile(r"(?<![A-Za-z0-9_.,^])(?=[\dNn(k])")
_INSIDE = re.compile(r"(?:[-+*/^()\d]|(?<![A-Za-z])(?:N[FC]|[A-Z]))[ \t]{0,9}\Z", re.IGNORECASE)
_BULLET = re.compile(r"(?:[-*>#]{1,3}|\(?\w{1,3}[.)])?\Z")
_TERM = re.compile(r"\d[ \t]?\(?N[FC]", re.IGNORECASE)
_MATHEMATICAL = re.compile(r"(?<![A-Za-z])N[FC]", re.IGNORECASE)
_ANNOUNCED = re.compile(
    r"[^\n=:]{0,60}[=:][ \t*_]{0,20}((?:[\d(Nn-]|[A-Z] ?[*^_+(/-])[^\n]{0,300})"
)
_GOES_ON = re.compile(
    r"[ \t]{0,9}(?:\(?[A-Z]?[a-z][a-z'-]+|[.,;:|)\]=<>\"'#]|\*{1,2}\s|$)", re.MULTILINE
)
_AGAIN = re.compile(r"[ \t]{0,9}\n?[ \t]{0,9}={1,3}[ \t]{0,9}")
_PARAGRAPH = re.compile(r"\n[ \t]{0,20}\n")
_FILLER = (
    r"(?:the|total|number|numbers|no|num|counts?|of|for|how|many|learnable|trainable|all|and"
    r"|[ivx]{1,3}|[a-e]|\d)"
)
_HEADS = re.compile(rf"[\W_]{{0,8}}(?:{_FILLER}[\W_]{{1,4}}){{0,6}}", re.IGNORECASE)
_HEADED = re.compile(
    r"[\W_]{0,4}(?:$|(?:(?:is|are|in|for|that|with|of)\b)[^\n=]{0,50}$)", re.IGNORECASE
)
_OTHER_QUESTION = re.compile(
    r"^[\W_]{0,6}(?:(?:part|question|problem|section)\b|[A-C]\W?\d\b)", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True)
class Found:
    """A formula, or None for what cannot be read, with its place in the text."""

    start: int
    end: int
    value: Polynomial | None


def behind(text: str, start: int, following: int, effort: Effort) -> Iterator[Found]:
    """Yield what stands behind a label: its formula, then those further on in its segment.

    Args:
        text: a plain text.
        start: where the label ends.
        following: where the next label begins.
        effort: what may still be worked out.
    """
    end = min(following, start + REACH)
    blank = _PARAGRAPH.search(text, _after_colon(text, start), end)
    end = min(end, blank.start() if blank else end)
    first = _first(text, start, end, effort)
    if first is None:
        return
    yield first
    if first.value is not None:
        yield from _further(text, first.end, end, ATTEMPTS, effort)


def section(text: str, start: int, following: int, effort: Effort) -> Iterator[Found]:
    """Yield the formulas of the section that a label heads, as `behind` does."""
    other = _OTHER_QUESTION.search(text, start, start + SECTION)
    end = min(following, start + SECTION, other.start() if other else len(text))
    yield from _further(text, start, end, SEARCHED, effort)


def heads(text: str, label: re.Match[str]) -> bool:
    """Return whether a label is a heading: alone on its line, but for "the number of"."""
    start = text.rfind("\n", 0, label.start()) + 1
    before = _HEADS.fullmatch(text, start, label.start()) if label.start() - start < 60 else None
    end = text.find("\n", label.end())
    after = text[label.end() : end if end >= 0 else len(text)][:80]
    if LABEL.search(after) or _TERM.search(after):  # a sentence, and here is its formula
        return False
    return before is not None and _HEADED.match(after) is not None


def illegible(text: str, start: int, end: int) -> Found | None:
    """Return the place where a formula is announced but what stands there is none."""
    line = _ANNOUNCED.match(text, start, end)
    return Found(start, line.end(), None) if line and _MATHEMATICAL.search(line[1]) else None


def formula_at(text: str, start: int, effort: Effort) -> Found | None:
    """Return the formula at `start`, with the equal ones behind "="; None if there is none."""
    place, values = start, []
    while True:
        read = longest(text, place, effort)
        if read is None or not _GOES_ON.match(text, read[1]):
            break
        values.append(read[0])
        again = _AGAIN.match(text, read[1])
        if again is None:
            return _agreed(start, read[1], values)
        place = again.end()
    return _agreed(start, place, values) if values else None


def substantial(value: Polynomial | None, *, alone: bool) -> bool:
    """Return whether this can be an answer; a bare number must stand behind a sign."""
    if value is None:
        return True
    if value.constant:
        return alone and value(0, 0) >= SMALLEST
    return len(value.terms) > 1 or abs(value.terms[0][1]) != 1


def _further(text: str, start: int, end: int, attempts: int, effort: Effort) -> Iterator[Found]:
    place = start
    for _ in range(attempts):
        begins = _BEGINS.search(text, place, end)
        if begins is None:
            return
        found = None if _goes_on(text, begins.start()) else formula_at(text, begins.start(), effort)
        if found and found.end <= end and substantial(found.value, alone=False):
            yield found
        place = max(begins.start() + 1, found.end if found else 0)


def _goes_on(text: str, place: int) -> bool:
    """Return whether a formula is in its middle here, and only its beginning cannot be read."""
    line = text.rfind("\n", 0, place) + 1
    before = text[max(line, place - 60) : place]
    if before.strip():
        return _INSIDE.search(before) is not None and _BULLET.match(before.strip()) is None
    above = text[max(0, line - 60) : line].rstrip()
    return above[-1:] in tuple("+-*/^(") and bool(above)


def _after_colon(text: str, start: int) -> int:
    """Return where to look for the end of the paragraph: a blank line may follow "weights:"."""
    match = _COLON.match(text, start)
    return match.end() if match else start


def _first(text: str, start: int, end: int, effort: Effort) -> Found | None:
    for pattern in (_NEAR, _FAR):
        match = pattern.match(text, start, end)
        if match is None:
            continue
        found = formula_at(text, match.end(), effort)
        if found is None or not substantial(found.value, alone=bool(match["sign"])):
            continue
        return found
    return illegible(text, start, end)


def _agreed(start: int, end: int, values: list[Polynomial]) -> Found:
    """Return the one meaning of a chain a = b = c; None as its value if they contradict."""
    symbolic = [value for value in values if not value.constant] or values
    return Found(start, end, symbolic[0] if len(set(symbolic)) == 1 else None)
