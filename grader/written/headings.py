"""Which question a line of a write-up opens, as far as it says so.

People write "A2.", "A.2)", "Part A, question 2", "Question 2" below "Part A", or only "2.".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LINE_LIMIT = 400  # characters of a line that are looked at
TITLE = 80  # a line that only names a part is no longer than this
_WORD = (
    r"(?:part|question|problem|exercise|task|(?:your )?answer(?: to)?(?: question)?|ans|section"
    r"|number|no|nr|q|#)"
)
_END = r"(?=$|[\s.):,;\]*–—-])"
_MARKUP = re.compile(r"^[\s#*_>|\\$(\[-]*")
_NUMBERED = r"(?:(?P<section>\d{1,2}|[IVX]{1,4})[.)]?\s+)?"  # LaTeX counts its sections
_FULL = re.compile(
    rf"{_NUMBERED}(?:{_WORD}\W{{0,3}})?(?P<part>[ABC])"
    rf"(?:(?P<said>\W{{1,3}}{_WORD})\W{{0,3}}|(?P<between>\W{{0,2}}))(?P<number>\d){_END}",
    re.IGNORECASE,
)
_REVERSED = re.compile(
    rf"{_WORD}\W{{0,3}}(?P<number>\d)\W{{1,3}}(?:of|in|from|part)?\W{{0,3}}part\W{{1,2}}"
    rf"(?P<part>[ABC]){_END}",
    re.IGNORECASE,
)
_PART = re.compile(
    rf"{_NUMBERED}(?:part|section)\W{{1,3}}(?P<part>[ABC])(?P<rest>$|\W.*)", re.IGNORECASE
)
_KEYED = re.compile(rf"{_WORD}\W{{0,3}}(?P<number>\d){_END}", re.IGNORECASE)
_SUBSECTION = re.compile(rf"(?P<section>\d)\.(?P<number>\d){_END}")
_BARE = re.compile(r"(?P<number>\d)(?:\s?[./,&+-]+\s?(?P<second>\d))?\s?(?:[.):\]]+(?=\s|$)|$)")
_TITLES = re.compile(
    r"\W{0,20}(?:write|cnn|csc|assignment|report|submission|solution|by\b)", re.IGNORECASE
)
_NO_HEADING = re.compile(r"[,;]|\s{1,20}[a-z]")
_SENTENCE = re.compile(r"\s{0,20}[a-z,;]")


@dataclass(frozen=True)
class Heading:
    """What a line opens: a part, questions of it, and where its own text begins."""

    part: str
    numbers: tuple[int, ...] = ()
    start: int = 0


@dataclass
class Reader:
    """Reads lines in order; a bare "2." means something only where a part is open.

    Attributes:
        bare: whether a bare number may open a question.
        mark: a pattern with the group `question`; with it, nothing else opens one.
        doubtful: part and number of questions that a list may hide, with the one that holds it.
    """

    bare: bool = True
    mark: re.Pattern[str] | None = None
    part: str = ""
    number: int = 0
    doubtful: dict[tuple[str, int], int] = field(default_factory=dict)
    _item: int = 0  # the next number of a list inside an answer
    _sections: dict[str, str] = field(default_factory=dict)

    def heading(self, line: str) -> Heading | None:
        """Return what a line opens, None if it is text."""
        line = line[:LINE_LIMIT]
        markup = _MARKUP.match(line)
        start = markup.end() if markup else 0
        found = self._marked(line) if self.mark else self._found(line, start)
        if found is not None:
            self.part = found.part
            self.number = found.numbers[-1] if found.numbers else 0
            self._item = 0
        return found

    def close(self) -> None:
        """Forget the question that is open: something else comes in between."""
        self.number = self._item = 0

    def _marked(self, line: str) -> Heading | None:
        match = self.mark.search(line) if self.mark else None
        if match is None:
            return None
        question = match["question"].upper()
        return Heading(question[0], (int(question[1]),), match.end())

    def _found(self, line: str, start: int) -> Heading | None:
        return (
            self._full(line, start)
            or self._of_part(line, start)
            or (self._counted(line, start) if self.part else None)
        )

    def _full(self, line: str, start: int) -> Heading | None:
        for pattern in (_REVERSED, _FULL):
            match = pattern.match(line, start)
            if match is None or not _certain(line, match):
                continue
            self._section(match)
            return Heading(match["part"].upper(), (int(match["number"]),), match.end())
        return None

    def _of_part(self, line: str, start: int) -> Heading | None:
        match = _PART.match(line, start)
        if match is None or len(line) > TITLE or _SENTENCE.match(match["rest"]):
            return None
        self._section(match)
        return Heading(match["part"].upper(), (), match.start("rest"))

    def _section(self, match: re.Match[str]) -> None:
        section = match.groupdict().get("section")
        if section:
            self._sections[section] = match["part"].upper()

    def _counted(self, line: str, start: int) -> Heading | None:
        """Return a question of the part that is open."""
        if match := _SUBSECTION.match(line, start):
            part = self._sections.get(match["section"])
            return Heading(part, (int(match["number"]),), match.end()) if part else None
        if match := _KEYED.match(line, start):
            return Heading(self.part, (int(match["number"]),), match.end())
        match = _BARE.match(line, start) if self.bare else None
        if match is None or self._in_list(int(match["number"])):
            return None
        numbers = [int(digit) for digit in match.groups() if digit]
        return Heading(self.part, tuple(numbers), match.end())

    def _in_list(self, number: int) -> bool:
        """Return whether a bare number belongs to a list inside an answer, which starts again."""
        if self.number and (number == 1 or number == self._item):
            self._item = number + 1
            if number > self.number:
                self.doubtful[self.part, number] = self.number
            return True
        return number <= self.number


def _certain(line: str, match: re.Match[str]) -> bool:
    """Return whether "A 2" is a heading and no words of a sentence, and no title of the whole."""
    rest = line[match.end() :]
    if _TITLES.match(rest):
        return False
    named = match.groupdict()
    if named.get("between") is None or match.start() != match.start("part"):
        return True
    if named["between"].isspace():
        return rest[:1] in (".", ")", ":", "")
    if named["between"]:
        return True
    return not _NO_HEADING.match(rest)  # "A2 is late"; "A2, Ada" names the assignment
