"""Names of 2020 that Python and its libraries have dropped since, each with its one meaning.

A name is `library.name`, what it means is another such name or a value. None that exist are
touched. What only changed its ways of being called is in `renamed.py`.
"""

from __future__ import annotations

import contextlib
import functools
import pkgutil
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from .packages import after_import

# Python 2's built-in functions.
BUILTINS = {
    "xrange": "builtins.range", "unicode": "builtins.str", "long": "builtins.int",
    "raw_input": "builtins.input", "basestring": "builtins.str", "unichr": "builtins.chr",
    "reduce": "functools.reduce", "reload": "importlib.reload",
}  # fmt: skip
NUMPY = {
    "Inf": "inf", "Infinity": "inf", "infty": "inf", "PINF": "inf", "NaN": "nan", "NAN": "nan",
    "float_": "float64", "complex_": "complex128", "cfloat": "complex128", "unicode_": "str_",
    "string_": "bytes_", "bool8": "bool_", "int0": "intp", "uint0": "uintp", "object0": "object_",
    "singlecomplex": "complex64", "longfloat": "longdouble", "longcomplex": "clongdouble",
    "product": "prod", "cumproduct": "cumprod", "sometrue": "any", "alltrue": "all",
"row_stack": "vstack", "trapz": "trapezoid", "round_": "round",
    "mat": "asmatrix", "rank": "ndim",
}  # fmt: skip
ABSTRACT = (
    "Callable", "Container", "Hashable", "ItemsView", "Iterable", "Iterator", "KeysView", "Mapping",
    "MappingView", "MutableMapping", "MutableSequence", "MutableSet", "Sequence", "Set", "Sized",
    "ValuesView",
)  # fmt: skip
MOVED: dict[str, Mapping[str, str]] = {
    "builtins": BUILTINS,
    "numpy": {old: f"numpy.{new}" for old, new in NUMPY.items()},
    "collections": {name: f"collections.abc.{name}" for name in ABSTRACT},
    "fractions": {"gcd": "math.gcd"},
    "itertools": {
        "izip": "builtins.zip", "imap": "builtins.map", "ifilter": "builtins.filter",
        "izip_longest": "itertools.zip_longest",
    },
    "os": {"getcwdu": "os.getcwd", "errno": "errno"},
    "string": {
        "letters": "string.ascii_letters", "lowercase": "string.ascii_lowercase",
        "uppercase": "string.ascii_uppercase", "maketrans": "builtins.str.maketrans",
    },
    "sys": {"maxint": "sys.maxsize"},
    "time": {"clock": "time.perf_counter"},
    "urllib": {
        "urlretrieve": "urllib.request.urlretrieve", "urlopen": "urllib.request.urlopen",
        "quote": "urllib.parse.quote", "unquote": "urllib.parse.unquote",
        "urlencode": "urllib.parse.urlencode",
    },
    "IPython.core.display": {
        "display": "IPython.display.display", "clear_output": "IPython.display.clear_output",
    },
    "matplotlib.cm": {"get_cmap": "matplotlib.pyplot.get_cmap"},
    "PIL.Image": {"ANTIALIAS": "PIL.Image.LANCZOS"},
    "torchvision.transforms": {
        "Scale": "torchvision.transforms.Resize",
        "RandomSizedCrop": "torchvision.transforms.RandomResizedCrop",
    },
    "scipy.integrate": {
        "simps": "scipy.integrate.simpson", "trapz": "scipy.integrate.trapezoid",
        "cumtrapz": "scipy.integrate.cumulative_trapezoid",
    },
    "scipy.signal": {"gaussian": "scipy.signal.windows.gaussian"},
}  # fmt: skip


def install() -> None:
    """Give the dropped names back, to libraries that are imported later as soon as they are."""
    for library, names in MOVED.items():
        after_import(library, functools.partial(_give_back, names))
    after_import("numpy", _numpy)
    after_import("torch.utils.data.dataloader", _iterators)


def _give_back(names: Mapping[str, str], module: ModuleType) -> None:
    for name, meaning in names.items():
        if name not in vars(module):
            with contextlib.suppress(ImportError, AttributeError):  # an older library lacks it
                setattr(module, name, pkgutil.resolve_name(meaning))


def _iterators(module: ModuleType) -> None:
    """`iter(loader).next()`, as torch had it until 2022."""
    kind = module._BaseDataLoaderIter  # noqa: SLF001 - nothing else is shared by all of them
    if not hasattr(kind, "next"):
        kind.next = kind.__next__


def _numpy(module: ModuleType) -> None:
    extra: dict[str, Any] = {
        "NINF": -module.inf, "PZERO": 0.0, "NZERO": -0.0, "asscalar": lambda a: a.item(),
        "in1d": lambda a, b, **how: module.isin(module.ravel(a), b, **how),
        "asfarray": lambda a, dtype=module.float64: module.asarray(a, dtype=dtype),
        "msort": lambda a: module.sort(a, axis=0),
    }  # fmt: skip
    kinds = (bool, int, float, complex, object, str)
    for name, value in {**extra, **{kind.__name__: kind for kind in kinds}}.items():
        if name not in vars(module):
            setattr(module, name, value)
