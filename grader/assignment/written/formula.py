"""Reads a formula in NF and NC as a student types it: our own small grammar, nothing evaluated.

    sum     = ["+" | "-"] product { ("+" | "-") product }
    product = power { ["*" | "/"] power }        a product sign may be left out: 3NF^2, 2(NF+NC)
    power   = factor [ ("^" | "**") exponent ]   NF2, without a blank, is NF^2
    factor  = number | NF | NC | k | NIC | "(" sum ")"
    number  = digits, with "," or one blank before each three, and decimals

Only a number may be divided by. `k` is the kernel of the question, 3; `NIC` its one input channel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from grader.assignment.written.plain_math import plain
from grader.assignment.written.polynomial import NC, NF, NUMBER_ONE, Polynomial, TooLarge, number

LENGTH = 2000  # characters of one formula
TOKENS = 200
DEPTH = 20  # of parentheses
DIGITS = 30
EXPONENT = 6
OF_A_NUMBER = 16  # the same, of a number: 2^10 NF
EFFORT = 30_000  # products of two terms that are worked out for one text; a formula takes 30

NAMES = (
    (re.compile(r"(?i)num_?in_?channels|n_?i_?c|in_?channels"), "name", NUMBER_ONE),
    (re.compile(r"(?i)num_?filters|n_?f"), "name", NF),
    (re.compile(r"(?i)num_?colou?rs|n_?c"), "name", NC),
    (re.compile(r"(?i)kernel(?:_size)?|k"), "name", number(3)),
    (re.compile(r"[xX]"), "*", None),
)
_NUMBER = re.compile(r"\d{1,3}(?:(?P<mark>[,' ])\d{3})(?:(?P=mark)\d{3})*(?!\d)|\d+(?:\.\d+)?")
_WORD = re.compile(r"[A-Za-z_]+")
_BLANK = re.compile(r"[ \t]{0,99}")
_BREAK = re.compile(r"[ \t]{0,99}\n[ \t]{0,99}")
BULLETS = "-*+"


class Unreadable(ValueError):
    """Text that is no formula of this grammar; the message says why, in a few words."""


@dataclass
class Effort:
    """How much may still be worked out for one text, in products of two terms."""

    left: int = EFFORT

    def spend(self, products: int) -> None:
        """Count what is about to be worked out. Raises Unreadable when there is no more."""
        self.left -= products
        if self.left < 0:
            raise Unreadable("more to work out than is worked out for one text")


@dataclass(frozen=True)
class Token:
    """One piece of a formula: a number, a name, an operator or a parenthesis."""

    kind: str  # "number", "name", or the character itself
    start: int
    end: int
    value: Polynomial | None = None


def parse(text: str) -> Polynomial:
    """Return the polynomial that the whole text states. Raises Unreadable.

    >>> print(parse("2·NF + 3 NF² + 5 NF NC + 7 NC^2"))
    3·NF² + 2·NF + 5·NF·NC + 7·NC²
    >>> parse("2(NF + 1)(NF - 1)") == parse("2 NF**2 - 2")
    True
    """
    if len(text) > LENGTH:
        raise Unreadable(f"longer than {LENGTH} characters")
    ascii_text = plain(text).strip()
    found = tokens(ascii_text)
    rest = ascii_text[found[-1].end if found else 0 :].strip()
    if rest or not found:
        raise Unreadable(f"cannot read {rest[:20]!r}" if rest else "nothing there")
    return parse_tokens(found)


def longest(text: str, start: int, effort: Effort | None = None) -> tuple[Polynomial, int] | None:
    """Return the longest formula that begins at `start` of a plain text, and where it ends."""
    effort = effort or Effort()
    found = tokens(text, start)
    while found and found[-1].kind not in ("number", "name", ")"):
        found = found[:-1]
    for count in range(len(found), max(0, len(found) - 8), -1):
        try:
            return parse_tokens(found[:count], effort), found[count - 1].end
        except Unreadable:
            continue
    return None


def tokens(text: str, start: int = 0) -> list[Token]:
    """Return the tokens from `start` on, up to the first thing that is none of the grammar's."""
    found: list[Token] = []
    place = start
    while len(found) < TOKENS and place - start < LENGTH:
        place = _skip_blanks(text, place, found, start)
        new = _next(text, place)
        if not new:
            break
        found += new
        place = new[-1].end
    return found


def _skip_blanks(text: str, place: int, found: list[Token], start: int) -> int:
    """Skip blanks; a line break only where an operator shows that the formula goes on."""
    after = _match_end(_BREAK, text, place)
    if after is not None and found:
        follows = text[after : after + 1]
        line = text[text.rfind("\n", 0, start) + 1 : start].lstrip()[:1]
        bullet = follows in BULLETS and follows == line
        if not bullet and (found[-1].kind in "+-*/(^" or (follows and follows in "+-*/)^")):
            return after
        return place
    return _match_end(_BLANK, text, place) or place


def _match_end(pattern: re.Pattern[str], text: str, place: int) -> int | None:
    match = pattern.match(text, place)
    return match.end() if match else None


