"""Templates whose every value is made visible and escaped before it becomes markup.

Nothing that a student wrote ever becomes markup: `visible` runs on each value that a template
prints, autoescape after it, and an unknown name is an error and not an empty string.
"""

from __future__ import annotations

import functools
import unicodedata
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

# No script at all, nothing fetched: pictures come inside the page, and so does the style.
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)
KEPT = "\t\n"
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")  # controls, bidi and zero-width signs, surrogates
JOINED = "\u200d\ufe0f"  # inside emoji and some scripts; they change no order
ASCII_SEEN = {i: None for i in range(0x20, 0x7F)} | {ord(c): None for c in KEPT}


def visible(value: Any) -> Any:
    r"""Return text with every character that would hide or reorder something written out.

    >>> visible("a\x00b\u202egnp.exe")
    'a\\x00b\\u202egnp.exe'
    """
    if not isinstance(value, str) or isinstance(value, Markup) or _is_plain(value):
        return value
    text = value.replace("\r\n", "\n")
    return "".join(_written_out(c) if _is_unseen(c) else c for c in text)


def _is_plain(text: str) -> bool:
    return text.isascii() and not text.translate(ASCII_SEEN)


@functools.lru_cache(maxsize=4096)
def _is_unseen(character: str) -> bool:
    if character in KEPT or character in JOINED:
        return False
    return unicodedata.category(character) in UNSEEN


def _written_out(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def environment(folder: Path) -> Environment:
    """Return the templates of a folder."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        finalize=visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
