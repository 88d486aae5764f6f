"""Where a text speaks of the doubled input: in formulas below or beside it, or in words."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from grader.assignment.written.labels import LABEL, LABELS, named

PHRASES = 200  # sentences about the doubled input
SENTENCE = 200  # characters of one, either side of what it says
ITEM = 40  # characters of a clause that only names a count
LINE = 600  # characters of a line that matter

DOUBLED = re.compile(
    r"(?<![A-Za-z0-9])(?:doubl|twice|two times|64 ?[x*] ?64|2 ?[x*] ?(?:the|as|input|larger))",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(r"[:,;.|]")
_SENTENCE = re.compile(r"[.;\n]")
_CLAUSE = re.compile(r",|\b(?:while|whereas|but)\b|\band (?=the\b)", re.IGNORECASE)
_WRAPPED = re.compile(r"(?<=[A-Za-z,])[ \t]{0,9}\n[ \t]{0,9}(?=[a-z])")
_HYPHENATED = re.compile(r"(?<=[a-z])-[ \t]{0,9}\n[ \t]{0,9}(?=[a-z])")
_NOT = re.compile(r"\b(?:not|never|no longer)\b|n't\b", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:is|are|be|becomes?|grows?|stays?|remains?|changes?)\b|[=|]", re.IGNORECASE
)
_SAME = re.compile(
    r"\bsame\b|unchanged|\bidentical\b|\bconstant\b|(?:not|n't) (?:change|depend)|no change",
    re.IGNORECASE,
)
_FOURFOLD = re.compile(
    r"(?<![\w.])(?:four|4)\s?(?:times|fold)|quadrupl|(?:factor|times|by)(?: of)? (?:four|4)\b"
    r"|(?<![\w.^*])4 ?[xX*](?= ?(?:as|more|larger|bigger|the|that|of|number|original|before|"
    r"(?:out|conn|w)\w+|[|.,;)]|$))|(?:^|[|:=,(]) ?[xX*] ?4(?![\d.])",
    re.IGNORECASE | re.MULTILINE,
)
_OTHERS = re.compile(r"\b(?:others?|rest|both)\b", re.IGNORECASE)


class Doubling:
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
        before = self.text[max(0, place - LINE) : place].rpartition("\n")[2]
        return before, self.text[place : place + LINE].partition("\n")[0]

    def scale(
        self, label: re.Match[str], start: int, own: int | None, firsts: Iterable[int]
    ) -> int:
        """Return 2 if the formula that begins at `start` is for the doubled input, else 1.

        Args:
            label: that the formula belongs to.
            start: where it begins.
            own: where the first formula of the same label ends, if there was one.
            firsts: where the first formulas of all labels end.
        """
        attached = _BOUNDARY.split(self._line(label.start())[0])[-1]
        if DOUBLED.search(attached) or DOUBLED.search(self.text, label.end(), start):
            return 2
        if own is None:  # a heading behind formulas of other labels concerns this one too
            return 1 + any(_any(self.headings, end, start) for end in firsts)
        in_row = "|" in self.text[max(label.start(), own) : start] and own > label.start()
        return 1 + _any(self.places, 0 if in_row else own, start)

    def words(self) -> Iterator[tuple[str, int]]:
        """Yield (label, factor) of what is said of the doubled input in words."""
        for pattern, factor in ((_SAME, 1), (_FOURFOLD, 4)) if self.places else ():
            for match in islice(pattern.finditer(self.text, self.places[0]), PHRASES):
                yield from ((label, factor) for label in self._labels(match))

    def _labels(self, match: re.Match[str]) -> list[str]:
        """Return the labels that a clause speaks of; the nearest before it if it names none."""
        before = _joined(self.text[max(0, match.start() - SENTENCE) : match.start()])
        after = _joined(self.text[match.end() : match.end() + SENTENCE])
        clauses = _CLAUSE.split(_SENTENCE.split(before)[-1])
        if _NOT.search(clauses[-1]):
            return []
        clause = clauses[-1] + " " + _CLAUSE.split(_SENTENCE.split(after)[0])[0]
        for earlier in reversed(clauses[:-1]):  # "the outputs, the connections grow fourfold"
            if len(earlier) > ITEM or not LABEL.search(earlier) or DOUBLED.search(earlier):
                break
            if _SAME.search(earlier) or _FOURFOLD.search(earlier) or _VERB.search(earlier):
                break
            clause = earlier + clause
        if _OTHERS.search(clause):
            return list(LABELS)
        return [named(m) for m in LABEL.finditer(clause)] or [
            named(m) for m in LABEL.finditer(before.split("\n")[-1])
        ][-1:]


def _joined(text: str) -> str:
    """Return a text with the lines joined that a page has wrapped."""
    return _WRAPPED.sub(" ", _HYPHENATED.sub("", text))


def _any(places: Sequence[int], start: int, end: int) -> bool:
    """Return whether one of the sorted places lies between start and end."""
    return bisect.bisect_left(places, start) < bisect.bisect_left(places, end)
