"""Arguments of 2020 that libraries call otherwise, or do without, since.

Where an argument only asked for more output, it is taken and ignored. Names that were dropped
are in `legacy.py`, what matplotlib dropped in `plots.py`.
"""

# ruff: noqa: ARG001 - what is not needed any more is taken all the same

from __future__ import annotations

import collections
import functools
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from .packages import after_import
from .patches import like, replace

ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")  # noqa: PYI024
Words = Mapping[str, str | None]  # arguments of old, and what they are called now; None: dropped
TURNED: Words = {"resample": "interpolation", "fillcolor": "fill"}
WORDS: Mapping[str, Mapping[str, Words]] = {
    "numpy": {"histogram": {"normed": "density"}, "histogram2d": {"normed": "density"}},
    "torch.autograd.profiler": {"profile.__init__": {"use_cuda": None}},
    "torchvision.transforms": {
        "RandomAffine.__init__": TURNED, "RandomRotation.__init__": TURNED,
        "RandomPerspective.__init__": TURNED,
    },
    "torchvision.transforms.functional": {"affine": TURNED, "rotate": TURNED},
    "torchvision.utils": {"make_grid": {"range": "value_range"}},
}  # fmt: skip


def install() -> None:
    """Let the old ways of calling be understood, in libraries imported later too."""
    for library, functions in WORDS.items():
        after_import(library, functools.partial(understand, functions))
    after_import("torch.optim.lr_scheduler", _schedulers)
    after_import("torch", _numbers)
    after_import("numpy", _arrays)
    after_import("inspect", _specs)
    after_import("random", _samples)
    after_import("cv2", _opencv)


def understand(functions: Mapping[str, Words], module: ModuleType) -> None:
    """Let functions of a module, or methods such as "Axes.hist", take their arguments of old."""
    for path, words in functions.items():
        where, _, name = path.rpartition(".")
        owner = pkgutil.resolve_name(f"{module.__name__}:{where}") if where else module
        replace(owner, name, functools.partial(_understood, words))


def _understood(words: Words, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def understood(*args: Any, **kwargs: Any) -> Any:
        for old in words.keys() & kwargs.keys():
            value, new = kwargs.pop(old), words[old]
            if new is not None and value is not None:
                kwargs[new] = value
        return original(*args, **kwargs)

    return understood


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


def _numbers(module: ModuleType) -> None:
    """`loss.data[0]`, as a loss of one number was read until 2018."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def __getitem__(self: Any, index: Any) -> Any:  # noqa: N807
            try:
                return original(self, index)
            except IndexError:
                if type(index) is int and index == 0 and self.dim() == 0:
                    return self.clone()
                raise

        return __getitem__

    replace(module.Tensor, "__getitem__", make)


def _arrays(module: ModuleType) -> None:
    """Rows of several lengths become objects; `copy=False` copies where it must."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @like(original, module)
        def array(*args: Any, **kwargs: Any) -> Any:
            try:
                return original(*args, **kwargs)
            except ValueError as error:
                if kwargs.get("copy") is False and "copy" in str(error):
                    return original(*args, **{**kwargs, "copy": None})
                if "inhomogeneous" not in str(error) or len(args) > 1 or "dtype" in kwargs:
                    raise
                return original(*args, **kwargs, dtype=object)

        return array

    def text(original: Callable[..., Any]) -> Callable[..., Any]:
        @like(original, module)
        def fromstring(string: Any, dtype: Any = float, *args: Any, **kwargs: Any) -> Any:
            if isinstance(string, bytes) and not kwargs.get("sep"):
                return module.frombuffer(string, dtype, *args).copy()
            return original(string, dtype, *args, **kwargs)

        return fromstring

    replace(module, "array", make)
    replace(module, "fromstring", text)


def _samples(module: ModuleType) -> None:
    """`random.sample` of a set."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def sample(population: Any, *args: Any, **kwargs: Any) -> Any:
            unordered = isinstance(population, (set, frozenset))
            return original(tuple(population) if unordered else population, *args, **kwargs)

        return sample

    replace(module, "sample", make)


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
