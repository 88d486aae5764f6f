"""How far a check is, on stderr: one line at its start, and a bar where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from grader.basics import screen
from grader.basics.ticking import Ticker

SAID = "the notebook is run, then what it defines is tried: about half a minute"
Tell = Callable[[str, int, int], None]  # stage, done, total


@contextmanager
def progress() -> Iterator[Tell]:
    """Yield a function that shows a stage and how much of it is done."""
    hidden = not screen.moves(sys.stderr)
    told = False
    with tqdm(leave=False, disable=hidden, bar_format="{desc} {bar} {n}/{total} {elapsed}") as bar:

        def tell(stage: str, done: int, total: int) -> None:
            nonlocal told
            if not told:
                told = True
                bar.write(SAID, file=sys.stderr)
            bar.set_description_str(stage, refresh=False)
            bar.total, bar.n = total, done
            bar.refresh()

        ticker = Ticker(bar)
        try:
            yield tell
        finally:
            ticker.stop()
