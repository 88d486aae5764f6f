"""A notebook's code as rows of tokens that neither a new name nor another order of cells changes.

Pygments reads the code, finished or not. Names that somebody chose are one token, and so are
strings; what is called on other things keeps its name, as `cat` in `torch.cat`: no renaming
changes it. Comments and blanks are no tokens.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from pygments.lexers.python import Python3Lexer
from pygments.token import Token

ROW = 12  # tokens that must be the same in a row
LONGEST = 60_000  # characters that are read of a cell
MOST = 60_000  # rows of one hand-in; a long one has some 10,000
CHOSEN, TEXT = "name", "text"
OWNERS = ("self", "cls")
Digests = np.ndarray[Any, np.dtype[np.uint64]]
Places = np.ndarray[Any, np.dtype[np.int32]]


class Row(NamedTuple):
    """So many tokens in a row, by a digest of them, and the lines that they stand on, from 0."""

    digest: int
    first: int
    last: int


def rows(source: str) -> tuple[Row, ...]:
    """Return every row of tokens of a cell."""
    tokens = list(_tokens(source[:LONGEST]))
    texts, lines = [text for text, _ in tokens], [line for _, line in tokens]
    return tuple(
        Row(_digest(texts[i : i + ROW]), lines[i], lines[i + ROW - 1])
        for i in range(len(texts) - ROW + 1)
    )


def _digest(texts: Sequence[str]) -> int:
    """Return a digest that is the same in every process, which `hash` is not."""
    data = " ".join(texts).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")


def _tokens(source: str) -> Iterator[tuple[str, int]]:
    """Yield each token with its line."""
    line, before = 0, ("", "")
    for kind, text in Python3Lexer(stripnl=False, ensurenl=False).get_tokens(source):
        here = line
        line += text.count("\n")
        if kind in Token.Comment or kind in Token.Text or not text.strip():
            continue
        if kind in Token.Literal.String:
            told = TEXT
            if before[1] == TEXT:  # a string comes in several parts
                continue
        elif kind in Token.Name:
            called = before[1] == "." and before[0] not in OWNERS
            told = text if called or kind in Token.Name.Builtin else CHOSEN
            told = CHOSEN if text in OWNERS else told
        else:
            told = text
        yield told, here
        before = (text if told != "." else before[0], told)


@dataclass(frozen=True)
class Handout:
    """What everybody began with: its cells, and all of its rows."""

    cells: frozenset[str]
    digests: frozenset[int]

    @classmethod
    def of(cls, cells: Iterable[str]) -> Handout:
        """Return the handout with these cells of code."""
        known = frozenset(map(str.strip, cells))
        return cls(known, frozenset(row.digest for source in known for row in rows(source)))


def own(cells: Sequence[str], handout: Handout) -> tuple[Digests, Places]:
    """Return the rows of a notebook's cells that are not the handout's.

    Digests (n,), and for each of them its cell, its first and its last line (n, 3).
    """
    found = [
        (row.digest, number, row.first, row.last)
        for number, source in enumerate(cells)
        if source.strip() not in handout.cells
        for row in rows(source)
        if row.digest not in handout.digests
    ][:MOST]
    digests = np.array([digest for digest, *_ in found], dtype=np.uint64)
    places = np.array([place for _, *place in found], dtype=np.int32)
    return digests, places.reshape(-1, 3)
