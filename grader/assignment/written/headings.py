"""Which question a line of a write-up opens, as far as it says so.

People write "A2.", "A.2)", "Part A, question 2", "Part One / Question 2", "Question 2" below
"Part A", "(b)" below "1. Part 1.", or only "2.".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LINE_LIMIT = 400  # characters of a line that are looked at
TITLE = 80  # a line that only names a part is no longer than this
PARTS = {"1": "A", "2": "B", "3": "C", "one": "A", "two": "B", "three": "C"}
PARTS |= {"i": "A", "ii": "B", "iii": "C"}
_WORD = (
    r"(?:part|question|problem|exercise|task|(?:your )?answer(?: to)?(?: question)?|ans|section"
    r"|number|no|nr|q|#)"
)
_END = r"(?=$|[\s.):,;\]*–—-])"
_NO_POINTS = r"(?!\s?(?:points?|pts?|marks?|%))"  # Part A (2 points)
_MARKUP = re.compile(r"^[\s#*_>|\\$(\[-]{0,40}")
_NUMBERED = r"(?:(?P<section>\d{1,2}|[IVX]{1,4})[.)]?\s{1,9})?"  # LaTeX counts its sections
_NAMED = rf"part\W{{1,3}}(?P<part>[ABC]|[1-3]|one|two|three|I{{1,3}}){_END}"
_LETTER = r"(?:\((?P<letter>[a-e])\)|(?P<bare_letter>[a-e])[.)])"
_FULL = re.compile(
    rf"{_NUMBERED}(?:{_WORD}\W{{0,3}})?(?P<part>[ABC])"
    rf"(?:(?P<said>[\W_]{{1,3}}{_WORD})\W{{0,3}}|(?P<between>[\W_]{{0,3}}))"
    rf"(?P<number>\d){_NO_POINTS}{_END}",
    re.IGNORECASE,
)
_OF_NUMBERED = re.compile(  # "Part One / Question 1", "1. Part 1. (b)"
    rf"{_NUMBERED}{_NAMED}\W{{0,4}}(?:{_WORD}\W{{0,3}}(?:(?P<number>\d){_NO_POINTS}|"
    rf"(?P<word_letter>[a-e]))|(?<=\W){_LETTER}){_END}",
    re.IGNORECASE,
)
_REVERSED = re.compile(
    rf"{_WORD}\W{{0,3}}(?P<number>\d)\W{{1,3}}(?:of|in|from|part)?\W{{0,3}}part\W{{1,2}}"
    rf"(?P<part>[ABC]){_END}",
    re.IGNORECASE,
)
_ASSIGNMENT = (  # "Assignment 2 - Part A", "CSC413 PA2: Part B"
    r"(?:(?:csc\w{0,12}|programming|assignment|homework|write.?up|report|(?:hw|pa)?\d{1,4})"
    r"[\W_]{1,4}){0,5}"
)
_PART = re.compile(
    rf"{_NUMBERED}{_ASSIGNMENT}(?:section\W{{1,3}}(?P<lettered>[ABC])|{_NAMED})(?P<rest>$|\W.*)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(  # "2 Skip connections", where no part is named
    r"(?P<section>\d|[IVX]{1,3})[.)]?\s{1,9}(?:(?P<A>colou?ri[sz]ation)|(?P<B>skip.connections?)"
    r"|(?P<C>fine.?tun\w{0,9}))\b[^.?!]{0,60}$",
    re.IGNORECASE,
)
_KEYED = re.compile(rf"{_WORD}\W{{0,3}}(?P<number>\d){_NO_POINTS}{_END}", re.IGNORECASE)
_SUBSECTION = re.compile(
    rf"(?P<word>{_WORD}\W{{0,3}})?(?P<section>\d)\.(?P<number>\d){_NO_POINTS}{_END}", re.IGNORECASE
)
_LETTERED = re.compile(rf"{_LETTER}(?=\s|$)")
_BARE = re.compile(
    r"(?P<number>\d)(?:\s?[./,&+-]{1,3}\s?(?P<second>\d))?\s?(?:[.):\]]{1,4}(?=\s|$)|$)"
)
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
    lettered: bool = False


@dataclass
class Reader:
    """Reads lines in order; a bare "2." means something only where a part is open.

    Attributes:
        bare: whether a bare number, or "(b)", may open a question.
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
    _counts_parts: bool | None = None  # parts are "1" or "One", not "A"
    _letters: bool | None = None  # the questions of this part are "(a)", not "1"

    def heading(self, line: str) -> Heading | None:
        """Return what a line opens, None if it is text."""
        line = line[:LINE_LIMIT]
        markup = _MARKUP.match(line)
        start = markup.end() if markup else 0
        found = self._marked(line) if self.mark else self._found(line, start)
        if found is not None:
            if found.part != self.part or not found.numbers:
                self._letters = None
            self._letters = found.lettered or self._letters
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
            or self._subsection(line, start)
            or (self._counted(line, start) if self.part else None)
        )

    def _full(self, line: str, start: int) -> Heading | None:
        for pattern in (_OF_NUMBERED, _REVERSED, _FULL):
            match = pattern.match(line, start)
            if match is None or not _certain(line, match):
                continue
            part = self._named(match["part"])
            if part is None:
                continue
            self._section(match, part)
            lettered = match.groupdict().get("letter") or match.groupdict().get("bare_letter")
            return Heading(part, (_number(match),), match.end(), bool(lettered))
        return None

    def _of_part(self, line: str, start: int) -> Heading | None:
        if len(line) > TITLE:
            return None
        match = _PART.match(line, start)
        if match is not None and not _SENTENCE.match(match["rest"]):
            part = self._named(match["part"] or match["lettered"])
            if part is not None:
                self._section(match, part)
                return Heading(part, (), match.start("rest"))
        match = _SUBJECT.match(line, start)
        if match is None or self._counts_parts is not None:
            return None
        part = next(name for name in "ABC" if match[name])
        self._section(match, part)
        return Heading(part, (), match.end("section"))

    def _named(self, part: str) -> str | None:
        """Return the part that a letter, number or word names; the first one sets the way."""
        counted = part.lower() in PARTS
        if self._counts_parts is None:
            self._counts_parts = counted
        if self._counts_parts is not counted:
            return None  # "Part 1" inside part A
        return PARTS[part.lower()] if counted else part.upper()

    def _section(self, match: re.Match[str], part: str) -> None:
        section = match.groupdict().get("section")
        if section:
            self._sections[section] = part

    def _subsection(self, line: str, start: int) -> Heading | None:
        """Return the question that a number of two parts opens: 1.3 is of the first section."""
        match = _SUBSECTION.match(line, start)
        if match is None:
            return None
        part = self._sections.get(match["section"])
        if part is None and match["word"] and not self._sections:
            part = PARTS.get(match["section"])
        return Heading(part, (int(match["number"]),), match.end()) if part else None

    def _counted(self, line: str, start: int) -> Heading | None:
        """Return a question of the part that is open."""
        if match := _KEYED.match(line, start):
            if match[0][:4].lower() == "part" and self._in_list(int(match["number"])):
                return None
            return Heading(self.part, (int(match["number"]),), match.end())
        return self._bare(line, start) if self.bare else None

    def _bare(self, line: str, start: int) -> Heading | None:
        opening = line.rfind("(", 0, start) if line[:start].rstrip().endswith("(") else start
        match = _LETTERED.match(line, opening)
        if match is not None and self._letters is not False and (self._letters or not self.number):
            number = _number(match)
            if number > self.number:
                self._letters = True
                return Heading(self.part, (number,), match.end())
        match = _BARE.match(line, start)
        if match is None or self._letters or self._in_list(int(match["number"])):
            return None
        self._letters = False
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


def _number(match: re.Match[str]) -> int:
    """Return the number of a question, which may be a letter: (b) is the second."""
    said = match.groupdict()
    if said.get("number"):
        return int(said["number"])
    letter = said.get("letter") or said.get("bare_letter") or said.get("word_letter") or "a"
    return "abcde".index(letter.lower()) + 1


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
