"""`torch._six`, which torch had for Python 2 and dropped in 2022."""

from __future__ import annotations

import builtins
import collections.abc as container_abcs
from math import inf, nan

__all__ = ["PY3", "container_abcs", "inf", "int_classes", "istuple", "nan", "string_classes"]

PY3 = True
string_classes = (str, bytes)
int_classes = int


def istuple(obj: object) -> bool:
    """Tell whether `obj` is a tuple."""
    return isinstance(obj, builtins.tuple)
