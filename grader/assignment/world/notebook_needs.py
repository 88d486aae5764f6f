"""How much data a notebook's loops need, read from its own numbers before it runs.

A loop over batches must meet no partial batch that the real data would not give it, and no index
beyond the data that the real data has. What cannot be told gets all the data there is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from grader.assignment.world.batch_sizes import Batches
from grader.assignment.world.needs import ALL, FLOWERS, HORSES, ROWS, Needs
from grader.assignment.world.numbers import Notebook, constants, parsed

TRAIN_ROWS = 50_000  # of CIFAR-10's five batch files for training
FEWEST_HORSES, FEWEST_FLOWERS = 100, 32
BATCH = 100  # what the handout asks for
MOST_NODES = 60_000  # of the syntax trees: real notebooks have some 8,000
MOST_CODE = 1_000_000  # characters: real notebooks have some 30,000
LOADER = "data_batch"  # what a function that reads CIFAR-10 mentions


def needs_of(cells: Iterable[str]) -> Needs:
    """Return what a notebook with these code cells needs; all there is, if it is no real one."""
    cells = list(cells)
    if sum(map(len, cells)) > MOST_CODE:
        return ALL
    notebook = Notebook([parsed(cell) for cell in cells])
    if len(notebook.nodes) > MOST_NODES:
        return ALL
    horses = _horses(notebook)
    return Needs(horses, _flowers(notebook), 2 * horses if _spells_rows(notebook) else ROWS)


def _horses(notebook: Notebook) -> int:
    batches = Batches(notebook)
    if batches.computed or notebook.splits:
        return HORSES
    sizes = {size for size in batches.sizes if 0 < size <= HORSES} | {BATCH}
    # Others leave a part of the real data too, which their loops must cope with.
    step = math.lcm(*(size for size in sizes if HORSES % size == 0))
    least = max(FEWEST_HORSES, *sizes, *(n for n in notebook.reach if n < ROWS))
    return min(HORSES, step * -(-least // step))


def _flowers(notebook: Notebook) -> int:
    if notebook.splits or not notebook.calls("DataLoader"):
        return FLOWERS
    least = max(FEWEST_FLOWERS, *(n for n in notebook.shown | notebook.reach if n < ROWS))
    return min(FLOWERS, least)


def _spells_rows(notebook: Notebook) -> bool:
    """Tell whether the loader, and nothing else, says how many rows the files have."""
    loaders = notebook.functions_that_mention(LOADER)
    inside = [sorted(set(constants(loader)) & {ROWS, TRAIN_ROWS}) for loader in loaders]
    everywhere = sum(n in (ROWS, TRAIN_ROWS) for n in notebook.numbers)
    own = sum(n in (ROWS, TRAIN_ROWS) for loader in loaders for n in constants(loader))
    return bool(loaders) and all(s == [ROWS, TRAIN_ROWS] for s in inside) and own == everywhere
