"""Pairs of hand-ins that share rows of tokens which few others have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from grader.reports.similar.tokens import Digests, Places

COMMON = 0.05  # of the class: rows that more of it have are what the class shares
FEWEST = 3  # hand-ins that have a common row, however small the class
ALIKE = 0.5  # of the rarer code of the shorter hand-in
LEAST = 40  # rare rows that a pair must share: some five lines of code
MOST = 100  # pairs that are shown
IN_CELLS = 8  # rare rows that two cells must share to be shown
CELLS = 4  # pairs of cells that are shown of a pair


Weights = np.ndarray[Any, np.dtype[np.float64]]
NONE = np.array([], dtype=np.uint64)


@dataclass(frozen=True)
class Work:
    """The code of one hand-in: its cells, and the rows of tokens in them that are its own."""

    id: str
    cells: tuple[str, ...]
    digests: Digests
    places: Places


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
    rare, weights = _rare(works)
    if not rare.size:
        return []
    table = _table(works, rare)
    shared = (table @ table.T).toarray()
    alike = (table.multiply(weights) @ table.T).toarray()
    least = np.minimum.outer(alike.diagonal(), alike.diagonal())
    share = np.round(alike / np.where(least > 0, least, 1), 6)
    lower, upper = np.nonzero(np.triu((share >= ALIKE) & (shared >= LEAST), 1))
    found = sorted(
        zip(lower.tolist(), upper.tolist(), strict=True),
        key=lambda pair: (-share[pair], works[pair[0]].id, works[pair[1]].id),
    )
    return [
        Pair(
            works[i].id,
            works[j].id,
            float(share[i, j]),
            int(shared[i, j]),
            tuple(_cells(works[i], works[j], rare)),
        )
        for i, j in found[:MOST]
    ]


def _rare(works: Sequence[Work]) -> tuple[Digests, Weights]:
    """Return the rows that few have, with their weights: the fewer have one, the more it says."""
    every = [np.unique(work.digests) for work in works]
    digests, counts = np.unique(np.concatenate(every or [NONE]), return_counts=True)
    few = counts <= max(FEWEST, COMMON * len(works))
    return digests[few], np.log1p(len(works) / counts[few])


def _table(works: Sequence[Work], rare: Digests) -> csr_matrix:
    """Return which hand-in (row) has which rare row of tokens (column)."""
    columns = [np.searchsorted(rare, np.intersect1d(work.digests, rare)) for work in works]
    ends = np.cumsum([0, *map(len, columns)])
    places = np.concatenate(columns)
    return csr_matrix((np.ones(len(places)), places, ends), shape=(len(works), len(rare)))


def _cells(left: Work, right: Work, rare: Digests) -> Iterator[Beside]:
    """Yield the pairs of cells that share most rare rows, the likest first."""
    both = np.intersect1d(np.intersect1d(left.digests, right.digests), rare)
    mine, theirs = _by_cell(left, both), _by_cell(right, both)
    count = {(i, j): len(np.intersect1d(mine[i][0], theirs[j][0])) for i in mine for j in theirs}
    best = sorted(count.items(), key=lambda item: (-item[1], item[0]))
    for (i, j), number in best[:CELLS]:
        if number >= IN_CELLS:
            yield Beside(i, j, _lines(mine[i], theirs[j]), _lines(theirs[j], mine[i]))


Rows = tuple[Digests, Places]


def _by_cell(work: Work, wanted: Digests) -> dict[int, Rows]:
    """Return the rows of a hand-in that are wanted, by cell."""
    kept = np.isin(work.digests, wanted)
    digests, places = work.digests[kept], work.places[kept]
    return {
        int(cell): (digests[places[:, 0] == cell], places[places[:, 0] == cell])
        for cell in np.unique(places[:, 0])
    }


def _lines(rows: Rows, others: Rows) -> frozenset[int]:
    """Return the lines of a cell on which rows stand that another cell has as well."""
    shared = rows[1][np.isin(rows[0], others[0])]
    return frozenset(line for _, first, last in shared.tolist() for line in range(first, last + 1))
