"""A small language for the form of untrusted data: what a value must be, and where it is not.

A form's `check(value, where)` returns or raises Misfit with one line, such as
"trace[3].shape holds 9 values, at most 8 are expected". Forms are data: tests draw values from
them, and around them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from grader.basics.numbers import many


class Misfit(Exception):
    """A value that does not have its form."""


class Form(Protocol):
    """Anything that can look at a value."""

    def check(self, value: Any, where: str) -> None:
        """Return if the value fits. Raises Misfit."""


def _refuse(where: str, why: str) -> Misfit:
    return Misfit(f"{where or 'the answer'} {why}")


_CALLED: dict[type, str] = {
    bool: "a boolean", dict: "an object", float: "a number", int: "a number", list: "a list",
    str: "a text", type(None): "nothing",
}  # fmt: skip


def _called(value: Any) -> str:
    return _CALLED.get(type(value), "something else")


@dataclass(frozen=True)
class Text:
    """A text of at most `most` characters that matches `pattern` as a whole."""

    most: int = 400
    pattern: str = ""

    def check(self, value: Any, where: str) -> None:
        """Raise Misfit for anything else."""
        if not isinstance(value, str):
            raise _refuse(where, f"is {_called(value)}, not a text")
        if len(value) > self.most:
            raise _refuse(where, f"is a text of {len(value)} characters, over {self.most}")
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise _refuse(where, f"is a text of another form: {value[:40]!r}")


@dataclass(frozen=True)
class Whole:
    """A whole number from `low` to `high`; True and False are none."""

    low: int = 0
    high: int = (1 << 40) - 1

    def check(self, value: Any, where: str) -> None:
        """Raise Misfit for anything else."""
        if type(value) is not int:
            raise _refuse(where, f"is {_called(value)}, not a whole number")
        if not self.low <= value <= self.high:
            raise _refuse(where, f"is {value}, not a number from {self.low} to {self.high}")


@dataclass(frozen=True)
class Real:
    """A finite number."""

    def check(self, value: Any, where: str) -> None:
        """Raise Misfit for anything else."""
        if type(value) not in (int, float):
            raise _refuse(where, f"is {_called(value)}, not a number")
        if not math.isfinite(value):
            raise _refuse(where, f"is {value}, not a finite number")


@dataclass(frozen=True)
class Flag:
    """True or False."""

    def check(self, value: Any, where: str) -> None:
        """Raise Misfit for anything else."""
        if not isinstance(value, bool):
            raise _refuse(where, f"is {_called(value)}, not a boolean")


@dataclass(frozen=True)
class Nothing:
    """None."""

    def check(self, value: Any, where: str) -> None:
        """Raise Misfit for anything else."""
        if value is not None:
            raise _refuse(where, f"is {_called(value)}, where none is expected")


@dataclass(frozen=True)
class Anything:
    """Whatever JSON holds; bounded where it is read."""

    def check(self, value: Any, where: str) -> None:
        """Return."""


@dataclass(frozen=True)
class Either:
    """One of several forms."""

    forms: tuple[Form, ...]

    def check(self, value: Any, where: str) -> None:
        """Raise the last form's Misfit if none fits."""
        for form in self.forms[:-1]:
            try:
                return form.check(value, where)
            except Misfit:
                continue
        return self.forms[-1].check(value, where)


@dataclass(frozen=True)
class Many:
    """A list of at most `most` values of one form."""

    of: Form
    most: int = 1000

    def check(self, value: Any, where: str) -> None:
        """Raise Misfit for anything else."""
        if not isinstance(value, list):
            raise _refuse(where, f"is {_called(value)}, not a list")
        if len(value) > self.most:
            raise _refuse(
                where, f"holds {many(len(value), 'value')}, at most {self.most} are expected"
            )
        for number, item in enumerate(value):
            self.of.check(item, f"{where}[{number}]")


@dataclass(frozen=True)
class Row:
    """A list of one value of each form."""

    of: tuple[Form, ...]

    def check(self, value: Any, where: str) -> None:
        """Raise Misfit for anything else."""
        if not isinstance(value, list) or len(value) != len(self.of):
            raise _refuse(where, f"is not a list of {many(len(self.of), 'value')}")
        for number, (form, item) in enumerate(zip(self.of, value, strict=True)):
            form.check(item, f"{where}[{number}]")


@dataclass(frozen=True)
class Table:
    """An object of at most `most` values of one form, by names of another."""

    of: Form
    names: Text = field(default_factory=Text)
    most: int = 1000

    def check(self, value: Any, where: str) -> None:
        """Raise Misfit for anything else."""
        if not isinstance(value, Mapping):
            raise _refuse(where, f"is {_called(value)}, not an object")
        if len(value) > self.most:
            raise _refuse(
                where, f"holds {many(len(value), 'value')}, at most {self.most} are expected"
            )
        for name, item in value.items():
            self.names.check(name, f"a name in {where or 'the answer'}")
            self.of.check(item, f"{where}.{name[:40]}" if where else name[:40])


@dataclass(frozen=True)
class Record:
    """An object with these fields and no others; some may be left out."""

    required: Mapping[str, Form]
    optional: Mapping[str, Form] = field(default_factory=dict)

    def check(self, value: Any, where: str) -> None:
        """Raise Misfit for anything else."""
        if not isinstance(value, Mapping):
            raise _refuse(where, f"is {_called(value)}, not an object")
        for name in self.required:
            if name not in value:
                raise _refuse(where, f"has no {name!r}")
        for name, item in value.items():
            form = self.required.get(name) or self.optional.get(name)
            if form is None:
                raise _refuse(where, f"has {name[:40]!r}, which is not expected")
            form.check(item, f"{where}.{name}" if where else name)

    def in_part(self) -> Record:
        """Return the form in which every field may be left out."""
        return replace(self, required={}, optional={**self.required, **self.optional})
