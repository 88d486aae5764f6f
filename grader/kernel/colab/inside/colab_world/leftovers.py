"""What a cell that raised keeps alive, and nobody asks for.

Why: a traceback holds its frames, and those every tensor that they worked on. A training step that
failed would hold gigabytes until another cell fails, and the memory has a limit here.
"""

from __future__ import annotations

import functools
import gc
import sys
from collections.abc import Iterator
from typing import Any

LAST = ("last_type", "last_value", "last_traceback", "last_exc")  # of `sys`, for debuggers


def install(shell: Any) -> None:
    """Let go, behind each cell of IPython's `shell`, of what its errors hold."""
    shell.events.register("post_run_cell", functools.partial(let_go, shell))


def let_go(shell: Any, result: Any) -> None:
    """Drop what the errors of a cell hold; the errors themselves stay."""
    last = getattr(sys, "last_value", None)
    if result.success and last is None:
        return
    for error in (result.error_before_exec, result.error_in_exec, last):
        for link in list(_chain(error)):
            link.__traceback__ = link.__context__ = link.__cause__ = None
            if isinstance(link, AttributeError):
                link.obj = None  # what lacks the attribute
    shell.InteractiveTB.tb = None  # for %debug
    for name in LAST:
        vars(sys).pop(name, None)
    gc.collect()


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that led to it."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__]
