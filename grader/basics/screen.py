"""What a terminal can show: colours, and lines that are written over."""

from __future__ import annotations

import os
from typing import TextIO


def moves(stream: TextIO) -> bool:
    """Return whether lines of a stream may be written over: a terminal that is not a dumb one."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def colours(stream: TextIO) -> bool:
    """Return whether a stream shows colours, and nobody asked for none (https://no-color.org)."""
    return moves(stream) and not os.environ.get("NO_COLOR")
