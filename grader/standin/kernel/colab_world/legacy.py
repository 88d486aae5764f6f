"""Names of 2020 that Python and its libraries have dropped, where they mean one thing only."""

from __future__ import annotations

import builtins
import collections
import collections.abc
import fractions
import functools
import inspect
import itertools
import math
import sys
import time
from types import ModuleType
from typing import Any

import numpy as np
import PIL.Image
import torch
import torchvision

from .patches import like, replace

BUILTINS: dict[str, Any] = {
    "xrange": range, "unicode": str, "basestring": str, "long": int, "raw_input": input,
    "unichr": chr, "reduce": functools.reduce,
}  # fmt: skip
NUMPY: dict[str, Any] = {
    "Inf": np.inf, "Infinity": np.inf, "infty": np.inf, "PINF": np.inf, "NINF": -np.inf,
    "NaN": np.nan, "NAN": np.nan, "float_": np.float64, "complex_": np.complex128,
    "cfloat": np.complex128, "singlecomplex": np.complex64, "unicode_": np.str_,
    "string_": np.bytes_, "product": np.prod, "cumproduct": np.cumprod, "sometrue": np.any,
    "alltrue": np.all, "in1d": np.isin, "row_stack": np.vstack, "round_": np.round,
    "mat": np.asmatrix, "msort": functools.partial(np.sort, axis=0),
    "asfarray": functools.partial(np.asarray, dtype=np.float64),
    **{kind.__name__: kind for kind in (bool, int, float, complex, object, str)},
}  # fmt: skip
ITERTOOLS = {"izip": zip, "imap": map, "ifilter": filter, "izip_longest": itertools.zip_longest}
RENAMED = {"Scale": "Resize", "RandomSizedCrop": "RandomResizedCrop"}  # of torchvision.transforms


def install() -> None:
    """Give back the dropped names that real notebooks use; none that exist is touched."""
    _give(builtins, BUILTINS)
    _give(np, NUMPY | ({"trapz": np.trapezoid} if hasattr(np, "trapezoid") else {}))
    _give(itertools, ITERTOOLS)
    _give(time, {"clock": time.perf_counter})
    _give(fractions, {"gcd": math.gcd})
    _give(inspect, {"getargspec": inspect.getfullargspec})
    _give(sys, {"maxint": sys.maxsize})
    abstract = collections.abc
    _give(collections, {name: getattr(abstract, name) for name in abstract.__all__})
    _give(PIL.Image, {"ANTIALIAS": PIL.Image.Resampling.LANCZOS})
    _install_torch()


def _give(owner: Any, names: dict[str, Any]) -> None:
    for name, value in names.items():
        if name not in vars(owner):
            setattr(owner, name, value)


def _install_torch() -> None:
    loading = torch.utils.data.dataloader._BaseDataLoaderIter  # noqa: SLF001
    _give(loading, {"next": loading.__next__})
    transforms = torchvision.transforms
    _give(transforms, {old: getattr(transforms, new) for old, new in RENAMED.items()})
    for name in ("make_grid", "save_image"):
        replace(torchvision.utils, name, _ranged)
    schedulers = torch.optim.lr_scheduler
    for kind in vars(schedulers).values():
        if inspect.isclass(kind) and issubclass(kind, schedulers.LRScheduler):
            replace(kind, "__init__", functools.partial(_silent, kind))
    sys.modules.setdefault("torch._six", _six())


def _ranged(original: Any) -> Any:
    @like(original, torchvision.utils)
    def drawn(*args: Any, **options: Any) -> Any:
        if "range" in options:
            options["value_range"] = options.pop("range")
        return original(*args, **options)

    return drawn


def _silent(kind: type, original: Any) -> Any:
    """Return a scheduler's `__init__` that takes `verbose`, and says nothing."""
    if "__init__" not in vars(kind) or "verbose" in inspect.signature(original).parameters:
        return original

    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **options: Any) -> None:  # noqa: N807
        options.pop("verbose", None)
        original(self, *args, **options)

    return __init__


def _six() -> ModuleType:
    module = ModuleType("torch._six", "What torch 1 had for Python 2.")
    vars(module).update(
        PY3=True, PY37=True, string_classes=(str, bytes), int_classes=int,
        container_abcs=collections.abc, inf=math.inf, nan=math.nan, istuple=tuple,
    )  # fmt: skip
    return module
