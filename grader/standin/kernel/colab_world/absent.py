"""Placeholders for what a notebook imports and this world does not have.

A placeholder can be imported, named, passed on and asked for its parts. Whatever uses it raises
`AbsentPackage`, a `ModuleNotFoundError`, so that a notebook's own fallback still works. Its
message is one of three, NAME being the package or the module that is missing:

    NAME is not installed here
    NAME is not here: the notebook fetches it from the network, which is not there
    MODULE has no NAME here

Who reads executed notebooks may rely on the class's name and on these wordings. The first two are
this world's doing; the third may be a name that a newer library dropped, or one misspelt.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, NoReturn

NOT_INSTALLED = "{} is not installed here"
NOT_FETCHED = "{} is not here: the notebook fetches it from the network, which is not there"
NOT_IN = "{} has no {} here"
# What a library is asked for by name: its version is used, other such names only looked for.
ASKED = frozenset({"__version__"})
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
            self.refuse()
        if name.startswith("_"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}", self._reason)

    def __setattr__(self, name: str, value: object) -> None:
        """Raise: there is nothing to set."""
        self.refuse()

    def __repr__(self) -> str:
        """Say what is missing."""
        return f"<{self._reason}>"

    def refuse(self, *_: object, **__: object) -> NoReturn:
        """Raise: this was used."""
        raise AbsentPackage(self._reason, name=self.__name__)


for _use in USES:
    setattr(Absent, f"__{_use}__", Absent.refuse)
