"""Names of 2020 that Python and its libraries have dropped since, each with its one meaning.

A name is `library.name`, what it means is another such name or a value. None that exist are
touched. What only changed its ways of being called is in `renamed.py`.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import pkgutil
from collections.abc import Mapping
from types import ModuleType, NoneType
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
WINDOWS = (
    "barthann", "bartlett", "blackman", "blackmanharris", "bohman", "boxcar", "chebwin", "cosine",
    "flattop", "gaussian", "hamming", "hann", "kaiser", "nuttall", "parzen", "triang", "tukey",
)  # fmt: skip
MOVED: dict[str, Mapping[str, str]] = {
    "base64": {
        "encodestring": "base64.encodebytes", "decodestring": "base64.decodebytes",
    },
    "builtins": BUILTINS,
    "cgi": {"escape": "html.escape"},
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
    "numpy.lib": {"pad": "numpy.pad"},
    "PIL": {"PILLOW_VERSION": "PIL.__version__"},
    "PIL.Image": {
        "ANTIALIAS": "PIL.Image.LANCZOS", "CUBIC": "PIL.Image.BICUBIC",
        "LINEAR": "PIL.Image.BILINEAR", "VERSION": "PIL.__version__",
    },
    "torchvision.transforms": {
        "Scale": "torchvision.transforms.Resize",
        "RandomSizedCrop": "torchvision.transforms.RandomResizedCrop",
    },
    "scipy.integrate": {
        "simps": "scipy.integrate.simpson", "trapz": "scipy.integrate.trapezoid",
        "cumtrapz": "scipy.integrate.cumulative_trapezoid",
    },
    "scipy": {"interp": "numpy.interp", "rand": "numpy.random.rand", "randn": "numpy.random.randn"},
    "scipy.ndimage": {"imread": "scipy.misc.imread"},
    "scipy.signal": {name: f"scipy.signal.windows.{name}" for name in WINDOWS},
}  # fmt: skip


def install() -> None:
    """Give the dropped names back, to libraries that are imported later as soon as they are."""
    for library, names in MOVED.items():
        after_import(library, functools.partial(_give_back, names))
    after_import("numpy", _numpy)
    after_import("scipy", _numbers_of_scipy)
    after_import("torch.utils.data.dataloader", _iterators)
    after_import("IPython.display", _formats)
    after_import("html.parser", _entities)
    after_import("threading", _threads)
    after_import("sys", _encoding)


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
        "msort": lambda a: module.sort(a, axis=0), "alen": len,
    }  # fmt: skip
    kinds = (bool, int, float, complex, object, str)
    for name, value in {**extra, **{kind.__name__: kind for kind in kinds}}.items():
        if name not in vars(module):
            setattr(module, name, value)


def _numbers_of_scipy(module: ModuleType) -> None:
    """`scipy.sqrt` and its like: all that NumPy has was SciPy's too."""
    numpy = importlib.import_module("numpy")
    for name in numpy.__all__:
        value = getattr(numpy, name, None)
        if name not in vars(module) and not isinstance(value, ModuleType | NoneType):
            setattr(module, name, value)


def _formats(module: ModuleType) -> None:
    def set_matplotlib_formats(*formats: str, **settings: Any) -> None:
        inline = importlib.import_module("matplotlib_inline.backend_inline")
        inline.set_matplotlib_formats(*formats, **settings)

    vars(module).setdefault("set_matplotlib_formats", set_matplotlib_formats)


def _entities(module: ModuleType) -> None:
    if not hasattr(module.HTMLParser, "unescape"):
        module.HTMLParser.unescape = staticmethod(importlib.import_module("html").unescape)


def _threads(module: ModuleType) -> None:
    if not hasattr(module.Thread, "isAlive"):
        module.Thread.isAlive = module.Thread.is_alive


def _encoding(module: ModuleType) -> None:
    """`reload(sys); sys.setdefaultencoding('utf8')`: text is Unicode anyway."""
    vars(module).setdefault("setdefaultencoding", lambda _name: None)
