"""Glyphs of a page as lines of text: what is raised, lowered or set as a fraction stays so.

A PDF places glyphs and knows no lines. They are read in the order in which they are painted, which
is the order of reading in what TeX and word processors make; size and place tell an exponent from
a factor, a wide gap tells the cells of a table apart, and a thin rule with text close above and
below is a fraction. `9NF^2`, `N_F^2`, `(32/2)^2`, `weights | 9NF | 36NF` is what comes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

SAME = 0.12  # of the size: how far apart the baselines of one line may be
SMALL = 0.87  # of the size of the line: a script is no larger
RAISED, LOWERED = 0.8, 0.5  # of the size: how far a script may be from the baseline
HIGH = 2.2  # the same behind a parenthesis as tall as a fraction
WORD, CELL = 0.18, 1.1  # of the size: the gap between words, and between cells
BACK = 0.6  # of the size: how far a glyph may begin before the end of the last one
AXIS = 0.25  # of the size: how high the rule of a fraction stands above the baseline
MOST_RULES = 300  # of a page
SHELF = 40  # points: no part of a fraction is further from its rule
_NUMBERED = re.compile(
    r"^(\(?(?:[IVX]{1,5}|[A-Za-z\d])(?:\.\d{1,2}){0,3}[.)]{0,2}) \| (?=[A-Z][a-z]{2}[^|]{0,80}$)"
)
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"}


@dataclass(frozen=True)
class Glyph:
    """One sign on a page, in points.

    Attributes:
        text: what it says, mostly one character.
        x0: its left edge.
        x1: its right edge.
        y: its baseline.
        size: of its font.
        tall: it hangs from its baseline, over several lines perhaps, as TeX's large parentheses.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    tall: bool = False


@dataclass(frozen=True)
class Rule:
    """A thin horizontal line, in points."""

    x0: float
    x1: float
    y: float


