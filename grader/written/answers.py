"""Finds the answer to Part A, question 3, in what a student wrote: three formulas, twice.

People write "weights = 2 NF + ...", "Number of outputs: ...", a table, or a sentence; for the
doubled input below, beside it, or in words. What is found is stated with where it stood; what is
not found, or cannot be read, is left to a person.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from grader.written.formula import Effort, longest
from grader.written.plain_math import plain
from grader.written.polynomial import Polynomial

LABELS = ("weights", "outputs", "connections")
TEXT_LIMIT = 200_000
STATEMENTS = 100  # labels looked at in one text
REACH = 600  # characters behind a label that may belong to it
ATTEMPTS = 12  # formulas looked for behind one label
PHRASES = 200  # sentences about the doubled input
SENTENCE = 200  # characters of one, either side of what it says
SMALLEST = 100  # a bare number below this is no count of a network

Slot = tuple[str, int]  # a label, and 1 for the input as it is or 2 for the doubled one

LABEL = re.compile(r"(?<![A-Za-z])(weight|output|connection)s?(?![A-Za-z])", re.IGNORECASE)
DOUBLED = re.compile(
    r"(?<![A-Za-z0-9])(?:doubl|twice|two times|64 ?[x*] ?64|2 ?[x*] ?(?:the|as|input|larger))",
    re.IGNORECASE,
)
_MARKUP = r"[ \t*_|)#\"']*"
_SIGN = r"(?:[:=]|->|\bis\b|\bare\b)"
_COLON = re.compile(r"[^\n]{0,60}[:=][ \t]{0,9}\n\s{0,99}")
_BREAKS = r"(?:\n[ \t]*){0,2}"
_NEAR = re.compile(rf"{_MARKUP}(?P<sign>{_SIGN})?[ \t*_|:=]*{_BREAKS}")
_FAR = re.compile(r"[^\n=:|;]{0,60}(?P<sign>[=:])[ \t*_|=:]*" + _BREAKS)
_BEGINS = re.compile(r"(?<![A-Za-z0-9_.,^])(?=[\dNn(k])")
_MATHEMATICAL = re.compile(r"(?<![A-Za-z])N[FC]", re.IGNORECASE)
_ANNOUNCED = re.compile(r"[^\n=:]{0,60}[=:][ \t*_]*((?:[\d(Nn-]|[A-Z] ?[*^_+(/-])[^\n]*)")
_GOES_ON = re.compile(
    r"[ \t]{0,9}(?:\(?[A-Z]?[a-z][a-z'-]+|[.,;:|)\]=<>\"'#]|\*{1,2}\s|$)", re.MULTILINE
)
_AGAIN = re.compile(r"[ \t]{0,9}\n?[ \t]{0,9}={1,3}[ \t]{0,9}")
_BOUNDARY = re.compile(r"[:,;.|]")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_SENTENCE = re.compile(r"[.;\n]")
_SAME = re.compile(r"\bsame\b|unchanged|(?:not|n't) (?:change|depend)|no change", re.IGNORECASE)
_FOURFOLD = re.compile(
    r"(?<!\w)(?:four|4) ?(?:times|fold|[xX*])|quadrupl|(?:factor|times|by)(?: of)? (?:four|4)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"\b(?:others?|rest|both)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """What one text says.

    Attributes:
        source: where the text stood, for instance "a2-writeup.pdf".
        formulas: each formula that was read, with its slot, in the order of the text.
        unreadable: (label, text) of what stands where a formula should and is none.
        words: (label, factor) of what is said of the doubled input without a formula.
    """

    source: str
    formulas: tuple[tuple[Slot, Polynomial], ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    words: frozenset[tuple[str, int]] = frozenset()

    def at(self, label: str, scale: int) -> tuple[Polynomial, ...]:
        """Return the formulas of one slot, each once."""
        return self._by_slot.get((label, scale), ())

    @functools.cached_property
    def _by_slot(self) -> dict[Slot, tuple[Polynomial, ...]]:
        found: dict[Slot, dict[Polynomial, None]] = {}
        for slot, formula in self.formulas:
            found.setdefault(slot, {})[formula] = None
        return {slot: tuple(formulas) for slot, formulas in found.items()}


@dataclass(frozen=True)
class _Found:
    """A formula, or None for what cannot be read, with its place in the text."""

    start: int
    end: int
    value: Polynomial | None


@functools.lru_cache(maxsize=64)
def find(text: str, source: str) -> Answer:
    """Return what `text` says of weights, outputs and connections."""
    text = plain(text[:TEXT_LIMIT])[:TEXT_LIMIT]
    labels = list(islice(LABEL.finditer(text), STATEMENTS))
    doubling, effort = _Doubling(text), Effort()
    formulas: list[tuple[Slot, Polynomial]] = []
    unreadable: list[tuple[str, str]] = []
    first_end: dict[str, int] = {}
    for number, match in enumerate(labels):
        label = match[1].lower() + "s"
        following = labels[number + 1].start() if labels[number + 1 :] else len(text)
        for found in _statements(text, match.end(), following, effort):
            scale = doubling.scale(match, found, first_end.get(label), first_end.values())
            if scale == 1:
                first_end.setdefault(label, found.end)
            if found.value is None:
                unreadable.append((label, text[match.start() : found.end].strip()[:80]))
            else:
                formulas.append(((label, scale), found.value))
    said = _words(text, doubling.places[0]) if doubling.places else ()
    return Answer(source, tuple(formulas), tuple(unreadable), frozenset(said))


def _statements(text: str, start: int, following: int, effort: Effort) -> Iterator[_Found]:
    """Yield what stands behind a label: its formula, then those further on in its segment."""
    end = min(following, start + REACH)
    blank = _PARAGRAPH.search(text, _after_colon(text, start), end)
    end = min(end, blank.start() if blank else end)
    first = _first(text, start, end, effort)
    if first is None:
        return
    yield first
    place = first.end
    for _ in range(ATTEMPTS if first.value is not None else 0):
        begins = _BEGINS.search(text, place, end)
        if begins is None:
            return
        found = _formula(text, begins.start(), effort)
        if found and found.end <= end and _substantial(found.value, alone=False):
            yield found
        place = max(begins.start() + 1, found.end if found else 0)


def _after_colon(text: str, start: int) -> int:
    """Return where to look for the end of the paragraph: a blank line may follow "weights:"."""
    match = _COLON.match(text, start)
    return match.end() if match else start


def _first(text: str, start: int, end: int, effort: Effort) -> _Found | None:
    for pattern in (_NEAR, _FAR):
        match = pattern.match(text, start, end)
        if match is None:
            continue
        found = _formula(text, match.end(), effort)
        if found is None or not _substantial(found.value, alone=bool(match["sign"])):
            continue
        return found
    return _illegible(text, start, end)


def _illegible(text: str, start: int, end: int) -> _Found | None:
    """Return the place where a formula is announced but what stands there is none."""
    line = _ANNOUNCED.match(text, start, end)
    return _Found(start, line.end(), None) if line and _MATHEMATICAL.search(line[1]) else None


def _formula(text: str, start: int, effort: Effort) -> _Found | None:
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


def _agreed(start: int, end: int, values: list[Polynomial]) -> _Found:
    """Return the one meaning of a chain a = b = c; None as its value if they contradict."""
    symbolic = [value for value in values if not value.constant] or values
    return _Found(start, end, symbolic[0] if len(set(symbolic)) == 1 else None)


def _substantial(value: Polynomial | None, *, alone: bool) -> bool:
    """Return whether this can be an answer; a bare number must stand behind a sign."""
    if value is None:
        return True
    if value.constant:
        return alone and value(0, 0) >= SMALLEST
    return len(value.terms) > 1 or abs(value.terms[0][1]) != 1


class _Doubling:
    """Where a text speaks of the doubled input, and which formulas that concerns.

    Attributes:
        places: of all such words.
        headings: of those that stand before everything else on their line, and are not attached
            to one label: they concern what follows.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        found = list(islice(DOUBLED.finditer(text), PHRASES))
        self.places = [match.start() for match in found]
        self.headings = [match.start() for match in found if self._heads(match)]

    def _heads(self, match: re.Match[str]) -> bool:
        before, after = self._line(match.start())
        label = LABEL.search(after)
        attached = label is not None and not _BOUNDARY.search(after, 0, label.start())
        return not LABEL.search(before) and not attached

    def _line(self, place: int) -> tuple[str, str]:
        """Return what stands before and behind a place on its line, as far as it matters."""
        before = self.text[max(0, place - REACH) : place].rpartition("\n")[2]
        return before, self.text[place : place + REACH].partition("\n")[0]

    def scale(
        self, label: re.Match[str], found: _Found, own: int | None, firsts: Iterable[int]
    ) -> int:
        """Return 2 if a formula is for the doubled input, else 1.

        Args:
            label: that the formula belongs to.
            found: the formula.
            own: where the first formula of the same label ends, if there was one.
            firsts: where the first formulas of all labels end.
        """
        attached = _BOUNDARY.split(self._line(label.start())[0])[-1]
        if DOUBLED.search(attached) or DOUBLED.search(self.text, label.end(), found.start):
            return 2
        if own is None:  # a heading behind formulas of other labels concerns this one too
            return 1 + any(_any(self.headings, end, found.start) for end in firsts)
        in_row = "|" in self.text[max(label.start(), own) : found.start] and own > label.start()
        return 1 + _any(self.places, 0 if in_row else own, found.start)


def _any(places: Sequence[int], start: int, end: int) -> bool:
    """Return whether one of the sorted places lies between start and end."""
    return bisect.bisect_left(places, start) < bisect.bisect_left(places, end)


def _words(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Yield (label, factor) of sentences that speak of the doubled input in words."""
    for pattern, factor in ((_SAME, 1), (_FOURFOLD, 4)):
        for match in islice(pattern.finditer(text, start), PHRASES):
            before = text[max(0, match.start() - SENTENCE) : match.start()]
            after = text[match.end() : match.end() + SENTENCE]
            sentence = _SENTENCE.split(before)[-1] + " " + _SENTENCE.split(after)[0]
            named = [m[1].lower() + "s" for m in LABEL.finditer(sentence)]
            if _OTHERS.search(sentence):
                named = list(LABELS)
            elif not named:  # "weights: ...; for the doubled input the same"
                named = [m[1].lower() + "s" for m in LABEL.finditer(before.split("\n")[-1])][-1:]
            yield from ((label, factor) for label in named)
