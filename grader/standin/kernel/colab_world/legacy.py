"""Names of 2020 that Python and its libraries have dropped since."""

from __future__ import annotations

import builtins

import numpy as np
import PIL.Image


def install() -> None:
    """Give back the dropped names that real notebooks use; none that exist is touched."""
    for name, value in {"xrange": range, "unicode": str, "long": int, "raw_input": input}.items():
        if not hasattr(builtins, name):
            setattr(builtins, name, value)
    for kind in (bool, int, float, complex, object, str):
        if kind.__name__ not in vars(np):
            setattr(np, kind.__name__, kind)
    if not hasattr(PIL.Image, "ANTIALIAS"):
        vars(PIL.Image)["ANTIALIAS"] = PIL.Image.Resampling.LANCZOS
