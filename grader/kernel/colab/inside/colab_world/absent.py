"""Placeholders for what a notebook imports and this world does not have.

A placeholder can be imported, named, passed on and asked for its parts. Whatever uses it raises
`AbsentPackage`, a `ModuleNotFoundError`, so that a notebook's own fallback still works. Its
message is one of three, NAME being the package or the module that is missing:

    NAME is not installed here
    NAME is not here: the notebook fetches it from the network, which is not there
    MODULE has no NAME here

Who reads executed notebooks may rely on the class's name and on these wordings. The first two are
this world's doing; the third may be a name that a newer library dropped, or one misspelt.

While the grader asks (`silently`) a placeholder accepts every use and does nothing, so that a
training loop which only reports to an absent package is judged on what else it does.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

NOT_INSTALLED = "{} is not installed here"
NOT_FETCHED = "{} is not here: the notebook fetches it from the network, which is not there"
NOT_IN = "{} has no {} here"
# What a library is asked for by name: its version is used, other such names only looked for.
ASKED = frozenset({"__version__"})
# What Python wants to see of a use that is accepted; of all others it is a placeholder again.
EMPTY: dict[str, Any] = {
    **dict.fromkeys(("bool", "contains", "exit", "instancecheck", "subclasscheck"), False),
    **dict.fromkeys(("eq", "ge", "gt", "le", "lt"), False),
    **dict.fromkeys(("index", "int", "len", "ceil", "floor", "round", "trunc"), 0),
    "complex": 0j, "delitem": None, "float": 0.0, "mro_entries": (), "setitem": None,
    "__version__": "0",
}  # fmt: skip
# Everything that Python's syntax and its built-in functions ask of an object.
USES = (
    "abs", "add", "aenter", "aexit", "aiter", "and", "anext", "await", "bool", "call", "ceil",
    "complex", "contains", "delitem", "divmod", "enter", "exit", "float", "floor", "floordiv",
    "ge", "getitem", "gt", "iadd", "iand", "ifloordiv", "imod", "imul", "index", "instancecheck",
    "int", "invert", "ior", "ipow", "isub", "iter", "itruediv", "le", "len", "lshift", "lt",
    "matmul", "mod", "mro_entries", "mul", "neg", "next", "or", "pos", "pow", "radd", "rand",
    "rdivmod", "reversed", "rfloordiv", "rlshift", "rmatmul", "rmod", "rmul", "ror", "round",
    "rpow", "rrshift", "rshift", "rsub", "rtruediv", "rxor", "setitem", "sub", "subclasscheck",
    "truediv", "trunc", "xor",
)  # fmt: skip


class AbsentPackage(ModuleNotFoundError):
    """A line used what this world does not have."""


class Absent(ModuleType):
    """Stands for a module, or for something in it, that is not here.

    Attributes of placeholders are placeholders, so that `tf.keras.layers` can be given a name.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name)
        self.__dict__.update(_reason=reason, __path__=[], __all__=[])

    def __getattr__(self, name: str) -> Any:
        """Return the placeholder of a part; names with underscores are those of protocols."""
        if name in ASKED:
            return _used(self, name)
        if name.startswith("_"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}", self._reason)

    def __setattr__(self, name: str, value: object) -> None:
        """There is nothing to set."""
        _used(self, "setattr")

    def __repr__(self) -> str:
        """Say what is missing."""
        return f"<{self._reason}>"


def _used(absent: Absent, name: str, *given: object) -> Any:
    """Raise: this was used. While the grader asks, return what a use of nothing gives."""
    if not _silent:
        raise AbsentPackage(repr(absent)[1:-1], name=absent.__name__)
    if name == "call":  # what is wrapped is handed back: a progress bar's batches, a function
        return given[0] if given and _wraps(given[0]) else absent
    if name == "next":
        raise StopIteration
    return iter(()) if name in ("iter", "reversed") else EMPTY.get(name, absent)


def _wraps(given: object) -> bool:
    return callable(given) or (hasattr(given, "__iter__") and not isinstance(given, (str, dict)))


def _using(name: str) -> Any:
    return lambda absent, *given, **_: _used(absent, name, *given)


for _use in USES:
    setattr(Absent, f"__{_use}__", _using(_use))

_silent = False  # one for all placeholders, wherever they are held


@contextlib.contextmanager
def silently() -> Iterator[None]:
    """Let placeholders accept every use for as long as this lasts."""
    global _silent
    _silent = True
    try:
        yield
    finally:
        _silent = False
