"""How far a check is, on stderr where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from grader import screen

Tell = Callable[[str, int, int], None]  # stage, done, total


@contextmanager
def progress() -> Iterator[Tell]:
    """Yield a function that shows a stage and how much of it is done."""
    hidden = not screen.moves(sys.stderr)
    with tqdm(leave=False, disable=hidden, bar_format="{desc} {bar} {n}/{total}") as bar:

        def tell(stage: str, done: int, total: int) -> None:
            bar.set_description_str(stage, refresh=False)
            bar.total, bar.n = total, done
            bar.refresh()

        yield tell