def _next(text: str, place: int) -> list[Token]:
    if text.startswith("**", place):
        return [Token("^", place, place + 2)]
    if text[place : place + 1] in tuple("+-*/^()"):
        return [Token(text[place], place, place + 1)]
    match = _NUMBER.match(text, place)
    if match:
        digits = re.sub(r"[,' ]", "", match[0])
        glued = re.match(r"[.,']\d", text[match.end() :])  # 1,5 or 1.2.3: which number is it?
        if glued or len(digits) > DIGITS:
            return []
        return [Token("number", place, match.end(), number(Fraction(digits)))]
    word = _WORD.match(text, place)
    return _names(word) if word else []


def _names(word: re.Match[str]) -> list[Token]:
    """Return the names that make up a word such as NFNC or xNF; none if it is another word."""
    found: list[Token] = []
    place, text = word.start(), word.string
    while place < word.end() and len(found) < TOKENS:
        for pattern, kind, value in NAMES:
            match = pattern.match(text, place, word.end())
            if match:
                found.append(Token(kind, place, match.end(), value))
                place = match.end()
                break
        else:
            return []
    return found


def parse_tokens(found: list[Token], effort: Effort | None = None) -> Polynomial:
    """Return what the tokens state, all of them. Raises Unreadable."""
    parser = _Parser(found, effort or Effort())
    try:
        value = parser.sum()
    except TooLarge as error:
        raise Unreadable(str(error)) from None
    if parser.kind:
        raise Unreadable(f"unexpected {parser.kind!r}")
    return value


class _Parser:
    """Recursive descent over the tokens; each method reads one rule of the grammar."""

    def __init__(self, found: list[Token], effort: Effort) -> None:
        self.found, self.place, self.depth, self.effort = found, 0, 0, effort
        self.raised = -1  # the place behind the last exponent

    @property
    def kind(self) -> str:
        """Return the kind of the next token, "" at the end."""
        return self.found[self.place].kind if self.place < len(self.found) else ""

    def take(self) -> Token:
        """Return the next token and go on."""
        if self.place >= len(self.found):
            raise Unreadable("it ends in the middle")
        self.place += 1
        return self.found[self.place - 1]

    def sum(self) -> Polynomial:
        """Read a sum."""
        sign = self.take().kind if self.kind in ("+", "-") else "+"
        total = self.product().times(-1 if sign == "-" else 1)
        while self.kind in ("+", "-"):
            sign = self.take().kind
            total += self.product().times(-1 if sign == "-" else 1)
        return total

    def product(self) -> Polynomial:
        """Read a product; after a division its sign must be written."""
        value, divided = self.power(), False
        while self.kind in ("*", "/", "number", "name", "("):
            if self.kind in ("*", "/"):
                sign = self.take().kind
            elif divided or (self.kind == "number" and not self._raised()):
                raise Unreadable("two factors without a sign between them")
            else:
                sign = "*"
            factor = self.power()
            self.effort.spend(len(value.terms) * len(factor.terms))
            value = value * factor if sign == "*" else _divided(value, factor)
            divided = divided or sign == "/"
        return value

    def power(self) -> Polynomial:
        """Read a factor with its exponent."""
        first = self.take()
        value = self.group() if first.kind == "(" else first.value
        if value is None:
            raise Unreadable(f"unexpected {first.kind!r}")
        if self.kind == "^":
            self.take()
            exponent = self.exponent(OF_A_NUMBER if value.constant else EXPONENT)
            self.raised = self.place
            self.effort.spend(exponent * len(value.terms) ** 2)
            return value**exponent
        if first.kind == "name" and self.kind == "number" and self._touching(first):
            return value ** self.exponent()
        return value

    def _raised(self) -> bool:
        """Return whether a written exponent ended just before, and a blank: NF^2 2NF."""
        return self.raised == self.place and not self._touching(self.found[self.place - 1])

    def _touching(self, before: Token) -> bool:
        return self.found[self.place].start == before.end

    def group(self) -> Polynomial:
        """Read what stands in parentheses, behind the opening one."""
        self.depth += 1
        if self.depth > DEPTH:
            raise Unreadable(f"more than {DEPTH} parentheses in each other")
        value = self.sum()
        if self.take().kind != ")":
            raise Unreadable("a parenthesis is not closed")
        self.depth -= 1
        return value

    def exponent(self, most: int = EXPONENT) -> int:
        """Read a whole number of at most `most`, perhaps in parentheses."""
        token = self.take()
        value = self.group() if token.kind == "(" else token.value
        if value is None or not value.constant:
            raise Unreadable("an exponent that is no number")
        power = value(0, 0)
        if power.denominator != 1 or not 0 <= power <= most:
            raise Unreadable(f"the exponent {power}")
        return int(power)


def _divided(value: Polynomial, by: Polynomial) -> Polynomial:
    if not by.constant or not by.terms:
        raise Unreadable("a division by something that is no number")
    return value.times(1 / by(0, 0))
