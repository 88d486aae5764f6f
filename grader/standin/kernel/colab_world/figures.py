"""Figures that cells leave open."""

from __future__ import annotations

import sys
from typing import Any


def close(_event: Any = None) -> None:
    """Close every figure; the cell's output holds those that were shown."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
