"""The optimizers that the notebook made, or tried to make: what each was given.

Why: Part C's `learned_parameters` is a local list, and an optimizer is where it can be seen.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any

import torch
from torch.optim import Optimizer

from .notes import cell
from .patches import replace

MOST = 200  # records hold on to parameters: a loop must not fill the memory with them
COLLECTIONS = (torch.Tensor, str, bytes, dict, list, tuple, set)

# Each record: "class", "cell" (execution count), "given" (see `describe`), "error" (one line, or
# None), "groups": each group's settings, and its parameters themselves under "params".
records: list[dict[str, Any]] = []
# Who is told, before an optimizer is made, what it is given.
told: list[Callable[[Any], None]] = []
_of: weakref.WeakKeyDictionary[Optimizer, dict[str, Any]] = weakref.WeakKeyDictionary()


def install() -> None:
    """Record every optimizer from now on."""
    replace(Optimizer, "__init__", _recording_init)
    replace(Optimizer, "add_param_group", _recording_group)


def describe(params: Any) -> dict[str, Any]:
    """Return what an optimizer was given: the container, the number and the kinds of items.

    >>> describe([("weight", 1), ("bias", 2)])
    {'container': 'list', 'count': 2, 'kinds': {'tuple(str, int)': 2}}
    """
    items = list(params) if isinstance(params, (dict, list, tuple, set)) else [params]
    kinds: dict[str, int] = {}
    for item in items:
        kinds[_kind(item)] = kinds.get(_kind(item), 0) + 1
    return {"container": type(params).__name__, "count": len(items), "kinds": kinds}


def _kind(item: object) -> str:
    if isinstance(item, tuple) and len(item) <= 4:
        return f"tuple({', '.join(type(part).__name__ for part in item)})"
    return type(item).__name__


def _record(optimizer: Optimizer, params: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "class": type(optimizer).__name__,
        "cell": cell(),
        "given": describe(params),
        "error": None,
        "groups": [],
    }
    if len(records) < MOST:
        records.append(record)
        _of[optimizer] = record
    return record


def _recording_init(original: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(original)
    def __init__(self: Optimizer, params: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        if not isinstance(params, COLLECTIONS) and hasattr(params, "__iter__"):
            params = list(params)  # a generator can be read only once
        for tell in told:
            tell(params)
        record = _record(self, params)
        try:
            original(self, params, *args, **kwargs)
        except Exception as error:
            lines = str(error).splitlines() or [""]
            record["error"] = f"{type(error).__name__}: {lines[0]}"
            raise

    return __init__


def _recording_group(original: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(original)
    def add_param_group(self: Optimizer, param_group: dict[str, Any]) -> None:
        original(self, param_group)
        if self in _of:
            group = self.param_groups[-1]
            _of[self]["groups"].append({**group, "params": list(group["params"])})

    return add_param_group
