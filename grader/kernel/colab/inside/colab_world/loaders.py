"""`DataLoader` without worker processes, and with at least one batch."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from torch.utils.data import DataLoader

from .notes import note
from .patches import replace

# Only these concern workers and GPUs; without them the loader runs in this process.
WORKER_ONLY = (
    "num_workers", "timeout", "prefetch_factor", "persistent_workers", "multiprocessing_context",
    "worker_init_fn", "pin_memory", "pin_memory_device",
)  # fmt: skip


def install(*, workers: bool, short_batches: bool) -> None:
    """Adapt `DataLoader`.

    Args:
        workers: leave the worker processes in place.
        short_batches: keep the last batch of a data set that has fewer images than one batch,
            though `drop_last` is set: the small data would give no batch and no loss at all.
    """

    def make(original: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(original)

        @functools.wraps(original)
        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
            try:
                given = signature.bind(self, *args, **kwargs)
            except TypeError:
                original(self, *args, **kwargs)  # raises what the caller expects
                raise
            for name in () if workers else WORKER_ONLY:
                given.arguments.pop(name, None)
            if short_batches and _is_too_short(given.arguments):
                given.arguments["drop_last"] = False
            original(*given.args, **given.kwargs)

        return __init__

    replace(DataLoader, "__init__", make)


def _is_too_short(given: dict[str, Any]) -> bool:
    size = given.get("batch_size", 1)
    if not given.get("drop_last") or not isinstance(size, int):
        return False
    source = given["dataset"] if given.get("sampler") is None else given["sampler"]
    try:
        length = len(source)
    except TypeError:
        return False  # a stream has no length
    if length < size:
        note("loaders", f"drop_last ignored: {length} images in batches of {size}")
    return length < size
