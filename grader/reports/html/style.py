"""The look of the pages: style sheets that lie beside this file and go inline into a page."""

from __future__ import annotations

import functools
from pathlib import Path

FOLDER = Path(__file__).parent


@functools.cache
def sheet(*names: str) -> str:
    """Return style sheets, one behind the other: `base` first, a page's own after it.

    `base` holds the tokens (colours of both schemes, type), the print rules and the classes that
    all pages share: wrap, card, tag, good, bad, warn, plain, num, muted, small, mono, scroll,
    screen (not in print), skip (the link), sr (for screen readers alone).
    """
    return "\n".join((FOLDER / f"{name}.css").read_text("utf-8").strip() for name in names)


def base() -> str:
    """Return the style that every page starts from."""
    return sheet("base")
