"""Arguments of 2020 that libraries call otherwise, or do without, since.

Where an argument only asked for more output, it is taken and ignored. Names that were dropped
are in `legacy.py`.
"""

# ruff: noqa: ARG001 - what is not needed any more is taken all the same

from __future__ import annotations

import collections
import functools
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .packages import after_import
from .patches import like, replace

ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")  # noqa: PYI024


def install() -> None:
    """Let the old ways of calling be understood, in libraries imported later too."""
    after_import("torch.optim.lr_scheduler", _schedulers)
    after_import("torchvision.utils", _grids)
    after_import("matplotlib", _backends)
    after_import("matplotlib.style", _styles)
    after_import("matplotlib.pyplot", _axes)
    after_import("inspect", _specs)
    after_import("cv2", _opencv)


def _schedulers(module: ModuleType) -> None:
    classes = [kind for kind in vars(module).values() if inspect.isclass(kind)]
    for kind in classes:
        own = issubclass(kind, module.LRScheduler) and "__init__" in vars(kind)
        if own and "verbose" not in inspect.signature(kind).parameters:
            replace(kind, "__init__", _without_verbose)


def _without_verbose(original: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(original)
    def __init__(self: Any, *args: Any, verbose: Any = False, **kwargs: Any) -> None:  # noqa: N807
        original(self, *args, **kwargs)

    return __init__


def _grids(module: ModuleType) -> None:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @like(original, module)
        def make_grid(*args: Any, **kwargs: Any) -> Any:
            if "range" in kwargs:
                kwargs["value_range"] = kwargs.pop("range")
            return original(*args, **kwargs)

        return make_grid

    replace(module, "make_grid", make)


def _backends(module: ModuleType) -> None:
    def make(original: Callable[..., None]) -> Callable[..., None]:
        @like(original, module)
        def use(backend: Any, **kwargs: Any) -> None:
            try:
                original(backend, **kwargs)
            except (ImportError, ValueError):
                print(f"matplotlib: no window here, {backend!r} is not used")

        return use

    replace(module, "use", make)


def _styles(module: ModuleType) -> None:
    """Give seaborn's styles, which were renamed, their old names too."""
    styles = module.library
    for name in [*styles]:
        old = name.replace("seaborn-v0_8", "seaborn")
        styles.setdefault(old, styles[name])


def _axes(module: ModuleType) -> None:
    def gca(original: Callable[..., Any]) -> Callable[..., Any]:
        @like(original, module)
        def gca(**kwargs: Any) -> Any:
            return module.gcf().gca(**kwargs)

        return gca

    def of_figure(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def gca(self: Any, **kwargs: Any) -> Any:
            return self.add_subplot(**kwargs) if kwargs else original(self)

        return gca

    replace(module, "gca", gca)
    replace(module.Figure, "gca", of_figure)
    if not hasattr(module, "hold"):
        vars(module)["hold"] = lambda *_, **__: None  # all that is drawn is kept


def _specs(module: ModuleType) -> None:
    def getargspec(func: Any) -> ArgSpec:
        return ArgSpec(*module.getfullargspec(func)[:4])

    if not hasattr(module, "getargspec"):
        vars(module)["getargspec"] = getargspec


def _opencv(module: ModuleType) -> None:
    """Keep OpenCV to one thread, and without windows."""
    module.setNumThreads(1)
    for name in ("setNumThreads", "imshow", "namedWindow", "waitKey", "destroyAllWindows"):
        replace(module, name, _nothing)


def _nothing(original: Callable[..., Any]) -> Callable[..., None]:
    @functools.wraps(original)
    def nothing(*args: Any, **kwargs: Any) -> None:
        """Change nothing: threads belong to who runs the kernel, and there is no window."""

    return nothing
