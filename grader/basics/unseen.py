"""Characters that hide or reorder text: written out wherever somebody's text is shown."""

from __future__ import annotations

import re

# Controls, signs that reorder or take no room (bidi, zero-width, tags), line separators,
# surrogates, private use, fillers and selectors; not the joiner and the selector of emoji.
UNSEEN = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2"
    "\\u180e\\u200b\\u200c\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ud800-\\uf8ff\\ufeff\\ufff9-\\ufffb"
    "\\ufffe\\uffff\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u3164\\uffa0\\ufe00-\\ufe0e"
    "\\U000110bd\\U000110cd\\U00013430-\\U0001343f\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a"
    "\\U000e0000-\\U000e01ef\\U000f0000-\\U0010ffff]"
)


def visible(text: str) -> str:
    r"""Return text with every character that would hide or reorder something written out.

    What is left may stand in a page, in XML, in JSON and in a table; tabs and lines stay.

    >>> visible("a\x00b\u202egnp.exe\tc\r\nd")
    'a\\x00b\\u202egnp.exe\tc\nd'
    """
    return UNSEEN.sub(_written_out, text.replace("\r\n", "\n"))


def _written_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