def text(glyphs: Sequence[Glyph], rules: Iterable[Rule] = ()) -> str:
    """Return the lines of a page.

    >>> sup = Glyph("2", 20, 24, 4, 7)
    >>> text([Glyph("9", 0, 5, 0, 10), Glyph("N", 5, 13, 0, 10), Glyph("F", 14, 20, 0, 10), sup])
    '9NF^2'
    """
    found = list(glyphs)
    narrow = sorted((r for r in rules if r.x1 - r.x0 > 1), key=lambda rule: rule.x1 - rule.x0)
    shelves = _shelves(found)
    for rule in narrow[:MOST_RULES]:
        place = int(rule.y // SHELF)
        near = sorted(i for n in (-1, 0, 1) for i in shelves.get(place + n, ()))
        whole = _with_fraction(found, [i for i in near if _within(found[i], rule)], rule)
        if whole is not None:
            found, shelves = whole, _shelves(whole)
    return "\n".join(line.text() for line in _lines(found))


def _shelves(glyphs: Iterable[Glyph]) -> dict[int, list[int]]:
    """Return the places of glyphs by height on the page, so that few are looked at for a rule."""
    shelves: dict[int, list[int]] = {}
    for place, glyph in enumerate(glyphs):
        shelves.setdefault(int(glyph.y // SHELF), []).append(place)
    return shelves


def _with_fraction(
    glyphs: Sequence[Glyph], inside: Sequence[int], rule: Rule
) -> list[Glyph] | None:
    """Return the glyphs with the fraction whose rule this is as one; None if it is none's."""
    near = [g.size for i in inside if 0 < (g := glyphs[i]).y - rule.y < g.size]
    above = [i for i in inside if 0 < glyphs[i].y - rule.y < 1.25 * max(near, default=0)]
    below = [i for i in inside if 0.3 < (rule.y - glyphs[i].y) / glyphs[i].size < 1.5]
    if not above or not below or not _follow(above, below) or _goes_on(glyphs, above, below):
        return None
    upper, lower = glyphs[above[0] : above[-1] + 1], glyphs[below[0] : below[-1] + 1]
    size = max(glyph.size for glyph in upper)
    width = max(g.x1 for g in (*upper, *lower)) - min(g.x0 for g in (*upper, *lower))
    if abs(width - (rule.x1 - rule.x0)) > size / 2:  # a rule of a table is wider, an underline less
        return None
    said = "({}/{})".format(*(_grouped(text(part)) for part in (upper, lower)))
    whole = Glyph(said, rule.x0, rule.x1, rule.y - AXIS * size, size)
    return [*glyphs[: above[0]], whole, *glyphs[below[-1] + 1 :]]


def _within(glyph: Glyph, rule: Rule) -> bool:
    return rule.x0 - 1 <= glyph.x0 and glyph.x1 <= rule.x1 + 1.5 and not glyph.tall


def _follow(above: Sequence[int], below: Sequence[int]) -> bool:
    """Return whether these are painted one after the other, with nothing in between."""
    return [*above, *below] == list(range(above[0], below[-1] + 1))


def _goes_on(glyphs: Sequence[Glyph], above: Sequence[int], below: Sequence[int]) -> bool:
    """Return whether a line goes on beside the rule, so that this is an underline."""
    first, last = glyphs[above[0]], glyphs[below[-1]]
    before = glyphs[above[0] - 1] if above[0] else None
    after = glyphs[below[-1] + 1] if below[-1] + 1 < len(glyphs) else None
    return any(
        other is not None
        and abs(other.y - own.y) < SAME * own.size
        and abs(other.size - own.size) < SAME * own.size
        for other, own in ((before, first), (after, last))
    )


def _grouped(said: str) -> str:
    said = said.replace("\n", " ")
    return said if said.isalnum() else f"({said})"


@dataclass
class _Line:
    """A line that is being read: glyphs with their level, 0 on the baseline, 1 above, -1 below."""

    placed: list[tuple[Glyph, int]] = field(default_factory=list)
    base: Glyph | None = None  # one of its glyphs on the baseline
    end: float = 0.0

    def take(self, glyph: Glyph) -> bool:
        """Add a glyph; return False if it begins another line."""
        level = self._level(glyph)
        if level is None:
            return False
        if self.base is None and not glyph.tall:
            self.base = glyph
        self.placed.append((glyph, level))
        self.end = max(self.end, glyph.x1) if level else glyph.x1
        return True

    def _level(self, glyph: Glyph) -> int | None:
        if not self.placed:
            return 0
        if self.base is None:  # nothing but tall signs yet, which hang from above
            return 0 if 0 <= self.placed[0][0].y - glyph.y < 3 * glyph.size else None
        size = self.base.size
        gap, rise = glyph.x0 - self.end, (glyph.y - self.base.y) / size
        if gap < -BACK * size:
            return None
        if glyph.tall:
            return 0 if -LOWERED < rise < HIGH else None
        if abs(rise) <= SAME:
            return 0
        if glyph.size > SMALL * size or gap > size / 2:
            return None
        behind = self.placed[-1][0]
        highest = HIGH if self._tall(behind) else RAISED
        if rise < 0:
            return -1 if rise > -LOWERED else None
        return 1 if rise < highest else None

    def _tall(self, behind: Glyph) -> bool:
        scripts = (g for g, level in reversed(self.placed) if not level)
        return behind.tall or len(behind.text) > 1 or next(scripts).tall

    def text(self) -> str:
        """Return the line; behind the number of a heading there is no cell."""
        return _NUMBERED.sub(r"\1 ", "".join(self._pieces()).strip())

    def _pieces(self) -> Iterator[str]:
        size = self.base.size if self.base else self.placed[0][0].size
        raised: list[Glyph] = []
        lowered: list[Glyph] = []
        end: float | None = None
        for glyph, level in self.placed:
            if level:
                (raised if level > 0 else lowered).append(glyph)
                end = max(end or 0, glyph.x1)
                continue
            yield from _scripts(lowered, raised)
            raised, lowered = [], []
            yield _gap((glyph.x0 - end) / size) if end is not None else ""
            yield _said(glyph)
            end = glyph.x1
        yield from _scripts(lowered, raised)


def _gap(width: float) -> str:
    if width > CELL:
        return " | "
    return " " if width > WORD else ""


def _said(glyph: Glyph) -> str:
    return "".join(LIGATURES.get(character, character) for character in glyph.text)


def _scripts(lowered: Sequence[Glyph], raised: Sequence[Glyph]) -> Iterator[str]:
    """Yield what stands below and above behind a glyph, in this order: N_F^2."""
    for mark, glyphs in (("_", lowered), ("^", raised)):
        said = "".join(_said(glyph) for glyph in glyphs).strip()
        if not said or (mark == "^" and said.isalpha()):  # 1st, 2nd
            yield said
        else:
            yield mark + (said if len(said) == 1 or said.isalpha() else f"({said})")


def _lines(glyphs: Iterable[Glyph]) -> Iterator[_Line]:
    line = _Line()
    for glyph in glyphs:
        if not line.take(glyph):
            yield line
            line = _Line()
            line.take(glyph)
    if line.placed:
        yield line
