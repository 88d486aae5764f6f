"""Installs nothing: the packages are those of the grader."""

from __future__ import annotations

import sys
from collections.abc import Sequence

__version__ = "0"


def main(args: Sequence[str] | None = None) -> int:
    """Say in one line what was not done; return success."""
    asked = " ".join(sys.argv[1:] if args is None else args)
    print(f"pip: nothing is installed or removed here (asked for: {asked})")
    return 0
