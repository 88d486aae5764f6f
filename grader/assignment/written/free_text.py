"""The places of the free-text answers, and how much stands there. Nothing here grades a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.basics.numbers import many
from grader.judging.cells import SavedCell

MARK = re.compile(
    r"^[\W_]{0,8}your answer to (?:question )?(?P<question>[ABC][1-5])\b[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_HEADING = re.compile(r"^ {0,3}#{1,6} ", re.MULTILINE)
_NOT_WRITTEN = re.compile(
    r"^[*_]Write here\b[^\n]*[*_]\s*$|^YOUR ANSWER HERE\s*$"  # the template, nbgrader
    r"|<!--.{0,1000}?-->|!\[[^\]\n]{0,200}\]\([^)\n]{0,2000}\)|<[^<>\n]{1,200}>",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")


@dataclass(frozen=True)
class Place:
    """Where one answer belongs.

    Attributes:
        question: for instance "A2".
        cell: index of the cell with its mark.
        words: that stand there; a picture is none.
        pictures: that stand there.
    """

    question: str
    cell: int
    words: int
    pictures: int = 0

    def __str__(self) -> str:
        """Return the place in words, for instance `A2: 48 words`."""
        if not self.words and self.pictures:
            return f"{self.question}: a picture, no words"
        return f"{self.question}: {_counted(self.words) if self.words else 'empty'}"


def places(cells: Sequence[SavedCell]) -> tuple[Place, ...]:
    """Return the marked places of a notebook, in its order; the template's marks are looked for."""
    found: list[Place] = []
    for number, cell in enumerate(cells):
        marks = [] if cell.code else list(MARK.finditer(cell.source))
        for mark, after in zip(marks, [*marks, None][1:], strict=True):
            text = cell.source[mark.end() : after.start() if after else None]
            further = _further(cells[number + 1 :]) if after is None else []
            text = "\n\n".join([text, *(c.source for c in further)])
            pictures = len(re.findall(r"!\[", text)) or sum(c.pictures for c in further)
            found.append(Place(mark["question"].upper(), cell.index, _words(text), pictures))
    return tuple(found)


def _further(cells: Iterable[SavedCell]) -> list[SavedCell]:
    """Return the text cells that an answer goes on in: up to code, a heading or another mark."""
    found: list[SavedCell] = []
    for cell in cells:
        if cell.code or _HEADING.search(cell.source) or MARK.search(cell.source):
            break
        found.append(cell)
    return found


def _words(text: str) -> int:
    return len(_WORD.findall(_NOT_WRITTEN.sub(" ", text)))


def _counted(words: int) -> str:
    return many(words, "word")
