"""Pairs of hand-ins that share rows of tokens which few others have."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from grader.similar.tokens import Row

COMMON = 0.05  # of the class: rows that more of it have are what the class shares
FEWEST = 3  # hand-ins that have a common row, however small the class
ALIKE = 0.5  # of the rarer code of the shorter hand-in
LEAST = 40  # rare rows that a pair must share: some five lines of code
MOST = 100  # pairs that are shown
IN_CELLS = 8  # rare rows that two cells must share to be shown
CELLS = 4  # pairs of cells that are shown of a pair


@dataclass(frozen=True)
class Work:
    """The code of one hand-in: its cells, and the rows of tokens that are not the handout's."""

    id: str
    cells: tuple[str, ...]
    rows: tuple[tuple[int, Row], ...]


@dataclass(frozen=True)
class Beside:
    """Two cells that share rare rows: which cells (from 0), and the lines that are alike."""

    left: int
    right: int
    left_lines: frozenset[int]
    right_lines: frozenset[int]


@dataclass(frozen=True)
class Pair:
    """Two hand-ins that are alike beyond what the class shares.

    Attributes:
        left, right: their ids.
        alike: share of the rarer code of the shorter one that the other has as well, 0 to 1.
        shared: rare rows that both have.
        cells: where.
    """

    left: str
    right: str
    alike: float
    shared: int
    cells: tuple[Beside, ...]


def pairs(works: Sequence[Work]) -> list[Pair]:
    """Return the pairs to look at, the likest first."""
    weights = _rare(works)
    table, columns = _table(works, weights)
    if not columns:
        return []
    weight = np.array([weights[digest] for digest in columns])
    shared = (table @ table.T).toarray()
    alike = (table.multiply(weight) @ table.T).toarray()
    own = alike.diagonal()
    found = []
    for i in range(len(works)):
        for j in range(i):
            least = min(own[i], own[j])
            share = alike[i, j] / least if least else 0.0
            if share >= ALIKE and shared[i, j] >= LEAST:
                found.append((round(float(share), 6), j, i))
    found.sort(key=lambda pair: (-pair[0], works[pair[1]].id, works[pair[2]].id))
    return [
        Pair(
            works[j].id,
            works[i].id,
            share,
            int(shared[i, j]),
            tuple(_cells(works[j], works[i], weights)),
        )
        for share, j, i in found[:MOST]
    ]


def _rare(works: Sequence[Work]) -> dict[int, float]:
    """Return the rows that few have, with their weights: the fewer have one, the more it says."""
    count = Counter(digest for work in works for digest in {row.digest for _, row in work.rows})
    most = max(FEWEST, COMMON * len(works))
    return {
        digest: math.log(1 + len(works) / number)
        for digest, number in sorted(count.items())
        if number <= most
    }


def _table(works: Sequence[Work], weights: Mapping[int, float]) -> tuple[csr_matrix, list[int]]:
    """Return which hand-in (row) has which rare row of tokens (column)."""
    columns = {digest: place for place, digest in enumerate(weights)}
    at = [
        (number, columns[digest])
        for number, work in enumerate(works)
        for digest in sorted({row.digest for _, row in work.rows} & columns.keys())
    ]
    shape = (len(works), len(columns))
    ones = np.ones(len(at))
    places = ([i for i, _ in at], [j for _, j in at])
    return csr_matrix((ones, places), shape=shape), list(columns)


def _cells(left: Work, right: Work, weights: Mapping[int, float]) -> Iterator[Beside]:
    """Yield the pairs of cells that share most rare rows, the likest first."""
    mine, theirs = _places(left, weights), _places(right, weights)
    count = Counter(
        (i, j)
        for digest in mine.keys() & theirs.keys()
        for i in {cell for cell, _ in mine[digest]}
        for j in {cell for cell, _ in theirs[digest]}
    )
    best = sorted(count.items(), key=lambda item: (-item[1], item[0]))
    for (i, j), number in best[:CELLS]:
        if number >= IN_CELLS:
            both = {
                digest
                for digest in mine.keys() & theirs.keys()
                if any(cell == i for cell, _ in mine[digest])
                and any(cell == j for cell, _ in theirs[digest])
            }
            yield Beside(i, j, _lines(mine, both, i), _lines(theirs, both, j))


Places = Mapping[int, Sequence[tuple[int, Row]]]


def _places(work: Work, weights: Mapping[int, float]) -> Places:
    found: dict[int, list[tuple[int, Row]]] = {}
    for cell, row in work.rows:
        if row.digest in weights:
            found.setdefault(row.digest, []).append((cell, row))
    return found


def _lines(places: Places, digests: set[int], cell: int) -> frozenset[int]:
    return frozenset(
        line
        for digest in digests
        for at, row in places[digest]
        if at == cell
        for line in range(row.first, row.last + 1)
    )
